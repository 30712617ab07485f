"""A cluster of the tests' own on this machine: other names, addresses and folders than the user's."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_slot import PREFIX, RUNS, Slot, topology_text

from afpcluster.cluster import bringup
from afpcluster.cluster.demo import sample
from afpcluster.cluster.drill import Document, convert_locally
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.topology_file import parse

_PROGRAMS = ("haproxy", "keepalived", "ip", "setpriv")


@pytest.fixture(scope="session")
def slot() -> Iterator[Slot]:
    """Held by a lock, so that what a killed test run left behind is known and removed first."""
    if os.geteuid() != 0:
        pytest.skip("a cluster needs network namespaces, which only root may make")
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; `make test` installs them")
    for number in range(80, 90):
        with (RUNS / f"{PREFIX}{number}.lock").open("w") as lock, contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            bringup.down(parse(topology_text(number)), print)
            yield Slot(number)
            Path(lock.name).unlink()
            return
    pytest.fail("ten test runs with a cluster at the same time are too many for this machine")


@pytest.fixture(scope="session")
def cluster(slot: Slot) -> Iterator[LabSite]:
    """Healthy at the beginning; each test leaves it healthy."""
    text = slot.topology_text
    topology = parse(text)
    made = bringup.up(topology, text, print, lambda _: None)
    yield made
    bringup.down(topology, print)


@pytest.fixture(scope="session")
def document() -> Document:
    """Our sample and what it becomes without any server."""
    return convert_locally(sample())
