"""Files as transfers leave them: read as if nothing had happened, or the likely cause is told.

Record formats: z/OS "Format V records": a BDW and an RDW are a length, itself included, and two zero bytes.
"""

from __future__ import annotations

import io

import pytest

from afpcluster.afp.framing import RecordFile, encode
from afpcluster.findings import Findings, NotAfpError, Severity

BDT, BPG, NOP, EPG, EDT = 0xD3A8A8, 0xD3A8AF, 0xD3EEEE, 0xD3A9AF, 0xD3A9A8
TYPES = [BDT, BPG, NOP, EPG, EDT]
RECORDS = [encode(type_, bytes([n]) * 20) for n, type_ in enumerate(TYPES)]
LINES = "ACCOUNT 4711  BALANCE 12.00 ".encode("cp500")
JOB_HEADER = b'@PJL JOB NAME="X"\n@PJL ENTER LANGUAGE=AFP\n'
JOB_END = b"\x1b%-12345X@PJL EOJ\n\x1b%-12345X"
FIVE_LINES = b"".join(b"line\n%d" % n for n in range(5))


def described(data: bytes) -> bytes:
    return (len(data) + 4).to_bytes(2, "big") + b"\0\0" + data


def read(data: bytes) -> tuple[list[int], Findings]:
    findings = Findings()
    file = RecordFile(io.BytesIO(data), findings)
    scanned = list(file.scan(report=True))
    read_again = file.read(scanned[0][1], file.size)
    placed = [(type_, file.origin(offset)) for type_, offset, *_ in scanned]
    assert [(r.type, r.offset) for r in read_again] == placed
    return [type_ for type_, *_ in scanned], findings


QUIET = {
    "BDW and RDW, one block": described(b"".join(map(described, RECORDS))),
    "BDW and RDW, a block each": b"".join(described(described(r)) for r in RECORDS),
    "BDW and RDW, blocks of two": b"".join(
        described(b"".join(map(described, RECORDS[n : n + 2]))) for n in (0, 2, 4)
    ),
    "four-byte lengths": b"".join(len(r).to_bytes(4, "big") + r for r in RECORDS),
    "four-byte lengths, counted": b"".join((len(r) + 4).to_bytes(4, "big") + r for r in RECORDS),
    "LF": b"\n".join(RECORDS) + b"\n",
    "CR LF": b"\r\n".join(RECORDS) + b"\r\n\x1a",
    "LF of EBCDIC": b"\x25".join(RECORDS) + b"\x25",
    "NEL of EBCDIC": b"\x15".join(RECORDS) + b"\x15",
    "fixed length": b"".join(r.ljust(80, b"\0") for r in RECORDS),
    "fixed length, spaces": b"".join(r.ljust(80, b"\x40") for r in RECORDS),
    "zeros and end of file": b"".join(RECORDS) + bytes(5_000) + b"\x1a",
    "line ends in front": b"\r\n\r\n" + b"".join(RECORDS),
}


@pytest.mark.parametrize("data", QUIET.values(), ids=QUIET)
def test_read_without_a_word(data: bytes) -> None:
    found, findings = read(data)
    assert found == TYPES
    assert list(findings) == []


LOUD = {  # data, code, words of the message, severity, bytes lost
    "line data in front": (
        LINES * 3 + b"".join(RECORDS), "line-data", "line data in EBCDIC", Severity.SKIPPED, 84,
    ),
    "line data that looks like a record in front": (
        LINES + "WOW! ALL OF IT! ALL ".encode("cp037") + b"".join(RECORDS), "line-data", "line data",
        Severity.SKIPPED, 48,
    ),
    "line data in front, in records of a host": (
        b"".join(map(described, [LINES, LINES, *RECORDS])), "line-data", "line data in EBCDIC",
        Severity.SKIPPED, 56,
    ),
    "much line data in front, in records of a host": (
        b"".join(map(described, [LINES] * 1_000 + RECORDS)), "line-data", "line data in EBCDIC",
        Severity.SKIPPED, 28_000,
    ),
    "job header in front": (
        JOB_HEADER + b"".join(RECORDS), "leading-bytes", "printer job (PJL)", Severity.INFO, 0,
    ),
    "job commands behind": (
        b"".join(RECORDS) + JOB_END, "damage-skipped", "printer job (PJL)", Severity.INFO, 0,
    ),
    "line data between": (
        b"".join(RECORDS[:4]) + LINES + b"".join(RECORDS[4:]), "damage-skipped", "page definition",
        Severity.SKIPPED, 28,
    ),
    "line ends rewritten": (
        b"".join([*RECORDS[:2], encode(NOP, FIVE_LINES), *RECORDS[3:]]).replace(b"\n", b"\r\n"),
        "damage-skipped", "X'0A' to X'0D0A'", Severity.ERROR, 5,
    ),
    "a few bytes": (
        b"".join(RECORDS[:2]) + b"\x01\x02\x03" + b"".join(RECORDS[2:]), "damage-skipped", "skipped",
        Severity.SKIPPED, 3,
    ),
    "more bytes": (
        b"".join(RECORDS[:2]) + b"\x01\x02\x03" * 30 + b"".join(RECORDS[2:]), "damage-skipped", "skipped",
        Severity.ERROR, 90,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code", "words", "severity", "lost"), LOUD.values(), ids=LOUD)
def test_read_and_told(data: bytes, code: str, words: str, severity: Severity, lost: int) -> None:
    found, findings = read(data)
    assert found == TYPES
    (finding,) = findings
    assert (finding.code, finding.severity, finding.bytes_lost) == (code, severity, lost)
    assert words in finding.message


def test_job_commands_hide_no_damage() -> None:
    _, findings = read(b"".join(RECORDS[:2]) + JOB_END + RECORDS[2] + bytes(range(1, 90)) + RECORDS[3])
    assert [(f.severity, f.bytes_lost) for f in findings] == [(Severity.INFO, 0), (Severity.ERROR, 89)]


def test_line_data_hides_no_damage() -> None:
    damage = bytes(range(1, 64))
    _, findings = read(RECORDS[0] + LINES + RECORDS[1] + damage + RECORDS[2] + LINES + RECORDS[3])
    assert [(f.code, f.severity, f.bytes_lost) for f in findings] == [
        ("damage-skipped", Severity.SKIPPED, 56),
        ("damage-skipped", Severity.ERROR, 63),
    ]


REFUSED = {
    "translated": b"".join(RECORDS).decode("cp037").encode("latin-1"),
    "translated, with what looks like a record": (
        b"".join(RECORDS).decode("cp037").encode("latin-1") + b"".join(RECORDS)
    ),
    "line data": LINES * 100,
    "text": b"Dear Sir or Madam, " * 100,
    "ZIP": b"PK\x03\x04" + bytes(100),
    "gzip": b"\x1f\x8b\x08" + bytes(100),
    "JPEG, with what looks like a record": b"\xff\xd8\xff\xe0\0\x10JFIF" + RECORDS[0],
    "PDF, with what looks like a record": b"%PDF-1.7\n" + RECORDS[0],
    "PNG": b"\x89PNG\r\n\x1a\n",
    "TIFF": b"II*\0" + bytes(20),
    "PostScript": b"%!PS-Adobe-3.0",
    "PCL": b"\x1bE\x1b&l0O",
    "PJL": b"\x1b%-12345X@PJL JOB",
}
WORDS = {
    "translated": "EBCDIC to ASCII",
    "translated, with what looks like a record": "EBCDIC to ASCII",
    "line data": "line data in EBCDIC",
    "text": "text in ASCII",
    "ZIP": "ZIP",
    "gzip": "gzip",
    "JPEG, with what looks like a record": "JPEG",
    "PDF, with what looks like a record": "PDF",
    "PNG": "PNG",
    "TIFF": "TIFF",
    "PostScript": "PostScript",
    "PCL": "PCL",
    "PJL": "PJL",
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_likely_cause(case: str) -> None:
    with pytest.raises(NotAfpError, match=WORDS[case]):
        read(REFUSED[case])


def test_damage_in_many_places_takes_no_longer() -> None:
    """The cause is looked for once: 100,000 places in 4 MB."""
    data = (RECORDS[2] + b"noise " * 2) * 100_000
    found, findings = read(data)
    assert len(found) == 100_000
    assert [f.count for f in findings] == [100_000]
