"""Where triplets stand in each structured field, what one of impossible length hides there, and which ones
nobody knows.

MO:DCA Chapter 6 "Triplet Format": a triplet has a length of 2 to 254, its own and the identifier's bytes
included; the next one begins behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

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


def hidden(type_: int, data: bytes) -> bytes:
    """What triplets of impossible length hide in the data of a structured field."""
    return b"".join(map(left_over, _triplets(type_, data)))


def unknown(type_: int, data: bytes) -> list[int]:
    """The identifiers of triplets in the data of a structured field that the references do not have."""
    found = [triplet.id for part in _triplets(type_, data) for triplet in t.split_triplets(part)]
    return [one for one in found if one not in t.TRIPLETS and one not in t.RAW and one not in _OF_FOCA]


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


def _oddities(type_: int, data: bytes) -> tuple[bytes, list[int]]:
    """What is hidden, and which triplets are unknown."""
    return hidden(type_, data), unknown(type_, data)


_SHORT = 1024  # bytes: such fields come again on page after page
_oddities_of_short = lru_cache(1024)(_oddities)


def report_triplets(type_: int, data: bytes, offset: int, findings: Findings) -> None:
    """Record a finding where a triplet of impossible length hides what is behind it in a field, and for every
    triplet that nobody knows."""
    rest, strangers = _oddities_of_short(type_, data) if len(data) <= _SHORT else _oddities(type_, data)
    if rest:
        findings.at(offset, mnemonic(type_), "MO:DCA Chapter 6")(
            "triplet-length-bad",
            f"A triplet of {mnemonic(type_)} has an impossible length; it and those behind it are lost",
            severity=Severity.ERROR,
            bytes_lost=len(rest),
        )
    for identifier in strangers:
        findings.at(offset, mnemonic(type_), "MO:DCA Chapter 6")(
            "triplet-unknown",
            f"Triplet X'{identifier:02X}' is unknown and plays no part",
            severity=Severity.INFO,
        )
