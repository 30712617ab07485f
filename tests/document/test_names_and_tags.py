"""Names of groups and their tags in the declared code page (triplet X'01'), and what bookmarks say."""

from __future__ import annotations

import io

import pikepdf
import pytest
from forms import converted, document, page

from afpcluster.afp import modca, triplets
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import encode
from afpcluster.afp.triplets import FqnType
from afpcluster.convert import convert
from afpcluster.options import Format, Options
from afpcluster.sample.records import enclosed, field, made, qualified_name, triplet

PAGES = Options(raise_faults=True)


def declared(code_page: int) -> bytes:
    return triplet(triplets.CodedGraphicCharacterSet(0, code_page))


def tag(name: bytes, value: bytes, *before: bytes, between: bytes = b"") -> bytes:
    parts = qualified_name(FqnType.ATTRIBUTE_GID, name)
    parts += between + triplet(made(triplets.AttributeValue, value=value))
    return field("TLE", modca.TagLogicalElement(b"".join(before) + parts))


def group(name: str, *content: bytes, says: bytes = b"") -> bytes:
    if not name:
        return field("BNG") + b"".join(content) + field("ENG")
    return enclosed("BNG", name, content, says)


def named(name: bytes) -> bytes:
    return qualified_name(FqnType.REPLACE_FIRST_GID, name)


def bookmarks(data: bytes) -> list[object]:
    """Titles of the outline, nested ones in lists behind their parent."""

    def read(items: list[pikepdf.OutlineItem]) -> list[object]:
        found: list[object] = []
        for item in items:
            found += [item.title, read(item.children)] if item.children else [item.title]
        return found

    sink = io.BytesIO()
    convert(io.BytesIO(data), sink)
    with pikepdf.open(sink) as pdf, pdf.open_outline() as outline:
        return read(outline.root)


CITY = tag(b"\xc3\x89\xa3\xa8", "Köln".encode("cp273"), declared(273))

BOOKMARKS = {
    "tags": (group("NPG00000", CITY, page(1)), ["City: Köln"]),
    "two tags": (group("NPG00000", CITY, CITY, page(1)), ["City: Köln, City: Köln"]),
    "many tags": (group("N", *[CITY] * 9, page(1)), [", ".join(["City: Köln"] * 4) + ", …"]),
    "a tag without name": (group("N", tag(b"", "x".encode("cp500")), page(1)), ["x"]),
    "a name": (group("LETTER", page(1)), ["LETTER"]),
    "no name": (group("", page(1)) + group("", page(2)), ["Group 1", "Group 2"]),
    "a blank name": (group("        ", page(1)), ["Group 1"]),
    "empty tags": (group("LETTER", tag(b"", b""), page(1)), ["LETTER"]),
    "levels": (
        group("OUTER", group("", CITY, page(1)), group("", page(2))), ["OUTER", ["City: Köln", "Group 3"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "expected"), BOOKMARKS.values(), ids=BOOKMARKS)
def test_bookmarks(data: bytes, expected: list[object]) -> None:
    assert bookmarks(document(data)) == expected


MUELLER_1141 = bytes.fromhex("D4D093938599B5A79F")
GROUPS = {
    "of its own": (group("G", page(1), says=declared(1141) + named(MUELLER_1141)), "Müller@x€", []),
    "the nearest before": (
        group("G", page(1), says=declared(500) + declared(1141) + named(MUELLER_1141)), "Müller@x€", [],
    ),
    "of the group around": (
        group("G", group("H", page(1), says=named(MUELLER_1141)), says=declared(1141)), "Müller@x€", [],
    ),
    "the token name is EBCDIC": (group("G12", page(1), says=declared(1208)), "G12", []),
    "UTF-8": (group("G", page(1), says=declared(1208) + named("Žluťoučký".encode())), "Žluťoučký", []),
    "kanji": (
        group("G", page(1), says=declared(939) + named(bytes.fromhex("C10E42C142F10F"))), "AＡ１", [],
    ),
    "unknown": (group("G", page(1), says=declared(64000) + named(b"\xc1\xc2")), "AB", ["code-page-unknown"]),
}  # fmt: skip


@pytest.mark.parametrize(("data", "name", "codes"), GROUPS.values(), ids=GROUPS)
def test_names_of_groups(data: bytes, name: str, codes: list[str]) -> None:
    found, findings = converted(document(data), PAGES)
    assert found[0].groups[-1].name == name
    assert [finding.code for finding in findings] == codes


TAGS = {
    "by default 500": (b"", tag(b"\xd5", b"\x4a\x5a"), ("N", "[]")),
    "of the document": (declared(273), tag(b"\xd5", b"\x4a\xc0"), ("N", "Ää")),
    "of its own": (declared(273), tag(b"\xd5", b"\x4a\x5a", declared(500)), ("N", "[]")),
    "another for the value": (
        b"", tag(b"\xd5", "Ä".encode("utf-16-be"), declared(500), between=declared(1200)), ("N", "Ä"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("on_page", [False, True])
@pytest.mark.parametrize(("of_document", "tle", "expected"), TAGS.values(), ids=TAGS)
def test_tags(of_document: bytes, tle: bytes, expected: tuple[str, str], on_page: bool) -> None:
    inner = enclosed("BPG", "P1", [tle]) if on_page else group("G", tle, page(1))
    found, _ = converted(enclosed("BDT", "DOC", [inner], b"\0\0" + of_document), PAGES)
    (attributes,) = [found[0].attributes] if on_page else [one.attributes for one in found[0].groups]
    assert attributes == (expected,)


@pytest.mark.parametrize("data", [CITY + page(1), group("G", page(1), CITY, page(2))])
def test_tags_that_belong_to_nothing_are_told(data: bytes) -> None:
    _, findings = converted(document(data), PAGES)
    assert [finding.code for finding in findings] == ["tag-not-applied"]


@pytest.mark.parametrize("on_page", [False, True])
@pytest.mark.parametrize("output_format", [Format.PDF, Format.INDEX])
@pytest.mark.parametrize("triplet", [b"\3\x36\0", b"\2\x36", b"\3\2\x0b", b"\2\2"])
def test_a_name_or_value_that_is_cut_off_is_empty_and_told(
    triplet: bytes, output_format: Format, on_page: bool
) -> None:
    cut = encode(CODES["TLE"], triplet)
    inner = enclosed("BPG", "P1", [cut]) if on_page else group("G", cut, page(1))
    result = convert(
        io.BytesIO(document(inner)), io.BytesIO(), Options(format=output_format, raise_faults=True)
    )
    told = [(one.code, one.field) for one in result.findings if one.field == "TLE"]
    assert told == [("field-short", "TLE")]
