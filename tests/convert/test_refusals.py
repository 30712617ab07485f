"""What is not a whole AFP print file: refused with its cause and place, never half a result."""

from __future__ import annotations

import base64
import io

import pytest
from print_files import codes, converted, document, group, overlay, page, page_texts, records, text

from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import encode
from afpcluster.convert import convert
from afpcluster.findings import ConversionError, NotAfpError, Severity, TruncatedError
from afpcluster.options import Options
from afpcluster.sample.records import resource
from benchmarks.fuzz.seed_fonts import outline_resources, raster_resources

PLAIN = document(page(text("one")), page(text("two")))
WITH_GROUP = group(resource("OVER", 0xFC, overlay("below"))) + PLAIN


LINES = "1ACCOUNT 4711 BALANCE 12.00  ".encode("cp500")


def described(data: bytes) -> bytes:
    """A record or block behind its descriptor word."""
    return (len(data) + 4).to_bytes(2, "big") + b"\0\0" + data


def bare(name: str, kind: int, body: bytes) -> bytes:
    """A resource object without its envelope."""
    return body


def refused(data: bytes) -> ConversionError:
    with pytest.raises(ConversionError) as caught:
        convert(io.BytesIO(data), io.BytesIO(), Options(raise_faults=True))
    return caught.value


NOT_AFP = {  # input, its code, words that its message must have
    "empty": (b"", "input-empty", "0 bytes"),
    "text": (b"Dear Sir or Madam,\n" * 30, "input-not-afp", "X'44656172"),
    "zeros": (bytes(5_000), "input-not-afp", "no structured field"),
    "PDF": (b"%PDF-1.7\n" + bytes(100), "input-not-afp", "is a PDF"),
    "only the mark": (b"\x5a", "input-not-afp", "X'5A'"),
    "EBCDIC 037 to Latin-1": (PLAIN.decode("cp037").encode("latin-1"), "input-not-afp", "EBCDIC to ASCII"),
    "EBCDIC 037 to UTF-8": (PLAIN.decode("cp037").encode("utf-8"), "input-not-afp", "EBCDIC to ASCII"),
    "EBCDIC 500 to Latin-1": (PLAIN.decode("cp500").encode("latin-1"), "input-not-afp", "EBCDIC to ASCII"),
    "a font": (outline_resources(bare), "input-no-pages", "resources only"),
    "a font in its envelope": (raster_resources(resource), "input-no-pages", "has no page"),
    "an overlay": (overlay("alone"), "input-no-pages", "BMO"),
    "a resource group": (group(resource("OVER", 0xFC, overlay("x"))), "input-no-pages", "OVER"),
    "resources and line data": (
        group(resource("OVER", 0xFC, overlay("x"))) + "1ACCOUNT 4711 BALANCE 12.00  ".encode("cp500") * 9,
        "input-no-pages",
        "line data in EBCDIC",
    ),
    "resources, a page definition and line data": (
        group(resource("PAGD", 0xFD, encode(0xD3A8CB) + encode(0xD3A9CB))) + LINES * 9,
        "input-no-pages", "page definition, which is for line data",
    ),
    "a page definition alone": (encode(0xD3A8CA) + encode(0xD3A9CA), "input-no-pages", "page definition"),
    "line data": (LINES * 9, "input-not-afp", "line data in EBCDIC (it"),
    "line data behind RDW": (
        b"".join(described(LINES[n:]) for n in range(9)), "input-not-afp", "line data in EBCDIC behind",
    ),
    "line data behind BDW and RDW": (
        described(b"".join(described(LINES[n:]) for n in range(9))), "input-not-afp", "line data in EBCDIC",
    ),
    "text behind two-byte lengths": (
        b"".join(len(b"Dear Sir or Madam").to_bytes(2, "big") + b"Dear Sir or Madam" for _ in range(9)),
        "input-not-afp", "text in ASCII behind",
    ),
    "PJL": (b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PCL\r\n\x1bE", "input-not-afp", "PJL"),
    "base64": (base64.encodebytes(PLAIN), "input-not-afp", "base64 -d"),
    "base64 in one line": (base64.b64encode(PLAIN), "input-not-afp", "base64 -d"),
    "hexadecimal": (PLAIN.hex().encode(), "input-not-afp", "hexadecimal dump"),
    "hexadecimal, grouped": (PLAIN.hex(" ", 4).upper().encode(), "input-not-afp", "hexadecimal dump"),
    "hexadecimal, with places": (
        b"".join(b"%08x: %s  ....\n" % (n, PLAIN[n : n + 9].hex(" ", 2).encode()) for n in range(0, 90, 9)),
        "input-not-afp", "hexadecimal dump",
    ),
    "an index": (
        encode(CODES["BDI"]) + encode(CODES["IEL"], bytes(20)) + encode(CODES["EDI"]),
        "input-no-pages", "index of a document, alone",
    ),
    "a document without pages": (document(), "input-no-pages", "no page"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code", "words"), NOT_AFP.values(), ids=NOT_AFP)
def test_not_a_print_file(data: bytes, code: str, words: str) -> None:
    error = refused(data)
    assert (type(error), error.code) == (NotAfpError, code)
    assert words in error.message


def test_every_prefix_is_refused() -> None:
    """Only the whole file converts, whatever byte it is cut at."""
    for size in range(len(WITH_GROUP)):
        error = refused(WITH_GROUP[:size])
        assert isinstance(error, (NotAfpError, TruncatedError)), f"{size} bytes: {error!r}"
        assert error.offset is None or 0 <= error.offset <= size
    assert converted(WITH_GROUP)[1].pages == 2


def cut(data: bytes, kept: int, extra: int = 0) -> bytes:
    """The first `kept` records and `extra` bytes of the next."""
    parts = records(data)
    return b"".join(parts[:kept]) + parts[kept][:extra]


FIELDS = len(records(PLAIN))
CUTS = {  # what is left, and how many pages of it have a text when a truncated file is accepted
    "in the first record": (cut(PLAIN, 0, 12), None),
    "before the first page": (cut(PLAIN, 1), None),
    "in the first page": (cut(PLAIN, 5), 1),
    "in the first page's text": (cut(PLAIN, 8, 12), 1),
    "between the pages": (cut(PLAIN, FIELDS // 2), 1),
    "in an introducer": (cut(PLAIN, FIELDS - 3, 5), 2),
    "in the last record": (cut(PLAIN, FIELDS - 1, 13), 2),
    "before the End Document": (cut(PLAIN, FIELDS - 1), 2),
}


@pytest.mark.parametrize(("data", "pages"), CUTS.values(), ids=CUTS)
def test_cut_off(data: bytes, pages: int | None) -> None:
    assert isinstance(refused(data), TruncatedError)
    if pages is None:
        with pytest.raises(NotAfpError):
            converted(data, Options(accept_truncated=True))
        return
    pdf, result = converted(data, Options(accept_truncated=True, raise_faults=True))
    assert result.pages == len(page_texts(pdf)) == pages
    found = next(f for f in result.findings if f.code == "input-truncated")
    assert found.severity == Severity.ERROR


def prefixed(size: int, *, counted: bool) -> bytes:
    """Every record behind its length as hosts write it, the length's own bytes counted or not."""
    own = size if counted else 0
    return b"".join((len(r) + own).to_bytes(2, "big") + bytes(size - 2) + r for r in records(WITH_GROUP))


FRAMED = {
    "RDW": prefixed(4, counted=True),
    "four bytes, not counted": prefixed(4, counted=False),
    "two bytes": prefixed(2, counted=False),
    "two bytes, counted": prefixed(2, counted=True),
    "line ends between records": b"\r\n".join(records(WITH_GROUP)),
    "padded with zeros": WITH_GROUP + bytes(1_000),
    "an address in front": b"\0" * 80 + WITH_GROUP,
}


@pytest.mark.parametrize("data", FRAMED.values(), ids=FRAMED)
def test_framing_changes_no_byte_of_the_pdf(data: bytes) -> None:
    assert converted(data)[0] == converted(WITH_GROUP)[0]


def test_damage_between_records_is_told() -> None:
    first, *others = records(PLAIN)
    pdf, result = converted(first + b"garbage" + b"".join(others))
    assert pdf == converted(PLAIN)[0]
    damage = next(f for f in result.findings if f.code == "damage-skipped")
    assert damage.offset == len(first)
    assert "damage-skipped" not in codes(converted(PLAIN)[1])
