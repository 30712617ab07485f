"""What `afpcluster drill` does; apart from the other commands because of what it has to import."""

from __future__ import annotations

import sys
from pathlib import Path

from afpcluster.cluster import demo
from afpcluster.cluster.commands import console, told
from afpcluster.cluster.drill import convert_locally, run_drill
from afpcluster.cluster.drills import DRILLS
from afpcluster.cluster.exits import Exit
from afpcluster.cluster.site.choose import site_of
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import SiteError
from afpcluster.cluster.topology_file import load


def run_drills(
    drills: list[str], document: Path | None, history: Path | None, topology_file: Path | None
) -> None:
    """One after the other; exit code 1 when a promise was broken."""
    with told():
        unknown = [name for name in drills if name not in DRILLS]
        if unknown or not drills:
            known = "\n".join(f"  {name:24}{drill.title}" for name, drill in DRILLS.items())
            raise SiteError(f"{f'no drill {unknown[0]!r}; t' if unknown else 'T'}here are\n{known}")
        terminal = console()
        site = site_of(load(topology_file))
        body = document.read_bytes() if document else demo.sample()
        converted = convert_locally(body)
        broken = False
        for name in drills:
            saved = history or _histories(site) / f"drill-{name}.jsonl"
            terminal.print(
                f"[bold]{name}[/]: {DRILLS[name].title}, while {len(body)} bytes of AFP are converted"
            )
            verdict = run_drill(site, name, converted, saved)
            terminal.print(f"  {verdict}", highlight=False)
            terminal.print(
                "\n".join(f"  [red]✗ {line}[/]" for line in verdict.broken) or "  [green]✓ promise kept[/]"
            )
            terminal.print(f"  history: {saved}", highlight=False)
            broken = broken or bool(verdict.broken)
        if broken:
            sys.exit(Exit.ERROR)


def _histories(site: Site) -> Path:
    """Beside the lab's other files; else where we are."""
    return site.layout.run if isinstance(site, LabSite) else Path()
