"""Several print files become one output: each is in it as if it were alone; nothing of it reaches another."""

from __future__ import annotations

import io
import json
import resource
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from click.testing import CliRunner
from print_files import (
    document,
    fonts,
    group,
    include_overlay,
    overlay,
    page,
    page_texts,
    records,
    sample,
    text,
)

from afpcluster.afp import modca
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.cli import app
from afpcluster.convert import convert
from afpcluster.findings import ConversionError, Finding
from afpcluster.options import Format, Options
from afpcluster.sample.records import enclosed, field, made, qualified_name, tag
from afpcluster.sample.records import resource as in_envelope
from afpcluster.selection import Selection, SelectionError

OVERLAY = 0xFC
STATEMENTS = sample(statements=2)
LETTERS = group(in_envelope("OVER", OVERLAY, overlay("letterhead"))) + document(
    page(include_overlay(), text("letter one")), page(text("letter two"))
)
BARE = document(page(include_overlay(), text("third file")))  # names an overlay that only LETTERS has
TWO_DOCUMENTS = document(page(text("first"))) + document(
    enclosed("BNG", "G1", (tag("Name", "Ann"), page(text("second"))))
)


def merged(*files: bytes, **options: Any) -> tuple[bytes, list[Finding]]:
    sink = io.BytesIO()
    chosen = Options(raise_faults=True, **options)
    result = convert([io.BytesIO(data) for data in files], sink, chosen)
    assert result.bytes_written == len(sink.getvalue())
    return sink.getvalue(), result.findings


def alone(data: bytes, **options: Any) -> bytes:
    sink = io.BytesIO()
    convert(io.BytesIO(data), sink, Options(raise_faults=True, **options))
    return sink.getvalue()


def bookmarks(pdf: bytes) -> list[tuple[int, str, int]]:
    """Level, title and page, from 0, of each."""
    opened = pypdfium2.PdfDocument(pdf)
    try:
        return [
            (mark.level, mark.get_title(), mark.get_dest().get_index())
            for mark in opened.get_toc(max_depth=9)
        ]
    finally:
        opened.close()


def test_pages_are_those_of_each() -> None:
    pdf, _ = merged(STATEMENTS, LETTERS, STATEMENTS)
    expected = page_texts(alone(STATEMENTS)) + page_texts(alone(LETTERS)) + page_texts(alone(STATEMENTS))
    assert page_texts(pdf) == expected
    assert len(pdf) < len(alone(STATEMENTS)) * 1.5 + len(alone(LETTERS))  # what is equal is there once
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.check_pdf_syntax() == []


PICTURES = (Format.PNG, Format.JPEG, Format.TIFF)


@pytest.mark.parametrize(
    "options",
    [
        *({"format": kind} for kind in Format if kind not in (Format.AFP, *PICTURES)),  # AFP does not merge
        *({"format": kind, "dpi": 20} for kind in PICTURES),
        {"tagged": True},
        {"pdf_a": "3u", "title": "x"},
        {"split": "pages:3"},
    ],
    ids=str,
)
def test_bytes_do_not_depend_on_processes(options: dict[str, Any]) -> None:
    many = sample(statements=10)  # more than one chunk of pages
    files = (LETTERS, many, BARE, TWO_DOCUMENTS)
    once, found = merged(*files, **options)
    for processes in (2, 4):
        again, found_again = merged(*files, **options, processes=processes)
        assert again == once
        assert found_again == found


def test_bookmarks() -> None:
    pdf, _ = merged(LETTERS, TWO_DOCUMENTS, BARE, TWO_DOCUMENTS)
    assert bookmarks(pdf) == [
        (0, "file 1", 0),
        (0, "file 2", 2),
        *((1, "DOC", 2), (1, "DOC", 3), (2, "Name: Ann", 3)),
        (0, "file 3", 4),
        (0, "file 4", 5),
        *((1, "DOC", 5), (1, "DOC", 6), (2, "Name: Ann", 6)),
    ]
    with pikepdf.open(io.BytesIO(pdf)) as opened:  # siblings know each other in both directions
        titles, item = [], opened.Root.Outlines.First
        while True:
            titles.append(str(item.Title))
            assert item.Parent == opened.Root.Outlines
            if "/Next" not in item:
                break
            assert item.Next.Prev == item
            item = item.Next
        assert titles == ["file 1", "file 2", "file 3", "file 4"]
        assert opened.Root.Outlines.Last == item


def test_resources_stay_with_their_file() -> None:
    pdf, findings = merged(LETTERS, BARE)
    texts = page_texts(pdf)
    assert ["letterhead" in shown for shown in texts] == [True, False, False]
    missing = [finding for finding in findings if finding.code == "resource-missing"]
    assert [(finding.file, finding.page) for finding in missing] == [("file 2", 1)]
    plain = [data.replace(fonts(), b"") for data in (LETTERS, BARE)]  # fonts are in neither
    with pytest.raises(ConversionError) as refused:
        merged(*plain, strict=True)
    assert refused.value.file == "file 2"


def test_links_lead_to_pages_of_their_own_file() -> None:
    source = qualified_name(FqnType.BEGIN_PAGE, encode_name("PAGE"))
    uses = [
        modca.LinkGroup(2, source),
        modca.LinkGroup(3, qualified_name(FqnType.BEGIN_PAGE, encode_name("NEXT"))),
    ]
    link = field("LLE", made(modca.LinkLogicalElement, link_type=1, groups=uses))
    following = page(text("target")).replace(encode_name("PAGE"), encode_name("NEXT"))
    data = document(page(link, text("source")), following)
    pdf, findings = merged(data, data, data, selection=Selection.parse(pages="1-2"))
    assert [finding.code for finding in findings if finding.code.startswith("link")] == []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        pages = [one.obj.objgen for one in opened.pages]
        assert [pages.index(opened.pages[at].Annots[0].Dest[0].objgen) for at in (0, 2, 4)] == [1, 3, 5]
    _, cut = merged(data, BARE, selection=Selection.parse(pages="1"))
    assert [(one.file, one.page) for one in cut if one.code == "link-target-missing"] == [("file 1", None)]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ({"pages": "2"}, ["letter two"]),
        ({"pages": "1"}, ["letterhead", "first", "third file"]),
        ({"documents": "2"}, ["second"]),
        ({"groups": ["Name=A*"]}, ["second"]),
    ],
)
def test_selections_are_of_each_file(selection: dict[str, Any], expected: list[str]) -> None:
    pdf, _ = merged(LETTERS, TWO_DOCUMENTS, BARE, selection=Selection.parse(**selection))
    texts = page_texts(pdf)
    if selection == {"pages": "2"}:
        expected = [*expected, "second"]
    assert [next(word for word in expected if word in shown) for shown in texts] == expected


@pytest.mark.parametrize("processes", [1, 2])
def test_errors(tmp_path: Path, processes: int) -> None:
    with pytest.raises(SelectionError, match="None of the 3 pages"):
        merged(LETTERS, BARE, selection=Selection.parse(pages="7"), processes=processes)
    with pytest.raises(ConversionError) as too_many:
        merged(LETTERS, BARE, max_pages=2, processes=processes)
    assert (too_many.value.code, too_many.value.file) == ("too-many-pages", "file 2")
    with pytest.raises(ConversionError) as cut:
        merged(LETTERS, LETTERS[:-5], BARE, processes=processes)
    assert (cut.value.code, cut.value.file) == ("input-truncated", "file 2")
    with pytest.raises(FileNotFoundError):
        convert([tmp_path / "none.afp"], io.BytesIO(), Options(processes=processes))
    with pytest.raises(ConversionError, match="no print file"):
        convert([], io.BytesIO(), Options(processes=processes))


def test_index_names_the_files() -> None:
    data, _ = merged(LETTERS, TWO_DOCUMENTS, format=Format.INDEX)
    lines = data.decode().splitlines(keepends=True)
    heads = [json.loads(line)["name"] for line in lines if '"record":"file"' in line]
    rest = "".join(line for line in lines if '"record":"file"' not in line)
    assert heads == ["file 1", "file 2"]
    expected = alone(LETTERS, format=Format.INDEX) + alone(TWO_DOCUMENTS, format=Format.INDEX)
    assert rest.encode() == expected


def test_no_part_has_pages_of_two_files() -> None:
    data, _ = merged(LETTERS, LETTERS, split="document")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        manifest = [json.loads(line) for line in archive.read("manifest.jsonl").splitlines()]
        parts = [archive.read(entry["name"]) for entry in manifest]
    assert [(entry["file"], entry["pages"]) for entry in manifest] == [("file 1", 2), ("file 2", 2)]
    assert [page_texts(part) for part in parts] == [page_texts(alone(LETTERS))] * 2


@contextmanager
def open_files(most: int) -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_more_files_than_may_be_open(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number:03}.afp" for number in range(150)]
    for number, path in enumerate(paths):
        path.write_bytes(document(page(text(f"page of {number}"))))
    with open_files(100):
        sink = io.BytesIO()
        result = convert(paths, sink)
    assert result.pages == 150
    assert [shown.split()[-1] for shown in page_texts(sink.getvalue())] == [str(n) for n in range(150)]


def test_progress_goes_through_all_files() -> None:
    told: list[tuple[int, int]] = []
    files = [io.BytesIO(data) for data in (LETTERS, BARE)]
    convert(files, io.BytesIO(), progress=lambda done, size: told.append((done, size)))
    assert {size for _, size in told} == {len(LETTERS) + len(BARE)}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] > len(LETTERS)


def test_command(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("letters.afp", "bare.afp", "cut.afp")]
    for path, data in zip(paths, (LETTERS, BARE, records(BARE)[0]), strict=True):
        path.write_bytes(data)
    out = tmp_path / "out.pdf"

    def run(*sources: Path, data: bytes = b"") -> Any:
        return CliRunner().invoke(app, ["convert", *map(str, sources), "-o", str(out), "--json"], input=data)

    shown = run(*paths[:2])
    answer = json.loads(shown.stdout)
    assert (shown.exit_code, answer["pages"]) == (0, 3)
    assert str(paths[1]) in {finding.get("file") for finding in answer["findings"]}
    assert [title for _, title, _ in bookmarks(out.read_bytes())] == ["letters.afp", "bare.afp"]
    out.unlink()
    refused = json.loads(run(*paths).stdout)
    assert (refused["code"], refused["file"]) == ("input-truncated", str(paths[2]))
    missing = run(paths[0], tmp_path / "none.afp")
    assert missing.exit_code == 1
    assert f"{tmp_path / 'none.afp'} cannot be read" in missing.stderr.replace("\n", " ")
    assert run(Path("-"), Path("-")).exit_code == 1
    assert not out.exists()
    assert json.loads(run(paths[0], Path("-"), data=BARE).stdout)["pages"] == 3
