"""Fields outside of pages that nobody reads where they stand are told, and those that may stand there not."""

from __future__ import annotations

import pytest
from forms import (
    OVERLAY,
    converted,
    copies,
    document,
    environment,
    form_map,
    invoke,
    map_overlays,
    medium,
    medium_map,
    modify,
    modify_page,
    overlay,
    page,
    pages,
    position,
    print_file,
    shown,
)

from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import encode
from afpcluster.sample.records import enclosed, resource

PGP, MDD, PTX = position((0, 0, 0, 0)), medium(400, 400), encode(CODES["PTX"], b"\x2b\xd3\x02\xf8")
OVERLAID = (map_overlays(1), modify(1, (0xF2, 1)), copies((1, 1, 1)))
MAP = medium_map("M", PGP, MDD, *OVERLAID)
NOP = encode(CODES["NOP"], b"note")
PRELOADED = enclosed("BSG", "REG", (encode(CODES["MPO"], b""), encode(CODES["MDR"], b"")))
IDM = encode(0xD3ABCA, b"DATAMAP1")
DOCUMENT = document(invoke("M"), page(1))
METADATA = enclosed("BOC", "META", (encode(CODES["OCD"], b"<x/>"),))

CASES: dict[str, tuple[bytes, str, list[tuple[str, str, str]]]] = {  # file, first page, findings
    "all as it is to be": (
        print_file([NOP, overlay(1), form_map(METADATA, MAP, shared=[PGP, NOP, MDD])], NOP, DOCUMENT),
        "400x400: o1@0,0 p1@0,0",
        [],
    ),
    "what printers load ahead, and metadata": (
        print_file([], document(METADATA, PRELOADED, NOP, page(1))),
        "200x300: p1@0,0",
        [],
    ),
    "a copy group in the form map itself": (
        print_file([overlay(1), form_map(medium_map("M", PGP, MDD), *OVERLAID)], DOCUMENT),
        "400x400: p1@0,0",
        [(name, "field-not-applied", "skipped") for name in ("MMO", "MMC", "MCC")],
    ),
    "page overlays in a resource group": (
        print_file([overlay(1), modify_page(1, (1, 5, 5)), form_map(MAP)], DOCUMENT),
        "400x400: o1@0,0 p1@0,0",
        [("PMC", "field-not-applied", "skipped")],
    ),
    "what lays out line data": (
        print_file([], document(IDM, page(1))),
        "200x300: p1@0,0",
        [("IDM", "field-not-applied", "info")],
    ),
    "a position between pages": (
        print_file([], document(PGP, page(1), medium(9, 9), page(2))),
        "200x300: p1@0,0",
        [("PGP", "field-not-applied", "skipped"), ("MDD", "field-not-applied", "skipped")],
    ),
    "text in a medium map": (
        print_file([form_map(medium_map("M", PGP, MDD, PTX))], DOCUMENT),
        "400x400: p1@0,0",
        [("PTX", "object-outside-page", "skipped")],
    ),
    "text in an environment group": (
        print_file([form_map(medium_map("M", PGP, MDD), shared=[PTX])], DOCUMENT),
        "400x400: p1@0,0",
        [("PTX", "object-outside-page", "skipped")],
    ),
    "an object in a medium map": (
        print_file([form_map(medium_map("M", PGP, MDD, enclosed("BPT", "T", (PTX,))))], DOCUMENT),
        "400x400: p1@0,0",
        [("BPT", "object-unexpected", "skipped")],
    ),
    "a second environment group": (
        print_file([form_map(enclosed("BDG", "D2", (MDD,)), medium_map("M", PGP), shared=[MDD])], DOCUMENT),
        "400x400: p1@0,0",
        [("BDG", "object-unexpected", "skipped")],
    ),
    "positions and media twice": (
        print_file([form_map(medium_map("M", PGP, MDD, position((7, 8, 0, 0)), MDD))], DOCUMENT),
        "400x400: p1@7,8",
        [("PGP", "medium-map-reference", "substituted"), ("MDD", "medium-map-reference", "substituted")],
    ),
    "fields and another object beside that of a resource": (
        print_file(
            [
                resource("O1", OVERLAY, PTX + enclosed("BMO", "O1", (environment(9, 9),))),
                form_map(MAP),
            ],
            DOCUMENT,
        ),
        "400x400: p1@0,0",
        [("PTX", "object-outside-page", "skipped")],
    ),
    "a group of a page between resources": (
        print_file([environment(9, 9), overlay(1), form_map(MAP)], DOCUMENT),
        "400x400: o1@0,0 p1@0,0",
        [],  # it shows nothing by itself
    ),
    "font patterns between resources": (
        print_file([encode(CODES["FNG"], b"\xff"), overlay(1), form_map(MAP)], DOCUMENT),
        "400x400: o1@0,0 p1@0,0",
        [("FNG", "field-not-applied", "info")],
    ),
    "an end between pages": (
        print_file([], document(encode(CODES["EMM"], b""), page(1))),
        "200x300: p1@0,0",
        [("EMM", "end-without-begin", "info")],
    ),
    "an index element in no index": (
        print_file([], document(encode(CODES["IEL"], b""), page(1))),
        "200x300: p1@0,0",
        [("IEL", "field-not-applied", "info")],
    ),
    "a field between resources of a page": (
        print_file([], document(page(1, extra=enclosed("BRG", "R", (PGP, PTX, overlay(1)))), *[pages(2)])),
        "200x300: p1@0,0",
        [("PGP", "field-not-applied", "skipped"), ("PTX", "object-outside-page", "skipped")],
    ),
}


@pytest.mark.parametrize(("data", "first", "told"), CASES.values(), ids=CASES)
def test_fields_out_of_place(data: bytes, first: str, told: list[tuple[str, str, str]]) -> None:
    made, findings = converted(data)
    assert shown(made[0]) == first
    named = ("MMO", "MMC", "MCC", "PMC", "PGP", "MDD", "PTX", "BPT", "BDG", "FNG", "EMM", "IDM")
    words = [
        (next(n for n in (*named, "IEL", "") if n in f.message), f.code, str(f.severity)) for f in findings
    ]
    assert words == told
