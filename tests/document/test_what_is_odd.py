"""What is odd in a print file's structure is told: names of Begin and End that differ, triplets of
impossible length, page sizes that cannot be."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from forms import environment, rule

from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import encode
from afpcluster.afp.modca import IncludePageSegment, PageDescriptor
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplet_lengths import Oddities, hidden, left_over, oddities
from afpcluster.convert import convert
from afpcluster.findings import Finding
from afpcluster.options import Options
from afpcluster.sample.records import enclosed, resource
from benchmarks.fuzz.seed_pages import SEEDS
from tests.corpus import afp_files, needs_corpus


def found(data: bytes) -> list[Finding]:
    options = Options(raise_faults=True)
    return convert(io.BytesIO(data), io.BytesIO(), options).findings


def named(begin: str, name: str | bytes, content: bytes, end: str, other: str | bytes | None) -> bytes:
    """`content` between a Begin of one name and an End of another; None: without a name."""
    first, last = (n if isinstance(n, bytes | None) else encode_name(n) for n in (name, other))
    reserved = b"\0\0" if begin == "BDT" else b""
    return encode(CODES[begin], (first or b"") + reserved) + content + encode(CODES[end], last or b"")


def envelope(name: str, kind: int, content: bytes, other: str) -> bytes:
    """A resource whose End Resource names another."""
    whole = resource(name, kind, content)
    end = encode(CODES["ERS"], encode_name(name))
    assert whole.endswith(end)
    return whole.removesuffix(end) + encode(CODES["ERS"], encode_name(other))


def other_end(data: bytes, name: str) -> bytes:
    """The print file, the first field of this name in it ending something else."""
    code = CODES[name]
    at = data.index(b"\xd3" + code.to_bytes(3, "big")[1:]) - 3
    end = at + 1 + int.from_bytes(data[at + 1 : at + 3], "big")
    return data[:at] + encode(code, encode_name("OTHER")) + data[end:]


PAGE = enclosed("BPG", "P1", (environment(100, 100), rule(5)))
GROUP = named("BNG", "S0000001", PAGE, "ENG", "S0000001")
DOCUMENT = named("BDT", "DOC", GROUP, "EDT", "DOC")
TEXT = named("BPT", "T1", b"", "EPT", "T2")

SHOW_S = encode(CODES["IPS"], IncludePageSegment(encode_name("S"), 0, 0).encode())

NAMES = {  # print file, severities of the findings, words of the message
    "a group": (
        named("BDT", "DOC", named("BNG", "S0000001", PAGE, "ENG", "S0000008"), "EDT", "DOC"),
        ["error"], "begins as S0000001 and ends as S0000008",
    ),
    "a document": (named("BDT", "DOC", PAGE, "EDT", "OTHER"), ["error"], "belong to somebody else"),
    "a page": (
        named("BDT", "D", named("BPG", "P1", environment(9, 9), "EPG", "P7"), "EDT", "D"),
        ["error"], "parts of two pages",
    ),
    "an object": (
        named("BDT", "D", named("BPG", "P", environment(9, 9) + TEXT, "EPG", "P"), "EDT", "D"),
        ["info"], "BPT and EPT",
    ),
    "a resource": (
        enclosed("BRG", "R", [envelope("SEGM", 0xFB, enclosed("BPS", "SEGM", ()), "OTHER")]) + DOCUMENT,
        ["substituted"], "BRS and ERS",
    ),
    "a resource outside a group": (
        envelope("SEGM", 0xFB, enclosed("BPS", "SEGM", ()), "OTHER") + DOCUMENT,
        ["substituted"], "begins as SEGM and ends as OTHER",
    ),
    "a resource group": (
        named("BRG", "R1", resource("S", 0xFB, enclosed("BPS", "S", ())), "ERG", "R2") + DOCUMENT,
        ["substituted"], "BRG and ERG",
    ),
    "a segment that is shown": (
        enclosed("BRG", "R", [resource("S", 0xFB, named("BPS", "S", b"", "EPS", "T"))])
        + enclosed("BDT", "D", [enclosed("BPG", "P", (environment(9, 9), SHOW_S))], b"\0\0"),
        ["substituted"], "parts of two resources",
    ),
    "a code page": (other_end(SEEDS["outline_font"](), "ECP"), ["substituted"], "BCP and ECP"),
    "a character set": (other_end(SEEDS["outline_font"](), "EFN"), ["substituted"], "BFN and EFN"),
    "inner groups": (
        named("BDT", "D", named("BNG", "A", named("BNG", "B", PAGE, "ENG", "A"), "ENG", "B"), "EDT", "D"),
        ["error", "error"], "somebody else",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "severities", "words"), NAMES.values(), ids=NAMES)
def test_names_that_differ(data: bytes, severities: list[str], words: str) -> None:
    told = [f for f in found(data) if f.code == "name-differs"]
    assert [f.severity for f in told] == severities
    assert all(words in f.message for f in told) or len(told) > 1


SAME = {
    "equal": "S0000001",
    "none": None,
    "any": b"\xff\xff" + b"\x40" * 6,
    "blanks": b"\x40" * 8,
    "zeros": bytes(8),
    "padded with zeros": encode_name("S0000001").rstrip(b"\x40").ljust(8, b"\0"),
}


@pytest.mark.parametrize("end", SAME.values(), ids=SAME)
def test_names_that_belong_together(end: str | bytes | None) -> None:
    data = named("BDT", "DOC", named("BNG", "S0000001", PAGE, "ENG", end), "EDT", "DOC")
    assert [f.code for f in found(data)] == []


SIZE = bytes((9, 0x4C, 0x02)) + (1_440).to_bytes(3, "big") * 2
LEFT = {  # triplets, what stands behind those that can be told apart
    "none": (b"", b""),
    "well": (SIZE * 2, b""),
    "length 1": (b"\x01\x43" + SIZE, b"\x01\x43" + SIZE),
    "length 0": (SIZE + b"\0" + SIZE, b"\0" + SIZE),
    "too long": (SIZE + b"\x20\x43\x01", b"\x20\x43\x01"),
    "one byte": (SIZE + b"\x05", b"\x05"),
    "filler": (SIZE + b"\0\0\0", b""),
}


@pytest.mark.parametrize(("triplets", "rest"), LEFT.values(), ids=LEFT)
def test_left_over(triplets: bytes, rest: bytes) -> None:
    assert left_over(triplets) == rest


BAD = b"\x01\x43" + SIZE
GOOD = SIZE + b"\x02\x43"
FIELDS = {  # mnemonic, what stands in front of its triplets
    "OBD": b"",
    "PGD": bytes(15),
    "TLE": b"",
    "BNG": encode_name("G"),
    "BDT": encode_name("D") + b"\0\0",
    "BPG": encode_name("P"),
    "IPO": bytes(16),
    "IOB": bytes(27),
    "MCF": (len(BAD) + 2).to_bytes(2, "big"),
    "MDR": b"\x00\x0b" + SIZE + (len(BAD) + 2).to_bytes(2, "big"),
    "LLE": b"\x01\0" + (len(BAD) + 3).to_bytes(2, "big") + b"\x01",
}


@pytest.mark.parametrize("name", FIELDS)
def test_hidden_in(name: str) -> None:
    assert hidden(CODES[name], FIELDS[name] + BAD) == BAD
    assert hidden(CODES[name], FIELDS[name] + GOOD) == b""


UNITS, OTHER = b"\x09\x4c\x02" + b"\0\0\1" * 2, b"\x09\x4c\x02" + b"\0\0\2" * 2
ODD = {  # triplets, what is odd about them; each as long as `BAD`
    "nothing": (UNITS + b"\x02\xff", Oddities()),
    "unknown": (UNITS + b"\x02\xe7", Oddities(unknown=(0xE7,))),
    "of font objects": (UNITS + b"\x02\x63", Oddities()),
    "without bytes that it must have": (UNITS + b"\x02\x04", Oddities(short=(0x04,))),
    "several": (b"\x02\xe7\x02\x4c\x02\xe8\x02\x4b\x03\x65\0", Oddities(b"", (0xE7, 0xE8), (0x4C, 0x4B))),
    "the same again": (b"\x03\x04\x20" * 3 + b"\x02\xff", Oddities()),
    "another one": (b"\x03\x04\x20\x03\x04\x10\x03\x04\x20\x02\xff", Oddities(repeated=(0x04,))),
    "a comment again": (b"\x03\x65\x20\x03\x65\x10\x03\x65\x20\x02\xff", Oddities()),
    "in front of a damaged one": (b"\x02\xe7\x01" + UNITS[1:], Oddities(b"\x01" + UNITS[1:], (0xE7,))),
}


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize(("triplets", "expected"), ODD.values(), ids=ODD)
def test_odd_triplets_in(name: str, triplets: bytes, expected: Oddities) -> None:
    assert len(triplets) == len(BAD)
    assert oddities(CODES[name], FIELDS[name] + triplets) == expected


def test_odd_triplets_are_told() -> None:
    """In pages, in objects, and between pages."""
    strange, brief, again = b"\x02\xe7", b"\x02\x4c", b"\x03\x04\x20\x03\x04\x10"
    picture = named("BGR", "G", encode(CODES["OBD"], strange + brief + again), "EGR", "G")
    page = enclosed("BPG", "P", (environment(9, 9), picture), strange)
    document = enclosed("BDT", "D", (encode(CODES["IMM"], encode_name("M") + strange), page), b"\0\0")
    told = {f.code: (f.count, str(f.severity)) for f in found(document) if f.code.startswith("triplet-")}
    assert told == {
        "triplet-unknown": (3, "info"),
        "triplet-short": (1, "skipped"),
        "triplet-repeated": (1, "substituted"),
    }


def test_hidden_triplets_are_told() -> None:
    """Between pages, in pages and in objects."""
    picture = named("BGR", "G", encode(CODES["OBD"], BAD), "EGR", "G")
    page = named("BPG", "P", environment(100, 100) + picture, "EPG", "P")
    group = encode(CODES["BNG"], encode_name("G") + BAD) + encode(CODES["TLE"], BAD) + page
    told = [f for f in found(named("BDT", "D", group, "EDT", "D")) if f.code == "triplet-length-bad"]
    assert sorted((str(f.field), f.severity, f.bytes_lost) for f in told) == [
        (name, "error", len(BAD)) for name in ("BNG", "OBD", "TLE")
    ]
    assert all(f.offset is not None for f in told)


SIZES = {  # Page Descriptor (bases, units, sizes), points of the page, severity
    "no units": ((0, 0, 14_400, 0, 4_000, 4_000), (200, 200), "substituted"),
    "a reserved base": ((0, 7, 14_400, 14_400, 4_000, 4_000), (200, 200), "substituted"),
    "no height": ((0, 0, 14_400, 14_400, 4_000, 0), (200, 792), "substituted"),
    "higher than pages get": ((0, 0, 14_400, 14_400, 4_000, 0xFFFFFF), (200, 14_400), "skipped"),
    "one unit to ten inches": ((0, 0, 1, 1, 4_000, 4_000), (14_400, 14_400), "skipped"),
    "possible": ((0, 0, 14_400, 14_400, 4_000, 4_000), (200, 200), None),
}


@pytest.mark.parametrize("name", SIZES)
def test_page_sizes(name: str) -> None:
    values, size, severity = SIZES[name]
    descriptor = encode(CODES["PGD"], PageDescriptor(*values).encode())
    page = enclosed("BPG", "P", (enclosed("BAG", "E", [descriptor]), rule(5)))
    sink = io.BytesIO()
    result = convert(io.BytesIO(named("BDT", "D", page, "EDT", "D")), sink, Options(raise_faults=True))
    told = [(str(f.field), str(f.severity)) for f in result.findings if f.code == "page-size-bad"]
    assert told == ([("PGD", severity)] if severity else [])
    opened = pypdfium2.PdfDocument(sink.getvalue())
    try:
        assert opened[0].get_size() == size
    finally:
        opened.close()


@needs_corpus
def test_real_files_have_none_of_it() -> None:
    for path in afp_files("real/*.afp"):
        told = [
            f
            for f in found(path.read_bytes())
            if f.code in ("triplet-length-bad", "name-differs", "page-size-bad")
        ]
        assert told == [], path.name
