"""Splitting: each part is what it would be alone, and holds nothing of another's."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner
from outputs_of import output_of_file

from afpcluster.cli import app
from afpcluster.convert import Folder, convert
from afpcluster.options import Format, Layout, Options
from afpcluster.outputs.split.rule import safe_name
from afpcluster.sample import write_sample
from afpcluster.sample.accounts import statement
from afpcluster.sample.records import enclosed, tag
from afpcluster.selection import Selection

STATEMENTS, SEED = 24, 3


@pytest.fixture(scope="module")
def sample() -> bytes:
    sink = io.BytesIO()
    write_sample(sink, statements=STATEMENTS, seed=SEED)
    return sink.getvalue()


def parts(data: bytes, options: Options) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """The parts by name, in order, and the manifest."""
    with zipfile.ZipFile(io.BytesIO(output_of_file(data, options))) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    manifest = [json.loads(line) for line in found.pop("manifest.jsonl").splitlines()]
    assert [entry["name"] for entry in manifest] == list(found)
    for entry in manifest:
        made = found[entry["name"]]
        assert (entry["bytes"], entry["sha256"]) == (len(made), hashlib.sha256(made).hexdigest())
    return found, manifest


def page(*content: bytes) -> bytes:
    return enclosed("BPG", "P", content)


def group(name: str, account: str, *content: bytes) -> bytes:
    return enclosed("BNG", name, (tag("Account", account), *content))


def document(name: str, *content: bytes) -> bytes:
    return enclosed("BDT", name, content, b"\0\0")


MADE = document("JAN", page(), group("A", "1", page(), page()), page(), group("B", "1", page())) + document(
    "FEB", group("C", "2/3", page(), group("D", "9", page())), page()
)
SPLIT: dict[str, tuple[Options, list[tuple[str, int, int]]]] = {
    "documents": (Options(split="document"), [("00001-JAN.pdf", 1, 5), ("00002-FEB.pdf", 6, 8)]),
    "groups": (
        Options(split="group"),
        [
            ("00001-none.pdf", 1, 1),
            ("00002-A.pdf", 2, 3),
            ("00003-none.pdf", 4, 4),
            ("00004-B.pdf", 5, 5),
            ("00005-C.pdf", 6, 7),
            ("00006-none.pdf", 8, 8),
        ],
    ),
    "a tag": (
        Options(split="tag:Account"),
        [
            ("none.pdf", 1, 1),
            ("1.pdf", 2, 3),
            ("none-2.pdf", 4, 4),
            ("1-2.pdf", 5, 5),
            ("2_3.pdf", 6, 6),
            ("9.pdf", 7, 7),
            ("none-3.pdf", 8, 8),
        ],
    ),
    "pages": (
        Options(split="pages:3"),
        [("00001.pdf", 1, 3), ("00002.pdf", 4, 6), ("00003.pdf", 7, 8)],
    ),
    "chosen pages": (
        Options(split="pages:2", selection=Selection.parse("2,4-6")),
        [("00001.pdf", 2, 4), ("00002.pdf", 5, 6)],
    ),
    "names by template": (
        Options(
            split="group",
            part_name="{document}/{tag:Account}-{first_page}",
            selection=Selection.parse("2-3,6"),
        ),
        [("JAN_1-000002.pdf", 2, 3), ("FEB_2_3-000006.pdf", 6, 6)],
    ),
    "sheets": (
        Options(split="document", layout=Layout.SHEETS),
        [("00001-JAN.pdf", 1, 5), ("00002-FEB.pdf", 6, 8)],
    ),
    "text": (
        Options(split="document", format=Format.TEXT),
        [("00001-JAN.txt", 1, 5), ("00002-FEB.txt", 6, 8)],
    ),
}


@pytest.mark.parametrize(("options", "expected"), SPLIT.values(), ids=SPLIT)
def test_parts(options: Options, expected: list[tuple[str, int, int]]) -> None:
    found, manifest = parts(MADE, options)
    assert [(one["name"], one["first_page"], one["last_page"]) for one in manifest] == expected
    if options.format is Format.PDF:
        for entry in manifest:
            with pikepdf.open(io.BytesIO(found[entry["name"]])) as pdf:
                assert len(pdf.pages) == entry["pages"]


@pytest.mark.parametrize("split", ["group", "document", "pages:5", "tag:Language"])
def test_the_same_bytes_from_any_number_of_processes(sample: bytes, split: str) -> None:
    assert len({output_of_file(sample, Options(split=split, processes=count)) for count in (1, 2, 4)}) == 1


def everything_in(pdf: bytes) -> str:
    """All strings of a PDF: decoded streams, names, text of pages, metadata."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for thing in opened.objects:
            found.append(repr(thing))
            if isinstance(thing, pikepdf.Stream):
                try:
                    found.append(thing.read_bytes().decode("latin-1"))
                    found.append(thing.read_bytes().decode("cp1140"))
                except pikepdf.PdfError:
                    found.append(thing.read_raw_bytes().decode("latin-1"))
    return "".join(found)


def test_nothing_of_another_customer(sample: bytes) -> None:
    found, _ = parts(sample, Options(split="group", attach_index=True))
    accounts = [statement(SEED, number) for number in range(1, STATEMENTS + 1)]
    assert len(found) == STATEMENTS
    for number, pdf in enumerate(found.values()):
        text = everything_in(pdf)
        for other, account in enumerate(accounts):
            traces = (account.iban, account.iban.replace(" ", ""), f"S{account.number:07}")
            assert [trace in text for trace in traces].count(True) == (len(traces) if other == number else 0)


def test_a_part_is_what_it_would_be_alone(sample: bytes) -> None:
    """But for the numbers of pages: as if the file had only those pages."""
    found, manifest = parts(sample, Options(split="group"))
    for entry in manifest[:5]:
        chosen = Selection.parse(f"{entry['first_page']}-{entry['last_page']}")
        whole = output_of_file(sample, Options(selection=chosen))
        made = found[entry["name"]]
        with pikepdf.open(io.BytesIO(whole)) as alone, pikepdf.open(io.BytesIO(made)) as part:
            assert [page.Contents.read_bytes() for page in part.pages] == [
                page.Contents.read_bytes() for page in alone.pages
            ]
            titles = [[item.title for item in pdf.open_outline().root] for pdf in (part, alone)]
            assert titles[0] == titles[1]
            assert len(part.objects) <= len(alone.objects)


def test_into_a_folder(sample: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    convert(io.BytesIO(sample), Folder(folder), Options(split="document"))
    found, _ = parts(sample, Options(split="document"))
    assert {p.name: p.read_bytes() for p in folder.glob("*.pdf")} == found


NAMES = {
    "Müller & Söhne": "Müller_Söhne",
    "../../etc/passwd": "etc_passwd",
    "CON": "CON_",
    "con.txt": "con.txt_",
    "": "part",
    "...": "part",
    "a\0b\nc": "a_b_c",
    "ü" * 200: "ü" * 60,
}


@pytest.mark.parametrize(("text", "name"), NAMES.items())
def test_names_are_safe(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_collisions_are_told() -> None:
    result = convert(io.BytesIO(MADE), io.BytesIO(), Options(split="tag:Account"))
    renamed = next(finding for finding in result.findings if finding.code == "part-renamed")
    assert renamed.count == 3


@pytest.mark.parametrize(
    ("split", "count"), {"group": 3, "tag:Account": 3, "tag:Missing": 8, "document": 0}.items()
)
def test_pages_of_no_part_are_told(split: str, count: int) -> None:
    result = convert(io.BytesIO(MADE), io.BytesIO(), Options(split=split))
    assert sum(f.count for f in result.findings if f.code == "part-unsaid") == count


def run(folder: Path, data: bytes, target: str, *options: str) -> Any:
    (folder / "in.afp").write_bytes(data)
    return CliRunner().invoke(app, ["convert", str(folder / "in.afp"), "-o", str(folder / target), *options])


REFUSED: dict[str, tuple[bytes, tuple[str, ...], int, str]] = {
    "split by what": (MADE, ("--split", "weight"), 9, "splits nothing"),
    "no tag": (MADE, ("--split", "tag:"), 9, "splits nothing"),
    "no pages": (MADE, ("--split", "pages:0"), 9, "splits nothing"),
    "a field that names do not have": (
        MADE,
        ("--split", "group", "--part-name", "{name}"),
        9,
        "{name} is no",
    ),
    "an index": (MADE, ("--split", "group", "-f", "index"), 9, "not split"),
    "cut off": (MADE[:-5], ("--split", "document"), 4, "cut off"),
    "cut off, in processes": (MADE[:-5], ("--split", "document", "-p", "2"), 4, "cut off"),
}


@pytest.mark.parametrize("target", ["out", "out.zip"])
@pytest.mark.parametrize(("data", "options", "code", "message"), REFUSED.values(), ids=REFUSED)
def test_nothing_is_left_after_an_error(
    tmp_path: Path, target: str, data: bytes, options: tuple[str, ...], code: int, message: str
) -> None:
    answer = run(tmp_path, data, target, *options)
    assert answer.exit_code == code
    assert message in answer.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.afp"]


def test_a_folder_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert run(tmp_path, MADE, "out", "--split", "document").exit_code == 0
    assert len(list((tmp_path / "out").iterdir())) == 3
    again = run(tmp_path, MADE, "out", "--split", "document")
    assert again.exit_code == 1
    assert "is there already" in again.stderr
