"""Choosing pages, groups and documents: what is taken, and what is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner
from print_files import document, page, page_texts, sample, text

from afpcluster.afp import modca, triplets
from afpcluster.cli import app
from afpcluster.convert import convert
from afpcluster.options import Layout, Options
from afpcluster.sample.records import enclosed, field
from afpcluster.selection import Ranges, Selection, SelectionError

KINDS = triplets.FqnType


def tag(name: str, value: str) -> bytes:
    named = triplets.FullyQualifiedName(KINDS.ATTRIBUTE_GID, 0, name.encode("cp500")).encode()
    valued = triplets.AttributeValue(value.encode("cp500")).encode()
    return field(
        "TLE",
        modca.TagLogicalElement(triplets.encode_triplet(0x02, named) + triplets.encode_triplet(0x36, valued)),
    )


def group(name: str, tags: dict[str, str], *content: bytes) -> bytes:
    return enclosed("BNG", name, (*(tag(*item) for item in tags.items()), *content))


def words(*numbers: int) -> list[bytes]:
    return [page(text(f"page {number}")) for number in numbers]


# Two documents of four pages, three groups, one of them inside another.
TWO = document(
    page(text("page 1")),
    group("ANNA", {"Account": "47110", "Town": "Ulm"}, *words(2, 3)),
    page(text("page 4")),
) + document(
    group("BERT", {"Account": "47111"}, *words(5), group("INNER", {"Part": "b"}, *words(6, 7))),
    page(text("page 8")),
)


def shown(data: bytes, options: Options) -> list[int]:
    """The numbers on the pages of the PDF."""
    sink = io.BytesIO()
    result = convert(io.BytesIO(data), sink, options)
    numbers = [int(words.split()[-1]) for words in page_texts(sink.getvalue())]
    assert result.pages == len(numbers)
    return numbers


TAKEN: dict[str, tuple[dict[str, str], list[int]]] = {
    "one page": ({"pages": "3"}, [3]),
    "ranges": ({"pages": "2-3, 7,8-"}, [2, 3, 7, 8]),
    "up to": ({"pages": "-2"}, [1, 2]),
    "ranges that overlap, backwards": ({"pages": "5-6,1-2,6"}, [1, 2, 5, 6]),
    "more pages than there are": ({"pages": "8-99"}, [8]),
    "a document": ({"documents": "2"}, [5, 6, 7, 8]),
    "a tag": ({"groups": "Account=47110"}, [2, 3]),
    "tags by pattern": ({"groups": "Account=4711*"}, [2, 3, 5, 6, 7]),
    "tags by pattern of their names": ({"groups": "A*=47111"}, [5, 6, 7]),
    "any tag of a value": ({"groups": "*=?"}, [6, 7]),
    "the tag of a group inside another": ({"groups": "Part=?"}, [6, 7]),
    "a group's name": ({"groups": "B*"}, [5, 6, 7]),
    "all three": ({"groups": "Account=*", "documents": "2", "pages": "1-6"}, [5, 6]),
}


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize(("chosen", "expected"), TAKEN.values(), ids=TAKEN)
def test_taken(chosen: dict[str, str], expected: list[int], processes: int) -> None:
    groups = [chosen["groups"]] if "groups" in chosen else []
    selection = Selection.parse(chosen.get("pages"), groups, chosen.get("documents"))
    options = Options(selection=selection, processes=processes, raise_faults=True)
    assert shown(TWO, options) == expected


def test_several_groups() -> None:
    selection = Selection.parse(groups=["INNER", "Town=U*"])
    assert shown(TWO, Options(selection=selection)) == [2, 3, 6, 7]


def test_many_pages_in_processes() -> None:
    """Chunks are of selected pages, so that no process waits for one that has none."""
    data = document(*words(*range(1, 101)))
    selection = Selection.parse("2,20-70,99-")
    expected = [2, *range(20, 71), 99, 100]
    made = []
    for processes in (1, 2, 3):
        sink = io.BytesIO()
        convert(io.BytesIO(data), sink, Options(selection=selection, processes=processes))
        made.append(sink.getvalue())
    assert made[0] == made[1] == made[2]
    assert [int(words.split()[-1]) for words in page_texts(made[0])] == expected


def test_bookmarks_of_groups_that_began_before() -> None:
    sink = io.BytesIO()
    convert(io.BytesIO(TWO), sink, Options(selection=Selection.parse("3,6-7")))
    with pikepdf.open(sink) as pdf, pdf.open_outline() as outline:
        titles = [(item.title, [child.title for child in item.children]) for item in outline.root]
    assert titles == [("DOC", ["Account: 47110, Town: Ulm"]), ("DOC", ["Account: 47111"])]


@pytest.mark.parametrize("chosen", ["2-3", "4"])
def test_sides_of_sheets(chosen: str) -> None:
    options = Options(layout=Layout.SHEETS, selection=Selection.parse(chosen))
    assert shown(TWO, options) == list(map(int, range(*map(int, (chosen[0], int(chosen[-1]) + 1)))))


WRONG: dict[str, tuple[tuple[str, ...], str, str]] = {
    "not a number": (("--pages", "a-b"), "selection-malformed", "'a-b' is no page range"),
    "backwards": (("--pages", "9-3"), "selection-malformed", "'9-3' is no page range"),
    "page 0": (("--pages", "0-3"), "selection-malformed", "begin with 1"),
    "nothing": (("--pages", ""), "selection-malformed", "'' is no page range"),
    "documents": (("--documents", "1;2"), "selection-malformed", "is no range of documents"),
    "a tag without a name": (("--groups", "=x"), "selection-malformed", "'=x' chooses no groups"),
    "pages that are not there": (("--pages", "9-"), "selection-empty", "None of the 8 pages"),
    "no such tag": (("--groups", "Account=9*"), "selection-empty", "in groups Account=9*"),
    "no such group, in processes": (("--groups", "X", "-p", "2"), "selection-empty", "in groups X"),
    "no such document": (("--documents", "3"), "selection-empty", "in documents 3"),
}


@pytest.mark.parametrize(("options", "code", "message"), WRONG.values(), ids=WRONG)
def test_refused(tmp_path: Path, options: tuple[str, ...], code: str, message: str) -> None:
    (tmp_path / "in.afp").write_bytes(TWO)
    command = ["convert", str(tmp_path / "in.afp"), "-o", str(tmp_path / "out.pdf"), "--json", *options]
    answer = CliRunner().invoke(app, command)
    said = json.loads(answer.stdout)
    assert (answer.exit_code, said["code"]) == (9, code)
    assert message in said["message"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.afp"]


def test_ranges_as_text() -> None:
    assert str(Ranges.parse(" 3-4, 9,12- ")) == "3-4,9,12-"


def test_what_is_left_out_is_not_drawn() -> None:
    """A font that only pages left out use is not missed."""
    whole, part = (
        convert(io.BytesIO(sample(2)), io.BytesIO(), Options(selection=selection))
        for selection in (Selection(), Selection.parse("1"))
    )
    assert part.pages == 1 < whole.pages


def test_patterns_need_text() -> None:
    with pytest.raises(SelectionError):
        Selection.parse(groups=[" "])
