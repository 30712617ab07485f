"""Our PDF of FOP's AFP against FOP's own PDF of the same document (docs/fidelity.md)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cases_drawing import DRAWING_CASES
from cases_images import IMAGE_CASES
from cases_text import TEXT_CASES
from fop_runs import FOP, MISSING, MODES, render
from pdf_pairs import Pdf, scores

from afpcluster.convert import convert
from afpcluster.findings import Finding
from afpcluster.options import Options

CASES = [*TEXT_CASES, *DRAWING_CASES, *IMAGE_CASES]
LOWEST = {"size": 1.0, "textR": 0.99, "textP": 0.99, "place": 0.97, "inkR": 0.95, "inkP": 0.95, "tone": 0.75}

pytestmark = pytest.mark.skipif(FOP is None, reason=MISSING)


@dataclass(frozen=True)
class Pairs:
    """FOP's PDF, ours of each mode, and what we found."""

    reference: Pdf
    made: dict[str, Pdf]
    findings: dict[str, list[Finding]]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pairs]:
    folder = tmp_path_factory.mktemp("fop")
    rendered = render(CASES, folder)
    findings = {mode: _convert(path) for mode, path in rendered.afp.items()}
    made = {mode: Pdf(path.with_suffix(".ours.pdf")) for mode, path in rendered.afp.items()}
    reference = Pdf(rendered.pdf)
    yield Pairs(reference, made, findings)
    for pdf in (reference, *made.values()):
        pdf.close()


def _convert(afp: Path) -> list[Finding]:
    with afp.open("rb") as source, afp.with_suffix(".ours.pdf").open("wb") as sink:
        return convert(source, sink, Options(raise_faults=True)).findings


@pytest.mark.parametrize("mode", MODES)
def test_one_page_a_case(pairs: Pairs, mode: str) -> None:
    assert len(pairs.reference) == len(pairs.made[mode]) == len(CASES)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_skipped(pairs: Pairs, mode: str) -> None:
    assert [f.message for f in pairs.findings[mode] if f.severity in ("skipped", "error")] == []


@pytest.mark.parametrize(
    ("number", "mode"),
    [pytest.param(n, mode, id=f"{case.name}-{mode}") for n, case in enumerate(CASES) for mode in case.modes],
)
def test_page(pairs: Pairs, number: int, mode: str) -> None:
    found = scores(pairs.reference, pairs.made[mode], number)
    lowest = LOWEST | CASES[number].lowest
    low = {name: f"{value:.3f} < {lowest[name]}" for name, value in found.items() if value < lowest[name]}
    assert low == {}, f"page {number + 1} of the {mode} document: {found}"
