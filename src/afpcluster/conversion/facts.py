"""A page -> what its file says of it. Nothing is drawn and no resource is read: only the fields of the page
are looked at, and only those that say something."""

from __future__ import annotations

from functools import lru_cache

from afpcluster.afp import modca
from afpcluster.afp import triplets as t
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import window_for
from afpcluster.afp.names import decode_name
from afpcluster.afp.notes import note_text
from afpcluster.afp.triplets import FqnType
from afpcluster.afp.units import points_per_unit
from afpcluster.display.facts import PageFacts, Tag, Used
from afpcluster.document.attributes import begin_name, declared_code_page, read_tag, report_cut_tag
from afpcluster.document.units import PageUnit
from afpcluster.findings import Findings
from afpcluster.fonts.references import FontReference, mdr_reference, references_of

_BPG, _PGD, _TLE, _NOP = (CODES[name] for name in ("BPG", "PGD", "TLE", "NOP"))
_NAMING = frozenset(CODES[name] for name in ("MCF", "MCF1", "MDR", "IPO", "IPS", "IOB"))
_LETTER = (612.0, 792.0)  # points: a page without a usable Page Descriptor


def page_facts(unit: PageUnit, findings: Findings) -> PageFacts:
    """What the file says of a page; what cannot be decoded goes to `findings`."""
    name = ""
    size: tuple[float, float] | None = None
    code_page = unit.code_page
    tags: list[Tag] = []
    loose, notes = _around(unit.between, unit.code_page)
    loose_behind, notes_behind = _around(unit.behind, unit.code_page)
    uses: dict[Used, None] = {}
    level = len(unit.place.groups)
    file = unit.file
    for type_, offset, end, window, at in file.scan(
        unit.start, stop=unit.end, window_size=window_for(unit.end - unit.start)
    ):
        if type_ not in _READ:
            continue
        data = file.data(offset, end, window, at, findings)
        try:
            if type_ == _NOP:
                notes.append(note_text(data))
            elif type_ == _TLE:
                tags.append(Tag(*read_tag(data, code_page), level))
                report_cut_tag(data, file.origin(offset), findings)
            elif type_ == _PGD:
                size = size or page_size(data)
            elif type_ == _BPG:
                name, code_page = begin_name(data, code_page), declared_code_page(data[8:], code_page)
            else:
                uses.update(dict.fromkeys(names_in(type_, data)))
        except DecodeError as error:
            findings.at(file.origin(offset), mnemonic(type_))("field-short", f"{mnemonic(type_)}: {error}")
    width, height = size or _LETTER
    begin = unit.offset
    return PageFacts(
        unit.number,
        unit.place,
        unit.groups,
        name,
        width,
        height,
        begin,
        file.origin(unit.end) - begin,
        unit.medium_map,
        unit.map_page + 1,
        file.origin(unit.document_start),
        tuple(tags),
        (*loose, *loose_behind),
        (*notes, *notes_behind),
        tuple(uses),
        tuple([file.origin(end) for end in unit.group_ends]),
    )


_READ = frozenset((_BPG, _PGD, _TLE, _NOP)) | _NAMING


def _around(fields: tuple[tuple[int, bytes], ...], code_page: int) -> tuple[list[Tag], list[str]]:
    """The tags and notes among the fields in front of a page or behind it."""
    tags = [Tag(*read_tag(data, code_page), 0) for type_, data in fields if type_ == _TLE]
    return tags, [note_text(data) for type_, data in fields if type_ == _NOP]


@lru_cache(maxsize=1024)
def page_size(descriptor: bytes) -> tuple[float, float] | None:
    """Width and height in points that the data of a Page Descriptor gives. Raises DecodeError."""
    page = modca.PageDescriptor.decode(descriptor)
    width = page.x_size * points_per_unit(page.x_base, page.x_units) or _LETTER[0]
    return width, page.y_size * points_per_unit(page.y_base, page.y_units) or _LETTER[1]


@lru_cache(maxsize=4096)
def names_in(type_: int, data: bytes) -> tuple[Used, ...]:
    """What a field that maps or includes names; cached, since pages are alike. Raises DecodeError."""
    match mnemonic(type_):
        case "MCF":
            return tuple([_font(reference) for reference in references_of(type_, data)])
        case "MDR":
            return tuple([_data_resource(group.triplets) for group in modca.MapResources.decode(data).groups])
        case "IPO":
            overlay = modca.IncludePageOverlay.decode(data)
            return (Used("overlay", _included(overlay.triplets, overlay.name)),)
        case "IPS":
            segment = modca.IncludePageSegment.decode(data)
            return (Used("page segment", _included(segment.triplets, segment.name)),)
        case _:
            included = modca.IncludeObject.decode(data)
            return (Used("object", _included(included.triplets, included.name)),)


def _included(triplets: bytes, name: bytes) -> str:
    return t.qualified_name(triplets, FqnType.REPLACE_FIRST_GID) or decode_name(name)


def _font(reference: FontReference) -> Used:
    """A coded font, or the pair of character set and code page, or a data-object font."""
    pair = "/".join(filter(None, (reference.character_set, reference.code_page)))
    grid = reference.grid
    fallback = f"GRID {grid.character_set}/{grid.code_page}/{grid.typeface}" if grid else reference.typeface
    return Used("font", reference.data_object or reference.coded_font or pair or fallback)


def _data_resource(group: bytes) -> Used:
    font = mdr_reference(group)
    if font is not None:
        return _font(font)
    kinds = (FqnType.DATA_OBJECT_EXTERNAL, FqnType.BEGIN_RESOURCE_OBJECT, FqnType.OTHER_OBJECT)
    return Used("data object", t.qualified_name(group, *kinds, FqnType.COLOR_MANAGEMENT_RESOURCE) or "")
