"""Where triplets stand in each structured field, and what is odd about them: what one of impossible length
hides, which ones nobody knows, lack bytes, or are there again.

MO:DCA Chapter 6 "Triplet Format": a triplet has a length of 2 to 254, its own and the identifier's bytes
included; the next one begins behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from afpcluster.afp import modca
from afpcluster.afp import triplets as t
from afpcluster.afp.declare import Structure
from afpcluster.afp.fields import CODES, is_begin, is_end, mnemonic
from afpcluster.findings import Findings, Severity

_BEHIND: dict[int, type[Structure]] = {
    CODES["CDD"]: modca.ContainerDataDescriptor,
    CODES["IEL"]: modca.IndexElement,
    CODES["IMM"]: modca.InvokeMediumMap,
    CODES["IOB"]: modca.IncludeObject,
    CODES["IPG"]: modca.IncludePage,
    CODES["IPO"]: modca.IncludePageOverlay,
    CODES["IPS"]: modca.IncludePageSegment,
    CODES["MDD"]: modca.MediumDescriptor,
    CODES["MFC"]: modca.MediumFinishingControl,
    CODES["OBD"]: modca.ObjectAreaDescriptor,
    CODES["PEC"]: modca.PresentationEnvironmentControl,
    CODES["PFC"]: modca.PresentationFidelityControl,
    CODES["PGD"]: modca.PageDescriptor,
    CODES["PMC"]: modca.PageModificationControl,
    CODES["TLE"]: modca.TagLogicalElement,
}
"""Fields whose triplets end the field."""

_IN_GROUPS: dict[int, tuple[int, type[Structure]]] = {
    CODES["LLE"]: (2, modca.LinkGroup),
    CODES["PPO"]: (0, modca.PreprocessGroup),
    **{
        CODES[name]: (0, modca.MapGroup)
        for name in ("MBC", "MCD", "MCF", "MDR", "MGO", "MIO", "MMD", "MMT", "MPG", "MPO", "MPT")
    },
}
"""Fields whose triplets end each repeating group: where the first group begins, and what is in one."""

_OF_FOCA = (0x63, 0x64, 0x6D, 0x79)
"""Triplets of font objects, which tools put into other objects, too: where they come from, checksums."""

_KNOWN = t.TRIPLETS.keys() | t.RAW | frozenset(_OF_FOCA)

_ONCE = {
    identifier: 2 + t.TRIPLETS[identifier].shape.required
    for identifier in bytes.fromhex("04 1F 20 21 24 25 26 43 45 4B 4C 50 5D 68 8B 9C")
}
"""Triplets that may be there once, where they may be, and their least lengths: shorter ones do not count, of
several the first one does."""

_WITH_TRIPLETS = frozenset(_BEHIND) | frozenset(_IN_GROUPS)
_BEGIN_OR_END = 0xD3A800  # but for the last bit of the second byte
_NAME, _NAME_AND_RESERVED = modca.Begin.shape.size, modca.BeginReserved.shape.size


def left_over(triplets: bytes) -> bytes:
    """What stands behind the triplets that can be told apart; b'' where that is filler, as some writers
    put it there."""
    at, end = 0, len(triplets)
    while at + 2 <= end and triplets[at] >= 2 and at + triplets[at] <= end:
        at += triplets[at]
    return triplets[at:] if triplets[at:].strip(b"\0") else b""


def may_hide(type_: int, data: bytes) -> bool:
    """Whether a field has triplets; quick, since it is asked of every field."""
    return (len(data) > _NAME and type_ & 0xFFFE00 == _BEGIN_OR_END) or type_ in _WITH_TRIPLETS


class Oddities(NamedTuple):
    """What is hidden behind triplets, and the identifiers of those that are unknown, that lack bytes they
    must have, or that are there again with other contents."""

    hidden: bytes = b""
    unknown: tuple[int, ...] = ()
    short: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()


_NOTHING = Oddities()


def hidden(type_: int, data: bytes) -> bytes:
    """What triplets of impossible length hide in the data of a structured field."""
    return oddities(type_, data).hidden


def oddities(type_: int, data: bytes) -> Oddities:
    """What is odd about the triplets in the data of a structured field, each repeating group for itself."""
    found = _NOTHING
    for part in _triplets(type_, data):
        first: dict[int, bytes] = {}
        at, end = 0, len(part)
        while at + 2 <= end and (length := part[at]) >= 2 and at + length <= end:
            identifier = part[at + 1]
            if identifier not in _KNOWN:
                found = found._replace(unknown=(*found.unknown, identifier))
            elif (least := _ONCE.get(identifier)) is None:
                pass
            elif length < least:
                found = found._replace(short=(*found.short, identifier))
            else:
                contents = part[at : at + length]
                if first.setdefault(identifier, contents) != contents:
                    found = found._replace(repeated=(*found.repeated, identifier))
            at += length
        if part[at:].strip(b"\0"):
            found = found._replace(hidden=found.hidden + part[at:])
    return found


def _triplets(type_: int, data: bytes) -> Iterator[bytes]:
    """The stretches of triplets in the data of a structured field."""
    if is_begin(type_) or is_end(type_):
        reserved = data[_NAME:_NAME_AND_RESERVED] == b"\0\0"
        yield data[_NAME_AND_RESERVED if reserved else _NAME :]
    elif type_ in _BEHIND:
        yield data[_BEHIND[type_].shape.size :]
    elif type_ in _IN_GROUPS:
        first, group = _IN_GROUPS[type_]
        for part in _groups(data, first):
            yield part[group.shape.size :]


def _groups(data: bytes, at: int) -> Iterator[bytes]:
    """The repeating groups, without their lengths; what is wrong with these is told where they are read."""
    while at + 2 <= len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        if length < 2:
            return
        yield data[at + 2 : at + length]
        at += length


_SHORT = 1024  # bytes: such fields come again on page after page
_oddities_of_short = lru_cache(1024)(oddities)


def report_triplets(type_: int, data: bytes, offset: int, findings: Findings) -> None:
    """Record what is odd about the triplets of a field."""
    odd = _oddities_of_short(type_, data) if len(data) <= _SHORT else oddities(type_, data)
    if odd is _NOTHING:
        return
    report = findings.at(offset, mnemonic(type_), "MO:DCA Chapter 6")
    if odd.hidden:
        report(
            "triplet-length-bad",
            f"A triplet of {mnemonic(type_)} has an impossible length; it and those behind it are lost",
            severity=Severity.ERROR,
            bytes_lost=len(odd.hidden),
        )
    for identifiers, code, what, severity in (
        (odd.unknown, "triplet-unknown", "is unknown and plays no part", Severity.INFO),
        (odd.short, "triplet-short", "lacks bytes that it must have; it plays no part", Severity.SKIPPED),
        (odd.repeated, "triplet-repeated", "is there again; the first one counts", Severity.SUBSTITUTED),
    ):
        for identifier in identifiers:
            report(code, f"Triplet X'{identifier:02X}' {what}", severity=severity)
