"""A log is shortened under the process that writes it, and no line that is written meanwhile is lost."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

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


@pytest.mark.parametrize("folder", ["disk", "memory"])
def test_nothing_written_meanwhile_is_lost(tmp_path: Path, folder: str) -> None:
    log = tmp_path / "log" if folder == "disk" else Path(f"/dev/shm/{tmp_path.name}.log")
    dropped = 0
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
    try:
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
    finally:
        log.unlink(missing_ok=True)
    numbers = [int(line) for line in lines]
    assert numbers == list(range(written - len(numbers), written))
    assert 0 < len(numbers) < written
