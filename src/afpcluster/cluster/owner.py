"""Whose cluster of namespaces it is: the checkout that started it, by whom and when.

Rules: `down` of another checkout does not remove it unasked.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import afpcluster
from afpcluster.cluster.layout import Layout
from afpcluster.cluster.marks import new_mark


@dataclass(frozen=True, slots=True)
class Owner:
    """`program` is the folder of the package that started the cluster; `time` as ISO 8601."""

    program: str
    who: str
    time: str

    def __str__(self) -> str:
        return f"{self.who} started it with {self.program} at {self.time}"

    @property
    def is_us(self) -> bool:
        return self.program == _here()


def claim(layout: Layout) -> None:
    """From now on it is ours."""
    mark = new_mark("")
    layout.owner_file.write_text(json.dumps(asdict(Owner(_here(), mark.who, mark.time))), encoding="utf-8")


def owner(layout: Layout) -> Owner | None:
    """None where nothing is written down, or in a form that we do not know."""
    try:
        return Owner(**json.loads(layout.owner_file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _here() -> str:
    return str(Path(afpcluster.__file__).parent)
