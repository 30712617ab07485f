"""The print file around the statements: resource group, documents, page groups, pages.

Written statement by statement; nothing is kept, so that its length is only a matter of disk space.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import BinaryIO

from afpcluster.afp import modca, triplets
from afpcluster.afp.names import encode_name
from afpcluster.sample.accounts import Statement, statement
from afpcluster.sample.images import image_object
from afpcluster.sample.letterhead import LEFT, LOGO, OVERLAY, PANORAMA, resources
from afpcluster.sample.pages import PagePlan, draw, plan
from afpcluster.sample.pictures import signature
from afpcluster.sample.records import (
    UNITS,
    begin,
    enclosed,
    field,
    made,
    map_coded_fonts,
    page_descriptors,
    qualified_name,
    tag,
    text_object,
    triplet,
)

STATEMENTS_PER_DOCUMENT = 50
_OVERLAY_ID = 1
_IOCA_IMAGE = 0xFB


def write_sample(sink: BinaryIO, *, statements: int = 10, seed: int = 1, fonts: bool = True) -> int:
    """Write a print file with this many bank statements to `sink`; answers the number of pages.

    The same arguments give the same bytes. Without `fonts`, the fonts are named but not in the file.
    """
    if statements < 1:
        raise ValueError(f"a print file needs at least one statement, not {statements}")
    sink.write(enclosed("BRG", "STMTRES", resources(fonts)))
    pages = 0
    for first in range(1, statements + 1, STATEMENTS_PER_DOCUMENT):
        name = f"D{first:07}"
        sink.write(_begin_document(name))
        for number in range(first, min(first + STATEMENTS_PER_DOCUMENT, statements + 1)):
            group, count = statement_group(statement(seed, number), pages)
            sink.write(group)
            pages += count
        sink.write(begin("EDT", name))
    return pages


def _begin_document(name: str) -> bytes:
    character_set = triplet(triplets.CodedGraphicCharacterSet(0, 1148))
    return field("BDT", modca.BeginReserved(encode_name(name), 0, character_set))


def statement_group(account: Statement, pages_before: int) -> tuple[bytes, int]:
    """One statement as a named page group with its tags, and how many pages it has."""
    name = f"S{account.number:07}"
    plans = plan(account)
    parts = [begin("BNG", name), *_tags(account)]
    parts += (_page(account, page, len(plans), f"{pages_before + page.number:08}") for page in plans)
    parts.append(begin("ENG", name))
    return b"".join(parts), len(plans)


def _tags(account: Statement) -> Iterator[bytes]:
    yield tag("Account Number", account.iban.replace(" ", ""))
    yield tag("Customer Name", account.holder)
    yield tag("Statement Date", f"{account.year}-{account.month:02}-28")
    yield tag("Language", account.language.code)
    yield tag("Closing Balance", f"{account.closing / 100:.2f}")


def _page(account: Statement, page: PagePlan, pages: int, name: str) -> bytes:
    sheet, end = draw(account, page, pages)
    parts = [_environment(), _overlay_and_logo()]
    if page.last:
        parts += (_picture(end), _signature(end))
    parts.append(text_object("TEXT", sheet.records()))
    return enclosed("BPG", name, parts)


@cache
def _environment() -> bytes:
    """The Active Environment Group (AEG): the same on every page."""
    kinds = triplets.FqnType
    overlay = modca.MapGroup(
        qualified_name(kinds.BEGIN_RESOURCE_OBJECT, encode_name(OVERLAY))
        + triplet(triplets.ResourceLocalIdentifier(2, _OVERLAY_ID))
    )
    picture = modca.MapGroup(qualified_name(kinds.BEGIN_RESOURCE_OBJECT, encode_name(PANORAMA)))
    segment = made(
        modca.MapPageSegment,
        group_length=12,
        groups=[made(modca.MapPageSegmentGroup, name=encode_name(LOGO))],
    )
    return enclosed(
        "BAG",
        "AEG",
        (
            map_coded_fonts(),
            field("MDR", modca.MapResources([picture])),
            field("MPO", modca.MapResources([overlay])),
            field("MPS", segment),
            *page_descriptors(),
        ),
    )


@cache
def _overlay_and_logo() -> bytes:
    return field("IPO", modca.IncludePageOverlay(encode_name(OVERLAY), 0, 0)) + field(
        "IPS", modca.IncludePageSegment(encode_name(LOGO), LEFT, 620)
    )


def _picture(y: int) -> bytes:
    """Include Object (IOB) of the panorama, its size and mapping as the object says."""
    units = triplet(triplets.MeasurementUnits(0, 0, UNITS, UNITS))
    include = made(
        modca.IncludeObject,
        name=encode_name(PANORAMA),
        object_type=_IOCA_IMAGE,
        x_origin=LEFT,
        y_origin=y,
        x_orientation=modca.orientation(0),
        y_orientation=modca.orientation(90),
        x_content=modca.USE_OBJECT_OFFSET,
        y_content=modca.USE_OBJECT_OFFSET,
        triplets=units,
    )
    return field("IOB", include)


def _signature(y: int) -> bytes:
    return image_object("SIGN", signature(), LEFT + 6_700, y - 880, 2_400, 600)
