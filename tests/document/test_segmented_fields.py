"""Fields in several segments are one field, wherever they stand and whoever reads them: the same file with
each long field cut to pieces shows and says the same. MO:DCA Chapter 3 "Structured Field
Segmentation"."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from forms import (
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
)

from afpcluster.afp.framing import Record, RecordFile
from afpcluster.api import index, inspect
from afpcluster.convert import convert
from afpcluster.document.document_index import read_document_index
from afpcluster.findings import ConversionError, Findings
from afpcluster.options import Format, Layout, Options
from afpcluster.sample import write_sample
from afpcluster.sample.records import enclosed, field, tag
from corpus import CASES, afp_files

SEGMENTED = 0x20
PTX, TLE = 0xD3EE9B, 0xD3A090


def cut(record: bytes, most: int) -> Iterator[bytes]:
    """A structured field in segments of at most so many bytes of data."""
    data = record[9:]
    for at in range(0, len(data) or 1, most):
        part = bytearray(record[:9] + data[at : at + most])
        part[1:3] = (len(part) - 1).to_bytes(2, "big")
        part[6] |= SEGMENTED * (at + most < len(data))
        yield bytes(part)


def segmented(data: bytes, most: int) -> bytes:
    """The file with every field that has more than so many bytes of data in segments."""
    file = RecordFile(io.BytesIO(data), Findings())
    records = [window[at - 9 : at + end - offset - 9] for _, offset, end, window, at in file.scan()]
    return b"".join(part for record in records for part in cut(record, most))


def statements(number: int, *, fonts: bool = True) -> bytes:
    sink = io.BytesIO()
    write_sample(sink, statements=number, fonts=fonts)
    return sink.getvalue()


def forms() -> bytes:
    """Two groups with tags, each with a medium map of its own, that has an overlay."""
    maps = [
        medium_map(f"M{n}", medium(400, 600), map_overlays(n), copies((1, 1, 1)), modify(1, (0xF2, n)))
        for n in (1, 2)
    ]
    groups = [
        enclosed("BNG", f"GROUP{n}", (tag("Account", f"471{n}"), invoke(f"M{n}"), page(n))) for n in (1, 2)
    ]
    return print_file((form_map(*maps), overlay(1), overlay(2)), document(*groups))


def result(data: bytes, options: Options) -> tuple[bytes, list[tuple[object, ...]]]:
    """The output and the findings, these without offsets."""
    sink = io.BytesIO()
    found = convert(io.BytesIO(data), sink, options)
    return sink.getvalue(), [(one.code, one.message, one.page, one.count) for one in found.findings]


MADE = {"statements": statements(3), "without fonts": statements(2, fonts=False), "forms": forms()}


@pytest.mark.parametrize("most", [3, 20, 200])
@pytest.mark.parametrize("data", MADE.values(), ids=MADE)
def test_pages_show_the_same(data: bytes, most: int) -> None:
    options = Options(layout=Layout.SHEETS)
    assert result(segmented(data, most), options) == result(data, options)


def rewritten(data: bytes) -> dict[str, bytes]:
    """The file with its fields as records of a host, without X'5A', and a line each."""
    file = RecordFile(io.BytesIO(data), Findings())
    fields = [data[offset:end] for _, offset, end, _, _ in file.scan(segments=True)]
    return {
        "records of a host": b"".join((len(f) + 4).to_bytes(2, "big") + b"\0\0" + f for f in fields),
        "without X'5A'": b"".join(f[1:] for f in fields),
        "lines": b"".join(f + b"\r\n" for f in fields),
    }


@pytest.mark.parametrize("how", ["records of a host", "without X'5A'", "lines"])
def test_however_the_fields_stand_in_the_file(how: str) -> None:
    data = MADE["statements"]
    assert result(rewritten(segmented(data, 20))[how], Options()) == result(data, Options())


def test_processes_share_the_pages() -> None:
    data = MADE["statements"]
    assert result(segmented(data, 20), Options(processes=2)) == result(data, Options())


@pytest.mark.parametrize("kind", [Format.TEXT, Format.WORDS])
def test_texts_are_the_same(kind: Format) -> None:
    options = Options(format=kind)
    assert result(segmented(MADE["statements"], 3), options) == result(MADE["statements"], options)


def test_the_index_is_the_same() -> None:
    def said(data: bytes) -> list[dict[str, object]]:
        return [
            {
                name: value
                for name, value in line.items()
                if name not in ("offset", "bytes", "medium_map_offset")
            }
            for line in index(io.BytesIO(data))
        ]

    assert said(segmented(MADE["forms"], 3)) == said(MADE["forms"])


def test_an_index_of_its_own_says_the_same() -> None:
    data, _ = result(MADE["statements"], Options(format=Format.IND))
    pointed = [list(read_document_index(io.BytesIO(one), Findings())) for one in (data, segmented(data, 7))]
    assert pointed[0] == pointed[1] != []


def test_fields_are_told_once() -> None:
    def told(data: bytes) -> list[tuple[object, ...]]:
        return [(one.mnemonic, one.level, one.page, one.data) for one in inspect(io.BytesIO(data))]

    assert told(segmented(MADE["forms"], 3)) == told(MADE["forms"])


def test_afp_again_keeps_the_segments() -> None:
    data = MADE["statements"]
    again, _ = result(segmented(data, 20), Options(format=Format.AFP))
    assert result(again, Options()) == result(data, Options())


def test_what_is_long_is_written_in_segments() -> None:
    contents = bytes(range(256)) * 300
    file = RecordFile(io.BytesIO(Record(TLE, 0, contents).encode()), Findings())
    assert [(one.type, one.data) for one in file.read(0, file.size)] == [(TLE, contents)]
    assert [end - offset for _, offset, end, _, _ in file.scan(segments=True)] == [32_768, 32_768, 11_291]


def test_a_note_between_pages_is_not_kept_whole_however_long() -> None:
    note = b"".join(cut(field("NOP", b"?" * 32_000) * 40, 30_000))
    _, found = result(document(page(1), note, page(2)), Options())
    assert ("segments-not-read", 1) in [(code, count) for code, _, _, count in found]


@pytest.mark.parametrize("follows", [b"", page(2)], ids=["nothing", "another field"])
def test_a_segment_that_is_missing_is_told(follows: bytes) -> None:
    first = next(cut(field("NOP", b"a note"), 3))
    _, found = result(document(page(1), first, follows), Options())
    assert [code for code, *_ in found if code == "segments-not-read"] == ["segments-not-read"]


def test_a_file_cut_off_in_a_field_shows_the_segments_that_are_there() -> None:
    data = segmented(MADE["statements"], 50)
    *_, end = [end for type_, _, end, _, _ in RecordFile(io.BytesIO(data), Findings()).scan() if type_ == PTX]
    options = Options(format=Format.TEXT, accept_truncated=True)
    whole, _ = result(data, options)
    part, found = result(data[: end - 10], options)
    assert 0 < len(whole) - len(part) < 150
    assert {"input-truncated", "segments-not-read"} <= {code for code, *_ in found}


@pytest.mark.parametrize("path", afp_files(), ids=lambda path: path.name)
def test_real_files_show_the_same(path: Path) -> None:
    data = path.read_bytes()
    if CASES in path.parents or len(data) > 2_000_000:
        pytest.skip("damaged on purpose, or large")
    try:
        expected = result(data, Options())
    except ConversionError:
        pytest.skip("a part of a print file")
    assert result(segmented(data, 20), Options()) == expected
