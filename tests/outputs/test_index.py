"""The index: it says what the file says, in every form, quickly, and alike from any number of processes."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections import Counter
from typing import Any

import pikepdf
import pytest
from outputs_of import output_of_file

from afpcluster.afp import triplets as t
from afpcluster.afp.declare import made
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import RecordFile
from afpcluster.afp.names import encode_name
from afpcluster.afp.notes import note_text
from afpcluster.afp.triplets_control import (
    AttributeQualifier,
    MediumMapPageNumber,
    ObjectByteExtent,
    ObjectByteOffset,
    ObjectCount,
)
from afpcluster.document.attributes import read_tag
from afpcluster.document.document_index import read_document_index
from afpcluster.findings import ConversionError, Findings
from afpcluster.options import Format, Options
from afpcluster.sample import write_sample
from afpcluster.sample.accounts import statement
from afpcluster.sample.records import enclosed, field, tag, triplet
from afpcluster.spreadsheet import cell
from corpus import afp_files, needs_corpus

STATEMENTS = 60  # in two documents


@pytest.fixture(scope="module")
def sample() -> bytes:
    sink = io.BytesIO()
    write_sample(sink, statements=STATEMENTS, seed=3)
    return sink.getvalue()


def lines(data: bytes, **options: Any) -> list[dict[str, Any]]:
    made = output_of_file(data, Options(format=Format.INDEX, raise_faults=True, **options))
    return [json.loads(line) for line in made.splitlines()]


def of(entries: list[dict[str, Any]], record: str) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry["record"] == record]


def test_the_index_is_what_the_generator_put_in(sample: bytes) -> None:
    entries = lines(sample)
    groups, pages = of(entries, "group"), of(entries, "page")
    assert [entry["name"] for entry in of(entries, "document")] == ["D0000001", "D0000051"]
    accounts = [statement(3, number) for number in range(1, STATEMENTS + 1)]
    assert [group["name"] for group in groups] == [f"S{account.number:07}" for account in accounts]
    for account, group in zip(accounts, groups, strict=True):
        tags = {one["name"]: one["value"] for one in group["tags"]}
        assert tags["Account Number"] == account.iban.replace(" ", "")
        assert tags["Customer Name"] == account.holder
        assert {(one["code_page"], one["level"]) for one in group["tags"]} == {(1148, 0)}
    assert [page["name"] for page in pages] == [f"{number:08}" for number in range(1, len(pages) + 1)]
    first_of = {group["number"]: group["first_page"] for group in groups}
    for page in pages:
        assert sample[page["offset"] + 3 : page["offset"] + 6] == CODES["BPG"].to_bytes(3, "big")
        end = page["offset"] + page["bytes"]
        assert sample[end - 14 : end - 11] == CODES["EPG"].to_bytes(3, "big")
        assert first_of[page["groups"][-1]] <= page["number"]
        assert {"kind": "overlay", "name": "O1LETTER"} in page["resources"]


def test_sizes_are_those_of_the_pdf(sample: bytes) -> None:
    with pikepdf.open(io.BytesIO(output_of_file(sample, Options()))) as pdf:
        boxes = [tuple(round(float(v), 2) for v in page.MediaBox[2:]) for page in pdf.pages]
    pages = of(lines(sample), "page")
    assert [(round(page["width"], 2), round(page["height"], 2)) for page in pages] == boxes


@pytest.mark.parametrize("form", [Format.INDEX, Format.CSV, Format.IND])
def test_the_same_bytes_from_any_number_of_processes(sample: bytes, form: Format) -> None:
    made = {output_of_file(sample, Options(format=form, processes=count)) for count in (1, 2, 3)}
    assert len(made) == 1


def test_the_table_says_the_same(sample: bytes) -> None:
    table = output_of_file(sample, Options(format=Format.CSV)).decode()
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    entries = lines(sample)
    counts = Counter(row["record"] for row in rows)
    pages, groups = of(entries, "page"), of(entries, "group")
    assert (counts["document"], counts["group"], counts["page"]) == (2, len(groups), len(pages))
    tags = [(row["name"], row["value"]) for row in rows if row["record"] == "tag"]
    assert tags == [(one["name"], one["value"]) for group in groups for one in group["tags"]]


def test_the_document_index_points_at_what_it_names(sample: bytes) -> None:
    ind = output_of_file(sample, Options(format=Format.IND))
    starts = {
        name: sample.index(field("BDT", b"")[3:6] + b"\0\0\0" + name.encode("cp500")) - 3
        for name in ("D0000001", "D0000051")
    }
    found = list(read_document_index(io.BytesIO(ind), Findings()))
    entries = lines(sample)
    for kind, code in (("group", "BNG"), ("page", "BPG")):
        pointed = [one for one in found if one.kind == kind]
        assert [one.name for one in pointed] == [entry["name"] for entry in of(entries, kind)]
        for one in pointed:
            begin = starts[one.document] + one.offset
            assert sample[begin + 3 : begin + 6] == CODES[code].to_bytes(3, "big")
            assert one.size is not None
            end = sample[begin + one.size - 14 : begin + one.size - 11]
            assert end == CODES[code.replace("B", "E", 1)].to_bytes(3, "big")
    groups = [one for one in found if one.kind == "group"]
    assert sum(one.pages or 0 for one in groups) == len(of(entries, "page"))
    assert [tuple(one[:2]) for group in groups for one in group.tags] == [
        (one["name"], one["value"]) for group in of(entries, "group") for one in group["tags"]
    ]


def test_elements_of_the_document_index() -> None:
    """Page elements name the medium map in force and count its pages; tags are numbered."""
    page = enclosed("BPG", "P", (tag("A", "1"), tag("B", "€")))
    euro = b"\0\0" + triplet(t.CodedGraphicCharacterSet(0, 1148))
    data = enclosed("BDT", "D", (field("IMM", encode_name("MAP1")), page, page), euro)
    ind = output_of_file(data, Options(format=Format.IND))
    fields = RecordFile(io.BytesIO(ind), Findings()).read(0, len(ind))
    assert [one.mnemonic for one in fields] == ["BDI", *(("IEL", "TLE", "TLE") * 2), "EDI"]
    second = fields[4].data
    offset = data.rindex(page)
    assert t.decode_triplet(second, ObjectByteOffset) == ObjectByteOffset(offset)
    assert t.decode_triplet(second, ObjectByteExtent) == ObjectByteExtent(len(page))
    assert t.decode_triplet(second, MediumMapPageNumber) == MediumMapPageNumber(2)
    assert t.qualified_name(second, t.FqnType.BEGIN_MEDIUM_MAP) == "MAP1"
    numbers = [t.decode_triplet(one.data, AttributeQualifier) for one in fields[5:7]]
    assert numbers == [AttributeQualifier(1, 0), AttributeQualifier(2, 0)]
    assert read_tag(fields[6].data)[:2] == ("B", "€")


def test_group_elements_count_their_pages() -> None:
    page = enclosed("BPG", "P", ())
    group = enclosed("BNG", "G", (page, page, page))
    ind = output_of_file(enclosed("BDT", "D", (group,), b"\0\0"), Options(format=Format.IND))
    element = RecordFile(io.BytesIO(ind), Findings()).read(0, len(ind))[1].data
    assert t.decode_triplet(element, ObjectCount) == made(ObjectCount, object_type=0xAF, count=3)
    assert t.decode_triplet(element, ObjectByteExtent) == ObjectByteExtent(len(group))


def test_what_stands_between_pages_is_in_it() -> None:
    page = enclosed("BPG", "P", (field("NOP", "made by hand".encode("cp500")), tag("Inner", "1")))
    group = enclosed("BNG", "G", (tag("Outer", "2"), enclosed("BNG", "H", (tag("Mid", "3"), page))))
    note = field("NOP", b"in front")
    data = enclosed("BDT", "D", (note, group, tag("Loose", "4"), page), b"\0\0")
    entries = lines(data)
    groups, pages = of(entries, "group"), of(entries, "page")
    assert [(g["name"], g["level"], g["parent"]) for g in groups] == [("G", 0, None), ("H", 1, 1)]
    assert [[one["level"] for one in g["tags"]] for g in groups] == [[0], [1]]
    assert pages[0]["notes"] == ["in front", "made by hand"]
    assert [(one["name"], one["level"]) for one in pages[0]["tags"]] == [("Inner", 2)]
    assert [one["name"] for one in pages[1]["loose_tags"]] == ["Loose"]


NOTES = {
    "ASCII": (b"made by ACIF 4\0", "made by ACIF 4"),
    "EBCDIC": ("Größe 12".encode("cp500"), "Größe 12"),
    "UTF-8": ("Größe 12".encode(), "Größe 12"),
    "neither": (bytes(range(9)), "X'000102030405060708'"),
    "nothing": (b"", ""),
}


@pytest.mark.parametrize(("data", "text"), NOTES.values(), ids=NOTES)
def test_notes(data: bytes, text: str) -> None:
    assert note_text(data) == text


@needs_corpus
@pytest.mark.parametrize("path", afp_files("*/*.afp"), ids=lambda path: path.stem)
def test_every_tag_of_the_corpus_arrives(path: Any) -> None:
    data = path.read_bytes()
    try:
        entries = lines(data, accept_truncated=True)
    except ConversionError as error:
        pytest.skip(error.code)
    arrived = Counter(
        (one["name"], one["value"])
        for entry in entries
        for one in (*entry.get("tags", ()), *entry.get("loose_tags", ()))
    )
    indexed = False
    for record in _records(data):
        indexed = record.type == CODES["BDI"] or (indexed and record.type != CODES["EDI"])
        if record.type == CODES["TLE"] and not indexed:
            name, value, _ = read_tag(record.data)
            if re.fullmatch(r"[A-Za-z0-9 ._-]+", name + value):  # the same in every code page
                assert arrived[name, value], (name, value)


def _records(data: bytes) -> list[Any]:
    file = RecordFile(io.BytesIO(data), Findings())
    return file.read(0, file.size) if data[:1] == b"\x5a" else []


def test_it_costs_a_tenth_of_a_pdf() -> None:
    """With room for a busy machine; `make bench` measures it."""
    sink = io.BytesIO()
    write_sample(sink, statements=100, seed=1)

    def cost(form: Format) -> float:
        begin = time.process_time()
        output_of_file(sink.getvalue(), Options(format=form))
        return time.process_time() - begin

    cost(Format.PDF), cost(Format.INDEX)
    ratios = [cost(Format.INDEX) / cost(Format.PDF) for _ in range(5)]
    assert min(ratios) < 0.15


CELLS = {
    "=HYPERLINK(1)": "'=HYPERLINK(1)",
    "+cmd": "'+cmd",
    "-2+3": "'-2+3",
    "@SUM(A1)": "'@SUM(A1)",
    "\tx": "'\tx",
    "-12.50": "-12.50",
    "+49 30 1234": "+49 30 1234",
    "-3,5 %": "-3,5 %",
    "plain = text": "plain = text",
    "": "",
}


@pytest.mark.parametrize(("value", "shown"), CELLS.items())
def test_no_cell_is_a_formula(value: str, shown: str) -> None:
    assert cell(value) == shown


def test_tags_in_a_table_are_no_formulas() -> None:
    data = enclosed(
        "BDT", "DOC", (enclosed("BNG", "G", (tag("Name", "=1+2"), enclosed("BPG", "P", ()))),), b"\0\0"
    )
    table = output_of_file(data, Options(format=Format.CSV)).decode()
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [row["value"] for row in rows if row["record"] == "tag"] == ["'=1+2"]
    assert '"value":"=1+2"' in output_of_file(data, Options(format=Format.INDEX)).decode()


def test_what_stands_behind_the_last_page_is_told() -> None:
    content = enclosed("BPG", "P", ()), tag("Total", "7"), field("NOP", "end".encode("cp500"))
    for data in (
        enclosed("BDT", "DOC", content, b"\0\0"),
        enclosed("BDT", "DOC", (enclosed("BNG", "G", content),), b"\0\0"),
        b"".join(content),
    ):
        lines = output_of_file(data, Options(format=Format.INDEX)).decode().splitlines()
        last = json.loads(lines[-1])
        assert ([one["name"] for one in last["loose_tags"]], last["notes"]) == (["Total"], ["end"])
