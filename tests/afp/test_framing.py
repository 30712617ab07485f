"""Records: framing variants, damage, truncation."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afpcluster.afp.framing import Record, RecordFile, encode
from afpcluster.findings import ConversionError, Findings, NotAfpError, TruncatedError

BPG, NOP, PTX, EPG = 0xD3A8AF, 0xD3EEEE, 0xD3EE9B, 0xD3A9AF


def read(data: bytes, findings: Findings | None = None) -> list[tuple[int, bytes]]:
    file = RecordFile(io.BytesIO(data), findings if findings is not None else Findings())
    start = next(iter(file.scan()))[1]
    return [(r.type, r.data) for r in file.read(start, len(data))]


def with_flags(type_: int, flags: int, data: bytes) -> bytes:
    record = bytearray(encode(type_, data))
    record[6] = flags
    return bytes(record)


def prefixed(records: list[bytes], size: int) -> bytes:
    if size == 4:
        return b"".join((len(r) + 4).to_bytes(2, "big") + b"\0\0" + r for r in records)
    return b"".join((len(r) + 2).to_bytes(2, "big") + r for r in records)


TWO = [encode(BPG, b"page"), encode(EPG)]
EXPECTED = [(BPG, b"page"), (EPG, b"")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"".join(TWO), EXPECTED, id="plain"),
        pytest.param(prefixed(TWO, 4), EXPECTED, id="RDW in front of every record"),
        pytest.param(prefixed(TWO, 2), EXPECTED, id="2-byte length in front of every record"),
        pytest.param(b"\r\n".join(TWO) + b"\r\n", EXPECTED, id="line ends between records"),
        pytest.param(TWO[0] + bytes(70_000) + TWO[1], EXPECTED, id="filler between records"),
        pytest.param(TWO[0] + b"\x5a\x00\x03\xd3" + b"junk" + TWO[1], EXPECTED, id="impossible length"),
        pytest.param(with_flags(PTX, 0x80, b"\x04abcdata"), [(PTX, b"data")], id="introducer with extension"),
        pytest.param(with_flags(PTX, 0x08, b"data\x00\x00\x03"), [(PTX, b"data")], id="short padding"),
        pytest.param(
            with_flags(PTX, 0x08, b"data" + bytes(297) + b"\x01\x2c\x00"), [(PTX, b"data")], id="long padding"
        ),
        pytest.param(
            with_flags(PTX, 0x20, b"one ") + with_flags(PTX, 0x20, b"two ") + encode(PTX, b"three"),
            [(PTX, b"one two three")],
            id="segmented",
        ),
    ],
)
def test_records_of(data: bytes, expected: list[tuple[int, bytes]]) -> None:
    assert read(data) == expected


def test_records_beyond_one_window() -> None:
    records = [encode(PTX, bytes([n % 256]) * 30_000) for n in range(120)]
    assert [d[0] for _, d in read(b"".join(records))] == [n % 256 for n in range(120)]


def test_damage_is_a_finding_with_its_offset() -> None:
    findings = Findings()
    file = RecordFile(io.BytesIO(TWO[0] + b"some damage" + TWO[1]), findings)
    assert [type_ for type_, *_ in file.scan(report=True)] == [BPG, EPG]
    assert [(f.code, f.offset) for f in findings] == [("damage-skipped", len(TWO[0]))]


@pytest.mark.parametrize(
    ("data", "error", "says"),
    [
        (b"", NotAfpError, "0 bytes"),
        (b"%PDF-1.7 ...", NotAfpError, "is a PDF"),
        (b"Dear Sir or Madam", NotAfpError, "text in ASCII"),
        (b"!" + TWO[0][1:].replace(b"\xd3", b"L"), NotAfpError, "EBCDIC to ASCII"),
        (TWO[0][:-1], TruncatedError, "cut off"),
        (TWO[0] + TWO[1][:-1], TruncatedError, "cut off"),
    ],
)
def test_refused(data: bytes, error: type[ConversionError], says: str) -> None:
    with pytest.raises(error, match=says):
        read(data)


@given(st.lists(st.tuples(st.sampled_from([BPG, NOP, PTX, EPG]), st.binary(max_size=300)), min_size=1))
def test_what_is_written_is_read(records: list[tuple[int, bytes]]) -> None:
    data = b"".join(Record(type_, 0, contents).encode() for type_, contents in records)
    assert read(data) == records


@given(st.binary(max_size=400))
def test_any_bytes_end_well(data: bytes) -> None:
    try:
        records = read(b"".join(TWO) + data)
    except TruncatedError:
        return
    assert records[:2] == EXPECTED
