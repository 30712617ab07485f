"""Documents of real producers against pictures that another renderer made of their pages.

Where the two differ for a reason (docs/fidelity.md), the test says the reason as a property of the file
and holds the score of the file without that property to the same limit.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from statistics import mean

import pypdfium2
import pytest
from shared_scorers import scorer

from afpcluster.afp import foca
from afpcluster.afp.foca import CharacterMetrics, PatternTechnology
from afpcluster.afp.framing import RecordFile
from afpcluster.convert import convert
from afpcluster.findings import Findings, NotAfpError, Severity
from afpcluster.options import Options, Result
from corpus import CORPUS, afp_files, needs_corpus

fidelity = scorer("fidelity")
EACH, OVERALL = 0.94, 0.96
REAL = afp_files("real/*.afp")
FRAGMENTS = afp_files("fragments/*.afp")
BASELINES: dict[Path, dict[int, str]] = {
    Path(path): pictures
    for _, path, pictures in fidelity.cases(CORPUS / "real", None)
    if Path(path) in REAL
}  # fmt: skip
PLACED_BY_A_SPACE = {"rec": 0.85, "prec": 0.85}
"""Lowest shares of ink of a file whose baseline was made without the A-space of raster characters."""

pytestmark = needs_corpus


@cache
def converted(data: bytes) -> tuple[bytes, Result]:
    sink = io.BytesIO()
    result = convert(io.BytesIO(data), sink, Options(raise_faults=True))
    return sink.getvalue(), result


def compared(pictures: dict[int, str]) -> list[int]:
    """The first page that has a picture, one in the middle, the last."""
    numbers = sorted(pictures)
    return sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]})


@cache
def scores(path: Path, data: bytes) -> dict[str, float]:
    """Mean of the pages' measures."""
    pdf = pypdfium2.PdfDocument(converted(data)[0])
    try:
        rows = []
        for number in compared(BASELINES[path]):
            picture = fidelity.load(BASELINES[path][number])
            made, _ = fidelity.raster(pdf[number - 1], picture.shape[1], picture.shape[0])
            rows.append(fidelity.compare(picture, made))
    finally:
        pdf.close()
    return {name: mean(row[name] for row in rows) for name in rows[0]}


def without_raster_a_space(data: bytes) -> bytes:
    """The file with the A-space of every raster character set to 0 (FOCA "Font Index (FNI)")."""
    file = RecordFile(io.BytesIO(data), Findings())
    parts, control = [], None
    for record in file.read(0, file.size):
        if record.type == foca.FNC:
            control = foca.FontControl.decode(record.data)
        elif record.type == foca.FNI and control and control.technology == PatternTechnology.RASTER:
            length = control.index_group_length
            groups = [record.data[at : at + length] for at in range(0, len(record.data), length)]
            record.data = b"".join(_without_a_space(group) for group in groups)
        parts.append(record.encode())
    return b"".join(parts)


def _without_a_space(group: bytes) -> bytes:
    metrics = CharacterMetrics.decode(group)
    metrics.a_space = 0
    encoded: bytes = metrics.encode()
    return encoded[: len(group)]


@pytest.mark.parametrize("path", BASELINES, ids=range(len(BASELINES)))
def test_score(path: Path) -> None:
    data = path.read_bytes()
    plain = without_raster_a_space(data)
    if plain != data:
        found = scores(path, data)
        assert {
            name: found[name] for name in PLACED_BY_A_SPACE if found[name] < PLACED_BY_A_SPACE[name]
        } == {}
    assert scores(path, plain)["score"] >= EACH


def test_overall_score() -> None:
    assert mean(scores(p, without_raster_a_space(p.read_bytes()))["score"] for p in BASELINES) >= OVERALL


@pytest.mark.parametrize("path", REAL, ids=range(len(REAL)))
def test_pages(path: Path) -> None:
    """As many pages as Begin Page fields, each as large as its Page Descriptor says."""
    wanted = fidelity.afp_pages(path)
    pdf = pypdfium2.PdfDocument(converted(path.read_bytes())[0])
    try:
        assert len(pdf) == len(wanted)
        sizes = [pdf[number].get_size() for number in range(len(pdf))]
    finally:
        pdf.close()
    for size, expected in zip(sizes, wanted, strict=True):
        assert expected is None or size == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize("path", REAL, ids=range(len(REAL)))
def test_findings(path: Path) -> None:
    """Nothing fails, and of what is shown nothing but a named resource that is not there is missing."""
    found = converted(path.read_bytes())[1].findings
    assert [f.message for f in found if f.severity == Severity.ERROR] == []
    allowed = {"resource-missing", "ioca-data-empty", "ioca-byte-swapped"}
    assert [f.message for f in found if f.severity == Severity.SKIPPED and f.code not in allowed] == []
    assert all(f.offset is not None for f in found if f.severity != Severity.INFO)


@pytest.mark.parametrize("path", FRAGMENTS, ids=range(len(FRAGMENTS)))
def test_fragments_are_no_print_files(path: Path) -> None:
    with pytest.raises(NotAfpError, match="has no page"):
        converted(path.read_bytes())
