"""Which files of the hosts are not as the topology wants them, and how they differ."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from afpcluster.cluster.site.site import Site


@dataclass(frozen=True, slots=True)
class Drift:
    """`there` is None when the file is missing."""

    host: str
    path: str
    there: str | None
    wanted: str

    def diff(self) -> str:
        """Unified: from what is there to what is wanted."""
        name = f"{self.host}:{self.path}"
        lines = difflib.unified_diff(
            (self.there or "").splitlines(), self.wanted.splitlines(), name, f"{name} (topology)", lineterm=""
        )
        return "\n".join(lines)


def drifts(site: Site) -> tuple[Drift, ...]:
    """Edited by hand, or the topology was changed and not rolled out."""
    found = []
    for host, files in site.rendered().items():
        for path, wanted in files.items():
            try:
                there = site.read(host, path).decode("utf-8", errors="replace")
            except FileNotFoundError:
                there = None
            if there != wanted:
                found.append(Drift(host, path, there, wanted))
    return tuple(found)
