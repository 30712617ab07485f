"""The exit codes of every command for a cluster, and the failures that have their own (docs/cluster.md)."""

from __future__ import annotations

from enum import IntEnum

from afpcluster.cluster.topology import SiteError


class Exit(IntEnum):
    """What a command found or did."""

    DONE = 0  # healthy, or done
    ERROR = 1  # failed; the text says why
    USAGE = 2  # wrong arguments, or a topology that cannot be used
    DEGRADED = 3  # clients are served, but something is missing
    DOWN = 4  # clients are not served
    REFUSED = 5  # not done, because it would do harm
    UNFINISHED = 6  # begun, but not finished in time


class RefusedError(SiteError):
    """Doing this now would do harm; nothing was changed."""


class UnfinishedError(SiteError):
    """It was begun and did not finish in time; the text says how things stand."""
