"""Faults struck at the running cluster under load; the verdict comes from the saved history."""

from __future__ import annotations

from pathlib import Path

import pytest

from afpcluster.cluster.drill import Document, run_drill
from afpcluster.cluster.drills import DRILLS
from afpcluster.cluster.site.lab import LabSite


@pytest.mark.parametrize("name", [name for name, drill in DRILLS.items() if not drill.docker])
def test_promise_is_kept(
    cluster: LabSite, document: Document, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = run_drill(cluster, name, [document], tmp_path / "history.jsonl", after=1.0)
    with capsys.disabled():
        print(f"\n{name}: {verdict}")
    assert verdict.broken == ()
    assert verdict.documents >= 5
