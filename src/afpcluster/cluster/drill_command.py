"""What `afpcluster drill` does; apart from the other commands because of what it has to import."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import mkdtemp

from afpcluster.cluster import demo
from afpcluster.cluster.commands import console, told
from afpcluster.cluster.drill import convert_locally, run_drill
from afpcluster.cluster.drill_report import Run, figures, judged, page
from afpcluster.cluster.drills import DRILLS
from afpcluster.cluster.exits import Exit
from afpcluster.cluster.history import read
from afpcluster.cluster.site.choose import site_of
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology_file import load

_STATEMENTS = (3, 20, 60)  # of the documents, if none is given: 140 KB, 410 KB, 1.2 MB


def run_drills(
    drills: list[str],
    documents: list[Path],
    history: Path | None,
    topology_file: Path | None,
    repeat: int,
    report: Path | None,
) -> None:
    """One after the other, each `repeat` times; exit code 1 when a promise was broken."""
    with told():
        unknown = [name for name in drills if name not in DRILLS]
        if unknown or not drills:
            known = "\n".join(f"  {name:24}{drill.title}" for name, drill in DRILLS.items())
            said = f"{f'no drill {unknown[0]!r}; t' if unknown else 'T'}here are\n{known}"
            print(f"afpcluster: {said}", file=sys.stderr)
            sys.exit(Exit.USAGE)
        terminal = console()
        site = site_of(load(topology_file))
        folder = history or _histories(site)
        folder.mkdir(parents=True, exist_ok=True)
        bodies = [file.read_bytes() for file in documents] or [demo.sample(n) for n in _STATEMENTS]
        converted = [convert_locally(body) for body in bodies]
        runs: list[Run] = []
        for name in drills:
            sizes = ", ".join(str(len(body)) for body in bodies)
            title = DRILLS[name].title
            terminal.print(f"{name}: {title}, while documents of {sizes} bytes are converted", style="bold")
            for number in range(1, repeat + 1):
                saved = folder / f"drill-{name}-{number}.jsonl"
                verdict = run_drill(site, name, converted, saved)
                runs.append(judged(read(saved)))
                terminal.print(f"  {verdict}", highlight=False)
                for line in verdict.broken:
                    terminal.print(f"  ✗ {line}", style="red")
                if not verdict.broken:
                    terminal.print("  ✓ promise kept", style="green")
                if number < repeat:
                    time.sleep(0.5)
            if repeat > 1:
                terminal.print(f"  {figures([run for run in runs if run.drill == name])}", highlight=False)
        terminal.print(f"histories: {folder}", highlight=False)
        if report is not None:
            report.write_text(page(site.topology.name, runs), encoding="utf-8")
            terminal.print(f"report: {report}", highlight=False)
        if any(run.verdict.broken for run in runs):
            sys.exit(Exit.ERROR)


def _histories(site: Site) -> Path:
    """Beside the lab's other files; else a new folder of its own, which is said at the end."""
    return (
        site.layout.run / "drills"
        if isinstance(site, LabSite)
        else Path(mkdtemp(prefix="afpcluster-drills-"))
    )
