"""Parts in a ZIP file: all of them are in it, and hardly any of it is in memory."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest

from afpcluster.display.items import Page
from afpcluster.display.place import GroupStart, Place
from afpcluster.findings import Findings
from afpcluster.options import Format, Options
from afpcluster.outputs.output import output_of
from afpcluster.outputs.parts import parts_to

PER_PART = 160  # bytes, its name included
PER_PART_OF_A_SPLIT = 350


def test_what_is_in_a_zip_file() -> None:
    contents = {"0001.pdf": b"one", "Zürich-2.pdf": b"", "folder/3.pdf": bytes(1 << 17)}
    sink = io.BytesIO()
    parts = parts_to(sink)
    for name, data in contents.items():
        with parts.open(name) as part:
            part.write(data)
    assert parts.finish() == len(sink.getvalue())
    with zipfile.ZipFile(sink) as found:
        assert found.testzip() is None
        assert {entry.filename: found.read(entry) for entry in found.infolist()} == contents
        assert {entry.external_attr >> 16 for entry in found.infolist()} == {0o644}


def test_many_parts_take_little_memory() -> None:
    with open("/dev/null", "wb") as sink:
        parts = parts_to(sink)
        tracemalloc.start()
        try:
            for number in range(3000):
                with parts.open(f"{number:05}.png") as part:
                    part.write(b"x")
            parts.finish()
            assert tracemalloc.get_traced_memory()[1] < 3000 * PER_PART + 50_000
        finally:
            tracemalloc.stop()


def test_what_a_split_keeps_of_a_part() -> None:
    """Its name, for the next ones and for the ZIP file; what the manifest says of it is on a disk."""
    output = output_of(Options(split="group", format=Format.TEXT))
    maker = output.maker()
    with open("/dev/null", "wb") as sink:
        writer = output.writer(sink, Findings())

        def write(first: int, last: int) -> None:
            for number in range(first, last):
                group = GroupStart(f"Account {number}", 0, number=number)
                place = Place(document=1, page=number, groups=(group,))
                writer.add(maker.packet(Page(number, 100, 100, [], place=place)))

        write(1, 100)
        tracemalloc.start()
        try:
            write(100, 2100)
            assert tracemalloc.get_traced_memory()[0] < 2000 * PER_PART_OF_A_SPLIT
        finally:
            tracemalloc.stop()
        writer.finish()


def test_more_parts_than_a_zip_file_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 50)
    sink = io.BytesIO()
    parts = parts_to(sink)
    for number in range(60):
        with parts.open(f"{number}"):
            pass
    parts.finish()
    with zipfile.ZipFile(sink) as found:
        assert found.namelist() == [f"{number}" for number in range(60)]
    assert b"PK\6\6" in sink.getvalue()  # the end of a ZIP64 file
