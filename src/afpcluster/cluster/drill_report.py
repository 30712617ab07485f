"""Saved histories -> one HTML page: the figures of each drill, and the timeline of each run. Pure.

Rules: the page stands alone (no script, nothing from elsewhere), and shows what `history.check` says.
"""

from __future__ import annotations

import html
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from afpcluster.cluster.history import Event, Verdict, check

_WIDTH, _LANE, _LEFT = 1000, 14, 110  # px
_STYLE = """
body { font: 14px/1.4 sans-serif; margin: 2em; color: #222 } table { border-collapse: collapse }
td, th { border: 1px solid #ccc; padding: .2em .6em; text-align: left } .bad { color: #b00020 }
.good { color: #1b5e20 } svg { background: #fafafa; border: 1px solid #ddd } summary { cursor: pointer }
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a drill, as its history was saved."""

    drill: str
    events: Sequence[Event]
    verdict: Verdict


def judged(events: Sequence[Event]) -> Run:
    """Raises `ValueError` for a history that was cut off."""
    (start,) = (row for row in events if row["kind"] == "start")
    return Run(str(start["drill"]), events, check(events))


def page(name: str, runs: Sequence[Run]) -> str:
    """The whole page."""
    drills = list(dict.fromkeys(run.drill for run in runs))
    parts = [f"<h1>Drills: {html.escape(name)}</h1>", _summary(drills, runs)]
    for drill in drills:
        mine = [run for run in runs if run.drill == drill]
        parts.append(f"<h2>{html.escape(drill)}</h2>")
        parts += [_run(number, run) for number, run in enumerate(mine, 1)]
    head = f'<meta charset="utf-8"><title>Drills: {html.escape(name)}</title><style>{_STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'


def figures(runs: Sequence[Run]) -> str:
    """Of several runs of one drill: for a terminal."""
    verdicts = [run.verdict for run in runs]
    kept = sum(not verdict.broken for verdict in verdicts)
    return (
        f"{kept} of {len(runs)} kept; outage smallest / median / largest "
        f"{_spread(v.outage for v in verdicts)} ms; slowest document "
        f"{_spread(v.slowest for v in verdicts)} ms; failed pings "
        f"{sum(v.pings_failed for v in verdicts)} of {sum(v.pings for v in verdicts)}, failed attempts "
        f"{sum(v.attempts_failed for v in verdicts)} for {sum(v.documents for v in verdicts)} documents"
    )


def _spread(seconds: Iterable[float]) -> str:
    values = sorted(1000 * value for value in seconds)
    return f"{values[0]:.0f} / {statistics.median(values):.0f} / {values[-1]:.0f}"


def _summary(drills: Sequence[str], runs: Sequence[Run]) -> str:
    rows = []
    for drill in drills:
        mine = [run for run in runs if run.drill == drill]
        good = all(not run.verdict.broken for run in mine)
        kind = "good" if good else "bad"
        cells = f'<td>{html.escape(drill)}</td><td class="{kind}">{html.escape(figures(mine))}</td>'
        rows.append(f"<tr>{cells}</tr>")
    return f"<table><tr><th>Drill</th><th>Figures</th></tr>{''.join(rows)}</table>"


def _run(number: int, run: Run) -> str:
    broken = "".join(f'<li class="bad">{html.escape(line)}</li>' for line in run.verdict.broken)
    opened = " open" if broken else ""
    said = html.escape(f"Run {number}: {run.verdict}")
    listed = f"<ul>{broken}</ul>" if broken else ""
    return f"<details{opened}><summary>{said}</summary>{listed}{_timeline(run.events)}</details>"


def _timeline(events: Sequence[Event]) -> str:
    """A lane for pings, one for each client, one for who holds the VIP; failures in red."""
    length = max(row["t"] for row in events) or 1.0
    workers = sorted({row["worker"] for row in events if row["kind"] == "document"})
    lanes = ["pings", *(f"client {worker}" for worker in workers), "VIP"]
    height = _LANE * (len(lanes) + 1)

    def x(seconds: float) -> float:
        return round(_LEFT + seconds / length * (_WIDTH - _LEFT - 10), 1)

    def bar(lane: int, began: float, ended: float, good: bool, title: str) -> str:
        width = max(1.0, round(x(ended) - x(began), 1))
        colour = "#66bb6a" if good else "#d50000"
        place = f'x="{x(began)}" y="{lane * _LANE + 2}" width="{width}" height="{_LANE - 4}" fill="{colour}"'
        return f"<rect {place}><title>{html.escape(title)}</title></rect>"

    def word(across: float, down: float, text: str) -> str:
        return f'<text x="{across}" y="{down}" font-size="11">{html.escape(text)}</text>'

    drawn = [word(4, (lane + 1) * _LANE - 3, name) for lane, name in enumerate(lanes)]
    for row in events:
        if row["kind"] == "ping":
            title = f"{row['began']} s {row['error'] or ''}"
            drawn.append(bar(0, row["began"], row["began"], row["ok"], title))
        elif row["kind"] == "document":
            title = f"{row['size']} bytes, attempt {row['attempt']}: {row['error'] or 'arrived'}"
            drawn.append(bar(1 + workers.index(row["worker"]), row["began"], row["t"], row["ok"], title))
        elif row["kind"] == "holders":
            names = " + ".join(row["hosts"]) or "nobody"
            drawn.append(word(x(row["t"]), len(lanes) * _LANE - 3, f"|{names}"))
        elif row["kind"] in ("fault", "healed", "whole"):
            at = x(row["t"])
            drawn.append(f'<line x1="{at}" x2="{at}" y1="0" y2="{height}" stroke="#1a237e"/>')
            drawn.append(word(at + 2, height - 3, str(row.get("what", row["kind"]))))
    return f'<svg width="{_WIDTH}" height="{height}" role="img">{"".join(drawn)}</svg>'
