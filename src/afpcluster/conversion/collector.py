"""The garbage collector in processes of our own: the command, its conversion processes, afp2web's workers."""

from __future__ import annotations

import gc

_GROWTH = 10_000
"""Objects more than before, until cycles are looked for: more than most pages hold at a time."""


def collect_rarely() -> None:
    """Let the collector look for cycles seldom: what a page leaves is free without it (counted references),
    and looking costs a fifteenth of the time. What is there already is there to stay. Not for the process of
    somebody who calls `convert`."""
    gc.freeze()
    gc.set_threshold(_GROWTH, 5, 5)  # in the old ones not more seldom than by default: they hold documents
