"""Findings: merged, equal for any number of processes, and bounded."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from print_files import (
    document,
    fonts,
    group,
    include_overlay,
    include_segment,
    overlay,
    page,
    page_texts,
    sample,
    text,
)

from afpcluster.afp.framing import encode
from afpcluster.convert import convert
from afpcluster.findings import Finding, Findings, Severity
from afpcluster.options import Layout, Options, Result
from afpcluster.sample.records import enclosed, resource

BAD_TEXT = enclosed("BPT", "T", (encode(0xD3EE9B, bytes.fromhex("2bd3 02fe 2bd3 03c6 01")),))
BAD_AREA = enclosed("BGR", "G", (encode(0xD3A6BB, b"short"), encode(0xD3A66B, b"\x01\x43 behind")))
BAD_IMAGE = enclosed("BIM", "I", (encode(0xD3A6FB, b"short"), encode(0xD3EEFB, b"no image")))


def told(result: Result) -> list[dict[str, object]]:
    return [finding.as_dict() for finding in result.findings]


def mixed(pages: int) -> bytes:
    """Pages on which things go wrong: in what they share, in what they repeat, and on their own."""
    shared = overlay("below").replace(encode(0xD3A9DF)[:6], BAD_TEXT + BAD_AREA + encode(0xD3A9DF)[:6])
    found = []
    for number in range(pages):
        content = [include_overlay(), BAD_IMAGE, text(f"page {number}")]
        if number % 3 == 0:
            content += [include_overlay("GONE"), BAD_TEXT]
        if number % 17 == 5:
            content += [include_segment(f"S{number:07}"), BAD_AREA]
        maps = fonts("C0GONE00" if number % 7 == 3 else "C0H20000", "T1V10037" if number > 40 else "T1V10500")
        found.append(page(*content, maps=maps))
        if number == 30:
            found.append(b"bytes that are no structured field")
    return group(resource("OVER", 0xFC, shared)) + document(*found)


ODD = (
    encode(0xD3A8A8, b"\x40" * 10)
    + encode(0xD3A8DF, b"OVERLAY1")
    + encode(0xD3A8AF, b"PAGE0001")
    + encode(0xD3A9AF, b"PAGE0002")
    + encode(0xD3A9AF)
    + encode(0xD3B490, b"link")
    + encode(0xD3A9A8, b"OTHER   ")
)
"""A document in which nearly every boundary is wrong."""

FILES = {
    "mixed": mixed(100),
    "fonts that are not there": sample(20, inline_fonts=False),
    "more kinds than are listed": document(
        *(page(*(include_segment(f"S{p:03}{n:02}") for n in range(30)), maps=b"") for p in range(66))
    ),
}


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("name", FILES)
def test_processes_change_no_finding(name: str, layout: Layout, tmp_path: Path) -> None:
    path = tmp_path / "input.afp"
    path.write_bytes(FILES[name])
    made = []
    for processes in (1, 2, 4):
        sink = io.BytesIO()
        with path.open("rb") as source:
            result = convert(source, sink, Options(processes=processes, layout=layout))
        made.append((sink.getvalue(), told(result), result.bytes_lost))
    assert len(made[0][1]) > 2
    assert made[0] == made[1] == made[2]
    assert "" not in page_texts(made[0][0]) or name.startswith("more")


def test_the_limit_is_told_once() -> None:
    result = convert(io.BytesIO(FILES["more kinds than are listed"]), io.BytesIO(), Options(processes=2))
    limits = [f for f in result.findings if f.code == "findings-limit"]
    assert [(f.severity, f.page) for f in limits] == [(Severity.SKIPPED, None)]
    assert len(result.findings) == 1001


def test_beyond_the_limit_the_gravest_counts() -> None:
    findings = Findings(limit=2)
    for number, severity in enumerate(("info", "skipped", "info", "error", "substituted")):
        findings.add("code", Severity(severity), f"message {number}", bytes_lost=number)
    again = Findings(limit=3)
    again.extend(findings)
    again.extend(findings)
    assert [(f.code, f.severity) for f in again] == [
        ("code", "info"), ("code", "skipped"), ("findings-limit", "error"),
    ]  # fmt: skip
    assert sum(f.bytes_lost for f in findings) == 10


def merged(*parts: Findings) -> list[Finding]:
    whole = Findings()
    for part in parts:
        whole.extend(part)
    return list(whole)


def test_what_is_kept_counts_once_however_many_meet_it() -> None:
    one, other = Findings(), Findings()
    for findings, page_number, times in ((one, 1, 3), (other, 17, 2)):
        with findings.on_page(page_number, None):
            with findings.kept():
                for _ in range(times):
                    findings.add("a", Severity.INFO, "in an overlay", bytes_lost=1)
            findings.add("b", Severity.INFO, "on the page", bytes_lost=1)
    expected = [("a", 1, 1), ("b", 2, 1)]
    assert [(f.code, f.count, f.page) for f in merged(one, other)] == expected
    assert [(f.code, f.count, f.page) for f in merged(one, other, Findings())] == expected


def test_kept_and_not_are_added() -> None:
    findings = Findings()
    findings.add("a", Severity.INFO, "m")
    with findings.kept():
        findings.add("a", Severity.INFO, "m")
    findings.add("a", Severity.INFO, "m")
    assert [f.count for f in merged(findings, findings)] == [5]
    assert "kept" not in next(iter(findings)).as_dict()


def test_a_page_is_left_whatever_happens() -> None:
    findings = Findings()
    with pytest.raises(ValueError, match="fault"), findings.on_page(3, 500), findings.kept():
        raise ValueError("fault")
    findings.add("a", Severity.INFO, "m")
    (finding,) = findings
    assert (finding.page, finding.kept) == (None, 0)


def test_what_has_no_place_of_its_own_is_where_its_page_begins() -> None:
    findings = Findings()
    with findings.on_page(3, 500):
        findings.add("a", Severity.INFO, "of the page")
        findings.at(700, "PTX")("b", "of a field")
        findings.at(None, "IMM")("c", "of a field that is not known")
    findings.add("d", Severity.INFO, "of the file")
    assert [(f.offset, f.field) for f in findings] == [
        (500, "BPG"),
        (700, "PTX"),
        (None, "IMM"),
        (None, None),
    ]


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("cut", [0, 5], ids=["whole", "cut off"])
def test_fields_are_found_where_they_are(cut: int, layout: Layout) -> None:
    """An offset is that of the field in the file, through host records, too."""
    records = field_list(FILES["mixed"] + ODD)
    framed = b"".join((len(r) + 4).to_bytes(2, "big") + b"\0\0" + r for r in records)
    framed = framed[: len(framed) - cut]
    whole = b"".join(records)
    options = Options(accept_truncated=True, layout=layout)
    result = convert(io.BytesIO(framed), io.BytesIO(), options)
    plain = convert(io.BytesIO(whole[: len(whole) - cut]), io.BytesIO(), options)
    compared = list(zip(plain.findings, result.findings, strict=True))
    assert len(compared) > 5
    for before, after in compared:
        assert (before.code, before.page, before.count) == (after.code, after.page, after.count)
        if before.offset is not None and after.offset is not None:
            assert framed[after.offset :][:9] == whole[before.offset :][:9]


def field_list(data: bytes) -> list[bytes]:
    """The structured fields of a file; what is none is left out."""
    found, at = [], 0
    while at < len(data):
        if data[at] != 0x5A:
            at = data.index(b"\x5a", at)
        end = at + 1 + int.from_bytes(data[at + 1 : at + 3], "big")
        found.append(data[at:end])
        at = end
    return found
