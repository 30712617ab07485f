"""Small print files with form maps, and sheets as short text.

One L-unit is one point. A page or overlay is known by its rule: it begins at the origin and is as long as
the number of the page, or 100 plus the number of the overlay.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from math import atan2
from math import degrees as in_degrees

from afpcluster.afp import modca, triplets
from afpcluster.afp.names import encode_name
from afpcluster.afp.ptoca import TextBuilder
from afpcluster.conversion.work import Work
from afpcluster.display.geometry import IDENTITY, Matrix
from afpcluster.display.items import Group, Item, Page, Rectangle, Shared
from afpcluster.findings import Finding
from afpcluster.options import Layout, Options
from afpcluster.sample.records import enclosed, field, made, resource, triplet

UNITS = 720
_UNIT = (0, 0, UNITS, UNITS)
PAGE = (200, 300)
FORM_MAP, OVERLAY = 0xFE, 0xFC
WHOLE_RULE = 256  # DIR widths are in 1/256 units


def rule(length: int, suppressed: int | None = None) -> bytes:
    text = TextBuilder()
    if suppressed is not None:
        text.control("BSU", suppressed)
    text.control("AMI", 0).control("AMB", 0).control("DIR", length, 2 * WHOLE_RULE)
    if suppressed is not None:
        text.control("ESU", suppressed)
    return enclosed("BPT", "TEXT", (field("PTX", part) for part in text.records()))


def environment(width: int, height: int, space: bytes = b"") -> bytes:
    """`space`: triplets about the presentation space."""
    sizes = (*_UNIT, width, height)
    fields = (
        field("PGD", modca.PageDescriptor(*sizes, space)),
        field("PTD", modca.PresentationTextDescriptor(*sizes)),
    )
    return enclosed("BAG", "AEG", fields)


def page(
    number: int,
    size: tuple[int, int] = PAGE,
    extra: bytes = b"",
    begin_data: bytes = b"",
    suppressed: int | None = None,
    space: bytes = b"",
) -> bytes:
    content = (environment(*size, space), rule(number, suppressed), extra)
    return enclosed("BPG", f"P{number}", content, begin_data)


def pages(*numbers: int) -> bytes:
    return b"".join(page(number) for number in numbers)


def overlay(number: int, size: tuple[int, int] = (50, 60), suppressed: int | None = None) -> bytes:
    name = f"O{number}"
    content = (environment(*size), rule(100 + number, suppressed))
    return resource(name, OVERLAY, enclosed("BMO", name, content))


def invoke(name: str) -> bytes:
    return field("IMM", modca.InvokeMediumMap(encode_name(name)))


def position(*groups: tuple[int, ...]) -> bytes:
    """A PGP: x, y, degrees, side, then flags and PMC if given."""
    found = []
    for x, y, turn, side, *rest in groups:
        flags, identifier = (*rest, *(0, 0xFF)[len(rest) :])
        found.append(modca.PagePositionGroup(x, y, modca.orientation(turn), side, flags, identifier))
    return field("PGP", modca.PagePosition(1, found))


def medium(width: int = 0, height: int = 0, flags: int = 0, orientation: int | None = None) -> bytes:
    said = triplet(triplets.MediumOrientation(orientation)) if orientation is not None else b""
    return field("MDD", modca.MediumDescriptor(*_UNIT, width, height, flags, said))


def modify(identifier: int, *keywords: tuple[int, int]) -> bytes:
    listed = [modca.MediumKeyword(*keyword) for keyword in keywords]
    return field("MMC", modca.MediumModificationControl(identifier, 0xFF, listed))


def copies(*groups: tuple[int, int, int]) -> bytes:
    """An MCC: first copy, last copy, identifier of the MMC."""
    found = [made(modca.CopySubgroup, first=a, last=b, modification_id=c) for a, b, c in groups]
    return field("MCC", modca.MediumCopyCount(found))


def map_overlays(*numbers: int) -> bytes:
    groups = [
        made(modca.MapMediumOverlayGroup, local_id=n, flags=0, name=encode_name(f"O{n}")) for n in numbers
    ]
    return field("MMO", made(modca.MapMediumOverlay, group_length=12, groups=groups))


def modify_page(identifier: int, *uses: tuple[int, ...], object_type: int = 0xDF) -> bytes:
    """A PMC: number of the overlay, x, y and degrees if given."""
    found = b""
    for number, x, y, *turn in uses:
        orientation = modca.orientation(turn[0] if turn else 0)
        found += triplet(
            triplets.ResourceObjectInclude(object_type, encode_name(f"O{number}"), x, y, orientation)
        )
    return field("PMC", made(modca.PageModificationControl, identifier=identifier, triplets=found))


def medium_map(name: str, *fields: bytes, eject: int | None = None) -> bytes:
    control = triplet(made(triplets.MediaEjectControl, control=eject)) if eject is not None else b""
    return enclosed("BMM", name, fields, control)


def form_map(*maps: bytes, shared: Sequence[bytes] = (), name: str = "FORM") -> bytes:
    group = [enclosed("BDG", "DEG", shared)] if shared else []
    return resource(name, FORM_MAP, enclosed("BFM", name, (*group, *maps)))


def document(*content: bytes) -> bytes:
    return enclosed("BDT", "DOC", content, b"\0\0")


def print_file(resources: Iterable[bytes], *documents: bytes) -> bytes:
    found = list(resources)
    return (enclosed("BRG", "RES", found) if found else b"") + b"".join(documents)


def converted(data: bytes, options: Options | None = None) -> tuple[list[Page], list[Finding]]:
    """Output pages and findings; by sheets unless options say otherwise."""
    options = options or Options(layout=Layout.SHEETS, raise_faults=True)
    with Work(io.BytesIO(data), options) as work:
        made_pages = [found for _, found in work.pages() if found is not None]
        return made_pages, work.findings()


def shown(found: Page) -> str:
    """One output page: its size, then what lies on it: name, place and turn of its origin; * where it is
    multiplied with what lies beneath."""
    names = " ".join(_names(found.items, IDENTITY))
    return f"{found.width:g}x{found.height:g}: {names}".rstrip()


def _names(items: list[Item], matrix: Matrix) -> Iterable[str]:
    for item in items:
        if isinstance(item, Group):
            mark = "*" if item.multiply else ""
            yield from (mark + name for name in _names(item.items, item.matrix.then(matrix)))
        elif isinstance(item, Shared):
            yield from _names(item.shared.items, item.matrix.then(matrix))
        elif isinstance(item, Rectangle):
            x, y = matrix.apply(item.x, item.y)
            turn = round(in_degrees(atan2(matrix.b, matrix.a))) % 360
            kind, number = ("o", item.width - 100) if item.width > 100 else ("p", item.width)
            yield f"{kind}{number:g}@{x:g},{y:g}" + (f"r{turn}" if turn else "")
