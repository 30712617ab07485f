"""A log is shortened under the process that writes it, and no line that is written meanwhile is lost."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from afpcluster.cluster.supervise import keep_end

_LIMIT = 1_500_000
_DROPS = 2
# A line after the other, until it is told to end; then it tells how many there are.
_WRITER = """
import os, select, sys
number = 0
while number % 1000 or not select.select([0], [], [], 0)[0]:
    os.write(1, b"%08d\\n" % number)
    number += 1
print(number, file=sys.stderr)
"""


@pytest.fixture(params=["/var/tmp", "/dev/shm"], ids=["disk", "memory"])
def log(request: pytest.FixtureRequest) -> Iterator[Path]:
    with TemporaryDirectory(dir=request.param) as folder:
        yield Path(folder) / "log"


def test_nothing_written_meanwhile_is_lost(log: Path) -> None:
    dropped = 0
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
    with (
        log.open("ab") as sink,
        subprocess.Popen([sys.executable, "-c", _WRITER], stdout=sink, **pipes) as writer,
    ):
        while dropped < _DROPS:
            assert writer.poll() is None
            if log.stat().st_blocks * 512 > _LIMIT:
                keep_end(log, _LIMIT // 4)
                dropped += 1
            time.sleep(0.001)
        written = int(writer.communicate()[1])
    assert writer.returncode == 0
    lines = log.read_bytes().lstrip(b"\0").splitlines()[1:]  # the first may be cut
    numbers = [int(line) for line in lines]
    assert numbers == list(range(written - len(numbers), written))
    assert 0 < len(numbers) < written
