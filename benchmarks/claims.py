"""What a measurement says and what it must reach."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of the report. `limit` is the most (or, with `at_least`, the least) that passes; None: only
    told. `detail` says how it came about."""

    area: str
    subject: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    detail: str = ""

    @property
    def passed(self) -> bool | None:
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def verdict(self) -> str:
        return {None: "", True: "pass", False: "FAIL"}[self.passed]

    @property
    def bound(self) -> str:
        if self.limit is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {_shown(self.limit)}"


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def save(claims: Sequence[Claim], path: Path) -> None:
    """All claims as JSON, with the machine they were measured on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(claim), "passed": claim.passed} for claim in claims]
    machine = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
    path.write_text(json.dumps({"machine": machine, "claims": rows}, indent=2, ensure_ascii=False) + "\n")


def show(claims: Sequence[Claim]) -> None:
    """The report on standard output."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("area", "what", "value", "unit", "must be", "", "how"):
        table.add_column(heading, justify="right" if heading in ("value", "must be") else "left")
    for claim in claims:
        style = {None: None, True: "green", False: "bold red"}[claim.passed]
        table.add_row(
            claim.area,
            claim.subject,
            _shown(claim.value),
            claim.unit,
            claim.bound,
            claim.verdict,
            claim.detail,
            style=style,
        )
    Console(width=None if Console().is_terminal else 160).print(table)
    cores, load = os.cpu_count() or 1, os.getloadavg()[0]
    if load > cores + 1:
        print(f"Load average {load:.1f} on {cores} cores: other work took part of them, times are too long.")
