"""A structured field whose length is wrong costs that field alone, and the finding says how much."""

from __future__ import annotations

import io
import time

import pytest

from afpcluster.afp.framing import RecordFile, encode
from afpcluster.convert import convert
from afpcluster.findings import Findings, Severity, TruncatedError
from tests.corpus import CASES, needs_corpus

BDT, BPG, NOP, PTX, EPG, EDT = 0xD3A8A8, 0xD3A8AF, 0xD3EEEE, 0xD3EE9B, 0xD3A9AF, 0xD3A9A8
OCD = 0xD3EE92
PAGE = [encode(BPG, b"PAGE\x40\x40\x40\x40"), encode(PTX, b"text" * 9), encode(EPG, b"\x40" * 8)]
RECORDS = [encode(BDT, b"\x40" * 8), *PAGE * 3, encode(EDT, b"\x40" * 8)]
TEXT = 5  # the text of the second page


def read(data: bytes) -> tuple[list[int], Findings]:
    findings = Findings()
    file = RecordFile(io.BytesIO(data), findings)
    found = [type_ for type_, *_ in file.scan(report=True)]
    assert [r.type for r in file.read(next(file.scan())[1], file.size)] == found
    return found, findings


def types(records: list[bytes]) -> list[int]:
    return [int.from_bytes(record[3:6], "big") for record in records]


def lying(records: list[bytes], number: int, length: int, separator: bytes = b"") -> bytes:
    records = list(records)
    records[number] = b"\x5a" + length.to_bytes(2, "big") + records[number][3:]
    return separator.join(records)


LONGER = [1, 2, 5, 9, 12, 15, 16, 20, 25, 40, 70, 100, 1000, 0x7FFF, 0xFFFF - 44]


@pytest.mark.parametrize("separator", [b"", b"\r\n", b"\0" * 7], ids=["plain", "line ends", "filler"])
@pytest.mark.parametrize("more", LONGER)
def test_too_long(more: int, separator: bytes) -> None:
    begins = [len(separator.join([b"", *RECORDS[TEXT + 1 : n], b""])) for n in range(TEXT + 1, 11)]
    if more in begins or more + len(separator) in begins:
        return  # it ends where another record does: nothing shows that it is wrong
    found, findings = read(lying(RECORDS, TEXT, 44 + more, separator))
    if separator and more <= len(separator):
        assert found == types(RECORDS)  # the field has the filler behind it, too
        return
    assert found == types(RECORDS[:TEXT] + RECORDS[TEXT + 1 :])
    (finding,) = findings
    assert (finding.code, finding.severity) == ("field-length-wrong", Severity.ERROR)
    assert finding.bytes_lost == 45 + len(separator)
    assert finding.offset == len(separator.join(RECORDS[:TEXT])) + len(separator)


@pytest.mark.parametrize("length", [60, 300, 0xFFFF])
def test_begin_and_end_keep_their_place(length: int) -> None:
    """A page is not lost with the length of its Begin Page."""
    for number in (4, 6):
        found, findings = read(lying(RECORDS, number, length))
        assert found == types(RECORDS)
        assert [(f.code, f.bytes_lost) for f in findings] == [("field-length-wrong", 0)]


@pytest.mark.parametrize("length", [8, 20, 43])
def test_too_short(length: int) -> None:
    found, findings = read(lying(RECORDS, TEXT, length))
    assert found == types(RECORDS)
    assert [(f.code, f.bytes_lost) for f in findings] == [("damage-skipped", 44 - length)]


def test_two_of_them() -> None:
    records = list(RECORDS)
    for number, length in ((TEXT, b"\x20\x00"), (TEXT + 3, b"\xff\xff")):
        records[number] = b"\x5a" + length + records[number][3:]
    found, findings = read(b"".join(records + RECORDS))
    assert found == types([r for r in records if r in RECORDS] + RECORDS)
    assert [(f.count, f.bytes_lost) for f in findings] == [(2, 90)]


def test_lost_pages_are_counted() -> None:
    """Records whose introducers are destroyed are damage; the pages that begin in them are told."""
    data = b"".join(RECORDS[:4]) + b"".join(b"?" + r[1:] for r in RECORDS[4:10]) + b"".join(RECORDS[10:])
    found, findings = read(data)
    assert found == types(RECORDS[:4] + RECORDS[10:])
    told = {f.code: f for f in findings}
    assert told["page-lost"].count == 2
    assert told["page-lost"].severity is Severity.ERROR
    assert told["damage-skipped"].bytes_lost == sum(map(len, RECORDS[4:10]))


def test_fields_in_a_container_are_its_data() -> None:
    """AFP in a container is no proof against its length, even where damage follows."""
    container = encode(OCD, b"".join(RECORDS))
    data = b"".join([RECORDS[0], container, b"some damage that is no field", RECORDS[-1]])
    found, findings = read(data)
    assert found == [BDT, OCD, EDT]
    assert [f.code for f in findings] == ["damage-skipped"]


def test_a_file_that_is_cut_off_is_cut_off() -> None:
    with pytest.raises(TruncatedError):
        read(b"".join(RECORDS)[:-3])


def test_many_wrong_lengths_take_no_longer() -> None:
    """Each chain is followed once: 64 KB of introducers that lead nowhere in each of 40 fields."""
    nowhere = (b"\x5a\x00\x09\xd3\xee\xee\x00\x00\x00" * 7000)[: 0xFFFF - 9]
    data = (encode(NOP, nowhere) + b"some damage that is no field") * 40
    begun = time.process_time()
    assert len(read(data)[0]) == 40
    assert time.process_time() - begun < 10


@needs_corpus
@pytest.mark.parametrize("name", ["bl_long", "bl_huge"])
def test_cases(name: str) -> None:
    with (CASES / f"{name}.afp").open("rb") as source:
        result = convert(source, io.BytesIO())
    assert result.pages == 3
    lost = [f for f in result.findings if f.severity == "error"]
    assert [f.code for f in lost] == ["field-length-wrong"]
    assert lost[0].bytes_lost > 0
