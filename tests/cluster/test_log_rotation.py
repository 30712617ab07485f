"""A log is shortened under the process that writes it, and no line that is written meanwhile is lost."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from afpcluster.cluster.supervise import keep_end

_LIMIT = 1_500_000
_LINES = 300_000
_WRITER = f"""
import os
for number in range({_LINES}):
    os.write(1, b"%08d\\n" % number)
"""


@pytest.mark.parametrize("folder", ["disk", "memory"])
def test_nothing_written_meanwhile_is_lost(tmp_path: Path, folder: str) -> None:
    log = tmp_path / "log" if folder == "disk" else Path(f"/dev/shm/{tmp_path.name}.log")
    dropped = 0
    try:
        with log.open("ab") as sink:
            writer = subprocess.Popen([sys.executable, "-c", _WRITER], stdout=sink)
        while writer.poll() is None:
            if log.exists() and log.stat().st_blocks * 512 > _LIMIT:
                keep_end(log, _LIMIT // 4)
                dropped += 1
            time.sleep(0.001)
        assert writer.returncode == 0
        assert dropped > 0
        lines = log.read_bytes().lstrip(b"\0").splitlines()[1:]  # the first may be cut
    finally:
        log.unlink(missing_ok=True)
    numbers = [int(line) for line in lines]
    assert numbers == list(range(_LINES - len(numbers), _LINES))
    assert 0 < len(numbers) < _LINES
