"""Extension and padding of structured fields are no data, wherever a field stands: the same file with them on
every field shows the same. MO:DCA Chapter 3 "Structured Field Introducer", "Structured Field Padding"."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from forms import (
    converted,
    copies,
    document,
    form_map,
    invoke,
    map_overlays,
    medium,
    medium_map,
    modify,
    overlay,
    page,
    print_file,
    shown,
)

from afpcluster.afp.framing import RecordFile
from afpcluster.display.items import Page
from afpcluster.findings import Findings
from afpcluster.options import Options
from afpcluster.sample.records import enclosed, tag

EXTENSION, PADDING = 0x80, 0x08
AROUND = {"extension": (EXTENSION, b"\x04abc", b""), "padding": (PADDING, b"", b"\0\0\x03")}


def statements() -> bytes:
    """Two groups with tags, each with a medium map of its own, that has an overlay."""
    maps = [
        medium_map(f"M{n}", medium(400, 600), map_overlays(n), copies((1, 1, 1)), modify(1, (0xF2, n)))
        for n in (1, 2)
    ]
    groups = [
        enclosed("BNG", f"GROUP{n}", (tag("Account", f"471{n}"), invoke(f"M{n}"), page(n))) for n in (1, 2)
    ]
    return print_file((form_map(*maps), overlay(1), overlay(2)), document(*groups))


def with_all(data: bytes, flags: int, before: bytes, behind: bytes) -> bytes:
    """The file with this flag, and what it says is there, on every field."""

    def fields() -> Iterator[bytes]:
        for record in RecordFile(io.BytesIO(data), Findings()).read(0, len(data)):
            field = bytearray(record.encode() + behind)
            field[9:9] = before
            field[1:3] = (len(field) - 1).to_bytes(2, "big")
            field[6] = flags
            yield bytes(field)

    return b"".join(fields())


def titles(one: Page) -> list[str]:
    return [group.title for group in one.groups]


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_pages_groups_and_tags_are_the_same(around: tuple[int, bytes, bytes]) -> None:
    found, findings = converted(with_all(statements(), *around), Options(raise_faults=True))
    expected, expected_findings = converted(statements(), Options(raise_faults=True))
    assert [(shown(one), titles(one)) for one in found] == [(shown(one), titles(one)) for one in expected]
    assert [finding.code for finding in findings] == [finding.code for finding in expected_findings]
