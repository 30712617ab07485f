"""The low-level writer: syntax, object streams, cross-references, page tree, outline, CMaps."""

from __future__ import annotations

import io
from itertools import pairwise

import pikepdf
import pytest

from afpcluster.pdf.cmap import cid_cmap, to_unicode_cmap
from afpcluster.pdf.file import DigestedSink, PdfFile
from afpcluster.pdf.outline import Outline
from afpcluster.pdf.page_tree import PageTree
from afpcluster.pdf.values import Name, Raw, Ref, Value, number, serialise


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, b"null"),
        (True, b"true"),
        (12, b"12"),
        (0.5, b".5"),
        (-0.25, b"-.25"),
        (-0.000001, b"0"),
        (12.0, b"12"),
        (1e-9, b"0"),
        (1234567.0, b"1234567"),
        (b"a(b)\\\r\n", b"(a\\(b\\)\\\\\\r\n)"),
        ("Titel", b"(Titel)"),
        ("ä", b"(\xfe\xff\0\xe4)"),
        ("", b"()"),
        (Name("A B#/ä"), b"/A#20B#23#2F#C3#A4"),
        (Ref(7), b"7 0 R"),
        (Raw(b"/X"), b"/X"),
        ([1, 2.5, Name("N"), Ref(3), b"s", None], b"[1 2.5/N 3 0 R(s)null]"),
        ({"A": 1, "B": Name("C"), "D": [True], "E": {}}, b"<</A 1/B/C/D[true]/E<<>>>>"),
    ],
)
def test_syntax(value: Value, expected: bytes) -> None:
    assert serialise(value) == expected


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (1 / 3, 3, ".333"),
        (2 / 3, 2, ".67"),
        (0.999, 2, "1"),
        (-0.999, 2, "-1"),
        (100, 2, "100"),
        (1e6 + 0.5, 3, "1000000.5"),
    ],
)
def test_numbers_are_short(value: float, decimals: int, expected: str) -> None:
    assert number(value, decimals) == expected


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("pages", [1, 2, 32, 33, 64, 1024, 1025, 2100])
def test_page_trees_are_balanced_and_in_order(pages: int, compress: bool) -> None:
    sink = io.BytesIO()
    file = PdfFile(sink, compress=compress)
    tree = PageTree(file)
    for index in range(pages):
        page = file.allocate()
        file.write(
            page,
            {
                "Type": Name("Page"),
                "Parent": tree.add(page),
                "MediaBox": [0, 0, index + 1, 1],
                "Resources": {},
            },
        )
    root = tree.finish()
    size = file.finish(file.add({"Type": Name("Catalog"), "Pages": root}))
    assert size == len(sink.getvalue())
    with pikepdf.open(io.BytesIO(sink.getvalue())) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert [int(page.MediaBox[2]) for page in pdf.pages] == list(range(1, pages + 1))
        assert _depth(pdf.Root.Pages) <= 1 + (pages > 32) + (pages > 1024)
        assert pdf.Root.Pages.Count == pages


def _depth(node: pikepdf.Object, parent: pikepdf.Object | None = None) -> int:
    assert node.get("/Parent") == parent or parent is not None
    kids = [kid for kid in node.Kids if kid.Type == "/Pages"]
    assert sum(int(kid.get("/Count", 1)) for kid in node.Kids) == node.Count
    return 1 + max((_depth(kid, node) for kid in kids), default=0)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ([], []),
        ([0], ["0"]),
        ([0, 0, 0], ["0", "1", "2"]),
        ([1, 2, 2, 1], [["0", "1", "2"], "3"]),
        ([0, 1, 2, 1, 0], [["0", ["1", "2"], "3"], "4"]),
        ([0, 2, 1, 2], [["0", "1", ["2", "3"]]]),
        ([2, 1, 0], ["0", "1", "2"]),
    ],
)
def test_outlines_nest(levels: list[int], expected: list[object]) -> None:
    sink = io.BytesIO()
    file = PdfFile(sink)
    tree, outline = PageTree(file), Outline(file)
    page = file.allocate()
    file.write(
        page, {"Type": Name("Page"), "Parent": tree.add(page), "MediaBox": [0, 0, 9, 9], "Resources": {}}
    )
    for index, level in enumerate(levels):
        outline.add(str(index), level, [page, Name("Fit")])
    catalog: dict[str, Value] = {"Type": Name("Catalog"), "Pages": tree.finish()}
    root = outline.finish()
    assert (root is None) == (not levels)
    if root is not None:
        catalog["Outlines"] = root
    file.finish(file.add(catalog))
    with pikepdf.open(io.BytesIO(sink.getvalue())) as pdf:
        assert pdf.check_pdf_syntax() == []
        with pdf.open_outline() as read:
            assert [_shape(item) for item in read.root] == expected
        if root is not None:
            _check_siblings(pdf.Root.Outlines)


def _shape(item: pikepdf.OutlineItem) -> object:
    return [item.title, *[_shape(child) for child in item.children]] if item.children else item.title


def _check_siblings(parent: pikepdf.Object) -> None:
    """Both ways along the chain of children, and the number of them."""
    items = [parent.First]
    while "/Next" in items[-1]:
        items.append(items[-1].Next)
    assert items[-1] == parent.Last
    assert abs(int(parent.Count)) == len(items)
    assert "/Prev" not in items[0]
    assert all(after.Prev == before for before, after in pairwise(items))
    for item in items:
        assert item.Parent == parent
        if "/First" in item:
            _check_siblings(item)


def test_many_objects_of_all_kinds_come_back() -> None:
    sink = io.BytesIO()
    file = PdfFile(sink)
    values = [file.add({"Index": index, "Text": "x" * (index % 50)}) for index in range(1000)]
    streams = [file.add_stream({"Index": index}, bytes([index % 256]) * index) for index in range(100)]
    never_written = file.allocate()
    pages = file.add({"Type": Name("Pages"), "Kids": [], "Count": 0})
    root = file.add({"Type": Name("Catalog"), "Pages": pages, "V": values, "S": streams, "N": never_written})
    file.finish(root)
    with pikepdf.open(io.BytesIO(sink.getvalue())) as pdf:
        assert [int(value.Index) for value in pdf.Root.V] == list(range(1000))
        assert [stream.read_bytes() for stream in pdf.Root.S] == [bytes([n % 256]) * n for n in range(100)]
        assert pdf.Root.get("/N") is None
    assert len(sink.getvalue()) < 21_000


@pytest.mark.parametrize("compress", [True, False])
def test_more_objects_than_the_cross_reference_takes_at_once(compress: bool) -> None:
    sink = io.BytesIO()
    file = PdfFile(sink, compress=compress)
    first = file.add(-1)
    numbers = file.add_all([b"%d" % index for index in range(9000)])
    pages = file.add({"Type": Name("Pages"), "Kids": [], "Count": 0})
    values = [first, *map(Ref, numbers)]
    file.finish(file.add({"Type": Name("Catalog"), "Pages": pages, "V": values}))
    with pikepdf.open(io.BytesIO(sink.getvalue())) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert list(map(int, pdf.Root.V)) == list(range(-1, 9000))


def test_a_file_is_the_same_where_its_sink_knows_the_digest() -> None:
    plain, digested = io.BytesIO(), io.BytesIO()
    for sink in (plain, DigestedSink(digested)):
        file = PdfFile(sink)
        pages = file.add({"Type": Name("Pages"), "Kids": [], "Count": 0})
        assert file.finish(file.add({"Type": Name("Catalog"), "Pages": pages})) == file.size
    assert plain.getvalue() == digested.getvalue()


def test_an_object_cannot_be_written_twice() -> None:
    file = PdfFile(io.BytesIO(), compress=False)
    ref = file.add(1)
    with pytest.raises(ValueError, match="PDF object 1 written twice"):
        file.write(ref, 2)


class ForwardOnly:
    """A sink like a socket: it can be written to, and nothing else."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes, /) -> None:
        self.parts.append(data)


def test_the_identifier_follows_the_content() -> None:
    def identifier(value: Value) -> bytes:
        sink = ForwardOnly()
        file = PdfFile(sink)
        pages = file.add({"Type": Name("Pages"), "Kids": [], "Count": 0})
        file.finish(file.add({"Type": Name("Catalog"), "Pages": pages, "Value": value}))
        with pikepdf.open(io.BytesIO(b"".join(sink.parts))) as pdf:
            return bytes(pdf.trailer.ID[0])

    assert identifier(1) == identifier(1) != identifier(2)
    assert len(identifier(1)) == 16


@pytest.mark.parametrize(
    ("unicode", "code_size", "expected"),
    [
        ({0x41: "A", 0x42: "B", 0x43: "C"}, 1, ["1 beginbfrange\n<41><43><0041>"]),
        ({0x41: "A", 0x43: "C"}, 1, ["2 beginbfchar\n<41><0041>\n<43><0043>"]),
        ({0x41: "B", 0x42: "A"}, 1, ["<41><0042>", "<42><0041>"]),
        ({0x100: "ffi", 0x101: "𝔄"}, 2, ["<0100><006600660069>", "<0101><D835DD04>"]),
        ({0xFF: "a", 0x100: "b"}, 2, ["<00FF><0061>", "<0100><0062>"]),  # a range keeps its high byte
        ({1: "\u00fe", 2: "\u00ff", 3: "\u0100"}, 1, ["<01><02><00FE>", "<03><0100>"]),
        ({1: ""}, 1, ["<00>\nendcodespace"[:4]]),
        (dict.fromkeys(range(250), "x"), 1, ["100 beginbfchar", "50 beginbfchar"]),
    ],
)
def test_to_unicode(unicode: dict[int, str], code_size: int, expected: list[str]) -> None:
    cmap = to_unicode_cmap(unicode, code_size).decode()
    assert [part for part in expected if part not in cmap] == []
    assert f"<{'00' * code_size}><{'FF' * code_size}>" in cmap


def test_cid_cmap() -> None:
    cmap = cid_cmap("Codes", {1: 5, 2: 6, 9: 1}, 2).decode()
    assert "2 begincidrange\n<0001><0002>5\n<0009><0009>1\nendcidrange" in cmap
