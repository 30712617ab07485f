"""Waiting for a cluster to become as it should be, with a limit."""

from __future__ import annotations

import time
from collections.abc import Callable

from afpcluster.cluster.exits import UnfinishedError

PAUSE = 0.1  # seconds between two looks


def until(true: Callable[[], bool], seconds: float, otherwise: Callable[[], str]) -> None:
    """Look until it is true. Raises `UnfinishedError` with the text of `otherwise` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise UnfinishedError(otherwise())
        time.sleep(PAUSE)
