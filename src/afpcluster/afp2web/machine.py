"""What this machine, or the container this process is in, has to give: processors and memory.

Rules: the smallest limit from the process's own control group up to the root counts (cgroup v2:
`cpu.max`, `memory.max`; v1: `cpu.cfs_quota_us`, `memory.limit_in_bytes`).
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_MEMBERSHIP = Path("/proc/self/cgroup")
_MIB = 1024 * 1024
SERVER_BYTES = 256 * _MIB
"""What the serving process may need."""
WORKER_BYTES = 512 * _MIB
"""What a worker is planned with; its limit is higher, since few documents need it at the same time."""


def workers(root: Path = _ROOT, membership: Path = _MEMBERSHIP) -> int:
    """How many conversions at a time make sense here."""
    groups = list(_groups(root, membership))
    processors = min([len(os.sched_getaffinity(0)), *(math.ceil(quota) for quota in _quotas(groups))])
    memory = min(_limits(groups), default=math.inf)
    by_memory = (memory - SERVER_BYTES) / WORKER_BYTES
    return max(1, int(min(processors, by_memory)))


def _groups(root: Path, membership: Path) -> Iterator[Path]:
    """The folders of this process's control groups and of all above them."""
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        mounts = [root] if not controllers else [root / controllers, root / controllers.split(",")[0]]
        for mount in mounts:
            own = mount / path.lstrip("/")
            yield from (own, *(parent for parent in own.parents if parent.is_relative_to(mount)))


def _quotas(groups: list[Path]) -> Iterator[float]:
    """Processors that a group may use."""
    for group in groups:
        quota, period = ([*_words(group / "cpu.max"), "max", "100000"])[:2]
        if quota == "max":
            quota = next(iter(_words(group / "cpu.cfs_quota_us")), "-1")
            period = next(iter(_words(group / "cpu.cfs_period_us")), "100000")
        if quota.isdigit() and int(quota) > 0:
            yield int(quota) / int(period)


def _limits(groups: list[Path]) -> Iterator[int]:
    """Bytes of memory that a group may use."""
    for group in groups:
        for name in ("memory.max", "memory.limit_in_bytes"):
            for word in _words(group / name):
                if word.isdigit():
                    yield int(word)


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []
