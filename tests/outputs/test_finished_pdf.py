"""PDF as people file it: title, labels, bookmarks of documents, encryption, the index attached."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from click.testing import CliRunner
from outputs_of import output_of_file

from afpcluster.cli import app
from afpcluster.options import Format, Layout, Options
from afpcluster.sample import write_sample
from afpcluster.sample.records import begin, enclosed, tag
from afpcluster.selection import Selection

PAGE = enclosed("BPG", "P", ())
TAGGED = enclosed("BPG", "P", (tag("Sheet", "7"),))
GROUP = enclosed("BNG", "G", (tag("Account", "1"), PAGE, enclosed("BNG", "H", (TAGGED,))))


def document(name: str, *content: bytes) -> bytes:
    return enclosed("BDT", name, content, b"\0\0")


ONE = document("STATEMNT", PAGE, GROUP)
TWO = document("FIRST", GROUP, PAGE) + document("", PAGE) + document("THIRD", GROUP)
NAMELESS = begin("BDT", "")[:9] + b"\xff" * 8 + b"\0\0" + PAGE + begin("EDT", "")


def opened(data: bytes, options: Options = Options(), password: str = "") -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(output_of_file(data, options)), password=password)


def bookmarks(items: list[Any]) -> list[Any]:
    return [(item.title, bookmarks(list(item.children))) if item.children else item.title for item in items]


G = ("Account: 1", [("H", ["Sheet: 7"])])
BOOKMARKS = {
    "one document": (ONE, Options(), [G]),
    "three documents": (TWO, Options(), [("FIRST", [G]), "Document 2", ("THIRD", [G])]),
    "of which one is chosen": (TWO, Options(selection=Selection.parse(documents="3")), [G]),
    "of which two are chosen": (
        TWO,
        Options(selection=Selection.parse(documents="1,3")),
        [("FIRST", [G]), ("THIRD", [G])],
    ),
    "documents without groups": (
        document("A", PAGE) + document("B", PAGE, PAGE),
        Options(),
        ["A", "B"],
    ),
    "sheets": (TWO, Options(layout=Layout.SHEETS), [("FIRST", [G]), "Document 2", ("THIRD", [G])]),
}


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize(("data", "options", "expected"), BOOKMARKS.values(), ids=BOOKMARKS)
def test_bookmarks(data: bytes, options: Options, expected: list[Any], processes: int) -> None:
    with opened(data, replace(options, processes=processes)) as pdf, pdf.open_outline() as outline:
        assert bookmarks(list(outline.root)) == expected
        targets = [item.destination[0].objgen for item in outline.root]
        assert targets[0] in [page.objgen for page in pdf.pages]


LABELS = {
    "one document": (ONE, None, ["1", "2", "3"]),
    "documents": (TWO, None, ["1-1", "1-2", "1-3", "2-1", "3-1", "3-2"]),
    "chosen pages keep their numbers": (ONE, "2-3", ["2", "3"]),
    "chosen pages of documents": (TWO, "1,3,5-", ["1-1", "1-3", "3-1", "3-2"]),
    "more documents than a node of a tree holds": (
        document("A", PAGE) * 600,
        None,
        [f"{number}-1" for number in range(1, 601)],
    ),
}


@pytest.mark.parametrize(("data", "pages", "labels"), LABELS.values(), ids=LABELS)
def test_page_labels(data: bytes, pages: str | None, labels: list[str]) -> None:
    with opened(data, Options(selection=Selection.parse(pages))) as pdf:
        assert [page.label for page in pdf.pages] == labels


TITLES = {
    "given": (ONE, {"title": "Août"}, "Août"),
    "of the document": (ONE, {"file_name": "x.afp"}, "STATEMNT"),
    "of the file": (NAMELESS, {"file_name": "April 2026.afp"}, "April 2026"),
    "none": (NAMELESS, {}, None),
}


@pytest.mark.parametrize(("data", "options", "title"), TITLES.values(), ids=TITLES)
def test_title(data: bytes, options: dict[str, Any], title: str | None) -> None:
    """Info and XMP say the same."""
    with opened(data, Options(**options)) as pdf:
        with pdf.open_metadata() as xmp:
            assert xmp.get("dc:title") == title
            assert xmp.get("pdf:Producer") == str(pdf.docinfo["/Producer"])
        found = pdf.docinfo.get("/Title")
        assert (str(found) if found is not None else None) == title


def test_password() -> None:
    data = output_of_file(ONE, Options(password="süß", raise_faults=True))
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(data))
    with pikepdf.open(io.BytesIO(data), password="süß") as pdf:
        assert len(pdf.pages) == 3
        assert (pdf.encryption.R, pdf.encryption.bits) == (6, 256)


def test_permissions() -> None:
    with opened(ONE, Options(permissions=("print",))) as pdf:
        assert pdf.encryption.R == 6
        assert (pdf.allow.print_highres, pdf.allow.extract, pdf.allow.modify_other) == (True, False, False)
        assert not pdf.owner_password_matched
    with opened(ONE, Options(permissions=("all",), password="x"), "x") as pdf:
        assert pdf.allow.extract
        assert pdf.allow.modify_assembly


def test_unknown_permission(tmp_path: Path) -> None:
    (tmp_path / "in.afp").write_bytes(ONE)
    command = ["convert", str(tmp_path / "in.afp"), "-o", str(tmp_path / "out.pdf"), "--permissions", "fly"]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 9
    assert "Permission 'fly' is not known; known are: print, copy" in shown.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.afp"]


def test_linearized() -> None:
    made = {output_of_file(TWO, Options(linearize=True, processes=count)) for count in (1, 2)}
    (data,) = made
    assert b"/Linearized" in data[:200]
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.is_linearized
        assert len(pdf.pages) == 6


@pytest.mark.parametrize("layout", list(Layout))
def test_the_index_is_attached(layout: Layout) -> None:
    sink = io.BytesIO()
    write_sample(sink, statements=8, seed=2)
    index = output_of_file(sink.getvalue(), Options(format=Format.INDEX))
    made = {
        output_of_file(sink.getvalue(), Options(attach_index=True, processes=count, layout=layout))
        for count in (1, 3)
    }
    (data,) = made
    with pikepdf.open(io.BytesIO(data)) as pdf:
        attached = pdf.attachments["index.jsonl"]
        assert attached.get_file().read_bytes() == index
        assert attached.relationship == pikepdf.Name.Data
        assert pdf.Root.AF[0].objgen == attached.obj.objgen
    assert json.loads(index.splitlines()[0])["record"] == "document"
