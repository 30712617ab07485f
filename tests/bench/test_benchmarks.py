"""The benchmark runs, says what it measured, and fails when a claim does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.claims import Claim


@pytest.mark.parametrize(
    ("value", "limit", "at_least", "passed"),
    [(9.9, 10.0, False, True), (10.1, 10.0, False, False), (1.7, 1.7, True, True), (1.6, 1.7, True, False)],
)
def test_claims_are_judged(value: float, limit: float, at_least: bool, passed: bool) -> None:
    assert Claim("a", "s", value, "x", limit, at_least).passed is passed


def test_a_figure_without_a_limit_is_only_told() -> None:
    assert Claim("a", "s", 3.0, "ms").passed is None


def test_quick_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["start", "speed", "memory", "--quick", "--json", str(tmp_path / "bench.json")])
    saved = json.loads((tmp_path / "bench.json").read_text())["claims"]
    subjects = [row["subject"] for row in saved]
    assert "20 statements: times the floor" in subjects
    assert "last above first" in subjects
    assert "a page of text" in subjects
    assert all(row["value"] == row["value"] for row in saved)
    assert code == int(any(row["passed"] is False for row in saved))
    assert "ms/page" in capsys.readouterr().out


def test_memory_of_one_output(tmp_path: Path) -> None:
    saved = tmp_path / "bench.json"
    main(["outputs-memory", "--pages", "120", "--output", "split by group", "--json", str(saved)])
    (row,) = json.loads(saved.read_text())["claims"]
    assert (row["subject"], row["limit"]) == ("split by group", 60.0)
    assert row["passed"] is True
