"""Documents of real producers against pictures that another renderer made of their pages.

The pictures show raster characters without their A-space (docs/fidelity.md): the limits hold for the
conversion that does the same, and what is left of the match otherwise has a limit of its own.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from statistics import mean

import pypdfium2
import pytest
from shared_scorers import scorer

from afpcluster.convert import convert
from afpcluster.findings import NotAfpError, Severity
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
"""Lowest shares of ink of raster characters after their A-space, against a picture without it."""

pytestmark = needs_corpus


@cache
def converted(path: Path, raster_a_space: bool = True) -> tuple[bytes, Result]:
    sink = io.BytesIO()
    options = Options(raise_faults=True, raster_a_space=raster_a_space)
    result = convert(io.BytesIO(path.read_bytes()), sink, options)
    return sink.getvalue(), result


def compared(pictures: dict[int, str]) -> list[int]:
    """The first page that has a picture, one in the middle, the last."""
    numbers = sorted(pictures)
    return sorted({numbers[0], numbers[len(numbers) // 2], numbers[-1]})


@cache
def scores(path: Path, raster_a_space: bool = True) -> dict[str, float]:
    """Mean of the pages' measures."""
    pdf = pypdfium2.PdfDocument(converted(path, raster_a_space)[0])
    try:
        rows = []
        for number in compared(BASELINES[path]):
            picture = fidelity.load(BASELINES[path][number])
            made, _ = fidelity.raster(pdf[number - 1], picture.shape[1], picture.shape[0])
            rows.append(fidelity.compare(picture, made))
    finally:
        pdf.close()
    return {name: mean(row[name] for row in rows) for name in rows[0]}


@cache
def placed_by_a_space(path: Path) -> bool:
    """Whether a page shows raster characters, which Options.raster_a_space places."""
    return converted(path)[0] != converted(path, raster_a_space=False)[0]


@pytest.mark.parametrize("path", BASELINES, ids=range(len(BASELINES)))
def test_score(path: Path) -> None:
    if placed_by_a_space(path):
        found = scores(path)
        assert {name for name, least in PLACED_BY_A_SPACE.items() if found[name] < least} == set()
    assert scores(path, raster_a_space=False)["score"] >= EACH


def test_overall_score() -> None:
    assert mean(scores(path, raster_a_space=False)["score"] for path in BASELINES) >= OVERALL


@pytest.mark.parametrize("path", REAL, ids=range(len(REAL)))
def test_pages(path: Path) -> None:
    """As many pages as Begin Page fields, each as large as its Page Descriptor says."""
    wanted = fidelity.afp_pages(path)
    pdf = pypdfium2.PdfDocument(converted(path)[0])
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
    found = converted(path)[1].findings
    assert [f.message for f in found if f.severity == Severity.ERROR] == []
    allowed = {"resource-missing", "ioca-data-empty", "ioca-byte-swapped"}
    assert [f.message for f in found if f.severity == Severity.SKIPPED and f.code not in allowed] == []
    assert all(f.offset is not None for f in found if f.severity != Severity.INFO)


@pytest.mark.parametrize("path", FRAGMENTS, ids=range(len(FRAGMENTS)))
def test_fragments_are_no_print_files(path: Path) -> None:
    with pytest.raises(NotAfpError, match="has no page"):
        converted(path)
