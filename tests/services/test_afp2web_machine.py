"""How many workers a machine or container can have."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from afpcluster.afp2web import machine

GIB = 1024**3
PROCESSORS = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("membership", "files", "expected"),
    [
        ("", {}, PROCESSORS),
        ("0::/\n", {"cpu.max": "max 100000", "memory.max": "max"}, PROCESSORS),
        ("0::/\n", {"cpu.max": "50000 100000"}, 1),
        ("0::/a/b\n", {"a/cpu.max": "100000 100000", "a/b/cpu.max": "max 100000"}, 1),
        ("0::/a\n", {"a/cpu.max": "6400000 100000"}, PROCESSORS),
        ("0::/a\n", {"a/memory.max": str(GIB)}, 1),
        ("0::/a\n", {"a/memory.max": "1"}, 1),
        ("0::/a\n", {"a/memory.max": str(1024 * GIB)}, PROCESSORS),
        (
            "1:cpu,cpuacct:/a\n0::/\n",
            {"cpu/a/cpu.cfs_quota_us": "70000", "cpu/a/cpu.cfs_period_us": "100000"},
            1,
        ),
        ("1:cpu:/a\n", {"cpu/a/cpu.cfs_quota_us": "-1", "cpu/a/cpu.cfs_period_us": "100000"}, PROCESSORS),
        ("4:memory:/a\n", {"memory/memory.limit_in_bytes": str(GIB)}, 1),
    ],
)
def test_workers(tmp_path: Path, membership: str, files: dict[str, str], expected: int) -> None:
    for name, text in files.items():
        file = tmp_path / "groups" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")
    (tmp_path / "membership").write_text(membership)
    assert machine.workers(tmp_path / "groups", tmp_path / "membership") == expected
