"""A service that has held a body has memory for the next one."""

from __future__ import annotations

import subprocess
import sys

import pytest

_BODIES = """
import resource
from afpcluster.web.heap import keep_heap
if {kept}:
    keep_heap()
def body():
    buffer = bytearray()
    for _ in range(10):
        buffer += bytes(64 * 1024)
    return bytes(buffer)
for _ in range(3):
    body()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    body()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def _faults(*, kept: bool) -> int:
    """Pages that the kernel has to give for 20 bodies of 640 KB."""
    run = subprocess.run(
        [sys.executable, "-c", _BODIES.format(kept=kept)], stdout=subprocess.PIPE, check=True, text=True
    )
    return int(run.stdout)


def test_bodies_do_not_fetch_their_pages_anew() -> None:
    if _faults(kept=False) < 1000:
        pytest.skip("another C library, or one that is told otherwise")
    assert _faults(kept=True) < 100
