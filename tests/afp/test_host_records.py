"""Descriptors of hosts, and fields without X'5A': read as if they were one behind the other, with X'5A'."""

from __future__ import annotations

import contextlib
import io
import time
from random import Random

import pytest

from afpcluster.afp.framing import RecordFile, encode
from afpcluster.afp.views import View
from afpcluster.convert import convert
from afpcluster.findings import Findings, NotAfpError, TruncatedError
from benchmarks.fuzz.framings import blocked, chopped, rdw, spanned, unmarked
from tests.corpus import CASES, needs_corpus

BDT, BPG, NOP, PTX, EPG, EDT = 0xD3A8A8, 0xD3A8AF, 0xD3EEEE, 0xD3EE9B, 0xD3A9AF, 0xD3A9A8


def pages(count: int, size: int) -> list[bytes]:
    random = Random(count)
    page = [(BPG, 8), (NOP, size), (PTX, size // 2), (EPG, 8)]
    types = [(BDT, 8), *page * count, (EDT, 8)]
    return [encode(type_, random.randbytes(length)) for type_, length in types]


SMALL, LARGE = pages(2, 40), pages(80, 20_000)
BLOCKS = [SMALL[:2], SMALL[2:3], SMALL[3:]]
FRAMED = {
    "spanned": (SMALL, b"".join(spanned(SMALL, 17))),
    "spanned, large": (LARGE, b"".join(spanned(LARGE, 4_000))),
    "spanned, blocked": (SMALL, b"".join(blocked([s]) for s in spanned(SMALL, 20))),
    "spanned, only the last": (SMALL, b"".join([*map(rdw, SMALL[:-1]), *spanned(SMALL[-1:], 5)])),
    "chopped, RDW": (SMALL, b"".join(map(rdw, chopped(b"".join(SMALL), 1)))),
    "chopped, RDW, large": (LARGE, b"".join(map(rdw, chopped(b"".join(LARGE), 2, 9_000)))),
    "chopped, two-byte lengths": (
        SMALL, b"".join(len(p).to_bytes(2, "big") + p for p in chopped(b"".join(SMALL), 3)),
    ),
    "chopped, blocked": (
        SMALL, b"".join(blocked([rdw(p[:9]), rdw(p[9:])]) for p in chopped(b"".join(SMALL), 4)),
    ),
    "several fields a record": (SMALL, b"".join(rdw(b"".join(block)) for block in BLOCKS)),
    "RDW, padded": (SMALL, b"".join(map(rdw, SMALL)) + bytes(90)),
    "no X'5A'": (SMALL, b"".join(unmarked(SMALL))),
    "no X'5A', large": (LARGE, b"".join(unmarked(LARGE))),
    "no X'5A', RDW": (SMALL, b"".join(map(rdw, unmarked(SMALL)))),
    "no X'5A', RDW, large": (LARGE, b"".join(map(rdw, unmarked(LARGE)))),
    "no X'5A', BDW and RDW": (SMALL, b"".join(blocked([*map(rdw, unmarked(b))]) for b in BLOCKS)),
    "no X'5A', two-byte lengths": (
        SMALL, b"".join((len(r) + 2).to_bytes(2, "big") + r for r in unmarked(SMALL)),
    ),
    "no X'5A', LF": (SMALL, b"\n".join(unmarked(SMALL)) + b"\n"),
    "no X'5A', CR LF": (SMALL, b"\r\n".join(unmarked(SMALL)) + b"\r\n"),
    "no X'5A', spanned": (SMALL, b"".join(spanned(unmarked(SMALL), 17))),
    "no X'5A', chopped": (SMALL, b"".join(map(rdw, chopped(b"".join(unmarked(SMALL)), 5)))),
}  # fmt: skip


@pytest.mark.parametrize(("records", "data"), FRAMED.values(), ids=FRAMED)
def test_the_same_records(records: list[bytes], data: bytes) -> None:
    findings = Findings()
    file = RecordFile(io.BytesIO(data), findings)
    scanned = [(offset, end) for _, offset, end, _, _ in file.scan(report=True)]
    assert [r.encode() for r in file.read(scanned[0][0], file.size)] == records
    for number in (0, len(records) // 2, len(records) - 1):  # any of them alone, in any order
        (record,) = file.read(*scanned[-number])
        assert record.encode() == records[-number]
        assert data[record.offset :].startswith((b"\x5a", records[-number][1:4]))
    assert list(findings) == []


@pytest.mark.parametrize("name", ["spanned, large", "chopped, RDW, large", "no X'5A', RDW, large"])
def test_a_view_is_read_from_anywhere(name: str) -> None:
    records, data = FRAMED[name]
    view = RecordFile(io.BytesIO(data), Findings()).source
    whole, random = b"".join(records), Random(1)
    assert isinstance(view, View)
    assert view.size == len(whole)
    for _ in range(40):
        at, size = random.randrange(len(whole)), random.randrange(200_000)
        view.seek(at)
        assert view.read(size) == whole[at : at + size]
    assert sum(len(notes) for notes in (view._notes, view._restarts)) < len(whole) // 16_000


DAMAGED = {  # good data, and what is written over it where
    "an RDW": (b"".join(map(rdw, SMALL)), 42, b"\x55\x55\x55\x55"),
    "an RDW of a blocked file": (b"".join(blocked([rdw(r)]) for r in SMALL), 54, b"\x55\x55\x55\x55"),
    "an introducer without X'5A'": (b"".join(unmarked(SMALL)), 16, b"\x55\x55\x55\x55"),
}


@pytest.mark.parametrize(("data", "at", "bad"), DAMAGED.values(), ids=DAMAGED)
def test_damage_costs_what_it_hits(data: bytes, at: int, bad: bytes) -> None:
    findings = Findings()
    file = RecordFile(io.BytesIO(data[:at] + bad + data[at + len(bad) :]), findings)
    found = [r.encode() for r in file.read(next(file.scan())[1], file.size)]
    assert len(set(SMALL) - set(found)) <= 1
    list(file.scan(report=True))
    assert [(f.code, f.bytes_lost > 0) for f in findings] == [("damage-skipped", True)]


@needs_corpus
def test_line_data_is_named() -> None:
    with (CASES / "ld_asa_rdw.afp").open("rb") as source, pytest.raises(NotAfpError, match="line data"):
        convert(source, io.BytesIO())


@needs_corpus
def test_a_printer_job_is_named() -> None:
    with (CASES / "fr_pjl.afp").open("rb") as source:
        result = convert(source, io.BytesIO())
    assert result.pages == 2
    told = [f for f in result.findings if "PJL" in f.message]
    assert [(f.severity, f.bytes_lost) for f in told] == [("info", 0)] * 2


@needs_corpus
@pytest.mark.parametrize("name", ["fr_vbs", "no5a", "no5a_rdw"])
def test_cases(name: str) -> None:
    with (CASES / f"{name}.afp").open("rb") as source:
        result = convert(source, io.BytesIO())
    assert result.pages == 2
    assert [f.code for f in result.findings if f.severity in ("skipped", "error")] == []


MANY = [encode(NOP, bytes([n % 251 + 1]) * 20) for n in range(40_000)]
OFTEN = {
    "RDW": b"".join(rdw(r) if n % 2 else b"\x55\x55\x55\x55" + r for n, r in enumerate(MANY)),
    "no X'5A'": b"".join(r[1:] if n % 4 else b"\x55\x55" + r[3:] for n, r in enumerate(MANY)),
}


LIARS = {  # what looks like descriptors and introducers all the way, and leads nowhere
    "no X'5A'": b"".join(unmarked(SMALL)) + b"\x00\x09\xd3\xee\xee\0\0\0" * 40_000,
    "no X'5A', long": b"".join(unmarked(SMALL)) + b"\xf0\x00\xd3\xee\xee\0\0\0" * 40_000,
    "RDW": b"".join(map(rdw, SMALL)) + b"\x7f\0\0\0\x5a\0\x10\xd3\xee\xee\0\0\0" * 40_000,
    "segments": b"".join(map(rdw, SMALL)) + b"\x00\x05\x03\x00A" * 80_000,
}


@pytest.mark.parametrize("data", LIARS.values(), ids=LIARS)
def test_what_leads_nowhere_takes_no_longer(data: bytes) -> None:
    begun = time.process_time()
    file = RecordFile(io.BytesIO(data), Findings())
    with contextlib.suppress(TruncatedError):
        list(file.scan(report=True))
    assert time.process_time() - begun < 10


@pytest.mark.parametrize("data", OFTEN.values(), ids=OFTEN)
def test_damage_in_many_places_takes_no_longer(data: bytes) -> None:
    begun = time.process_time()
    findings = Findings()
    found = list(RecordFile(io.BytesIO(data), findings).scan(report=True))
    assert len(found) > len(MANY) // 2
    assert time.process_time() - begun < 10
    assert sum(f.bytes_lost for f in findings) > 0
