"""A full disk: every output says so and leaves nothing behind, wherever the room ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from afpcluster.sample import write_sample

ROOT = Path(__file__).resolve().parents[2]
SMALL = 16 << 10  # bytes of the disk: less than any of the outputs


@pytest.fixture
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "in.afp"
    with path.open("wb") as sink:
        write_sample(sink, statements=60)
    return path


OUTPUTS = {
    "pdf": ("out.pdf",),
    "pdf-a": ("out.pdf", "--pdf-a", "3u"),
    "tagged": ("out.pdf", "--tagged"),
    "finished": ("out.pdf", "--linearize"),
    "text": ("out.txt",),
    "words": ("out.json",),
    "index": ("out.jsonl",),
    "table": ("out.csv",),
    "document index": ("out.ind", "--format", "ind"),
    "AFP": ("out.afp",),
    "split": ("parts", "--split", "group"),
    "split into a ZIP": ("parts.zip", "--split", "group"),
    "pictures": ("out.png", "--pages", "1-3"),
    "a TIFF": ("out.tif", "--pages", "1-3"),
}


@pytest.mark.parametrize("scratch", ["elsewhere", "there, too"])
@pytest.mark.parametrize("arguments", OUTPUTS.values(), ids=OUTPUTS)
def test_full(disk: Path, sample: Path, tmp_path: Path, arguments: tuple[str, ...], scratch: str) -> None:
    name, *options = arguments
    command = [sys.executable, "-m", "afpcluster", "convert", str(sample), "-o", str(disk / name), *options]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "TMPDIR": str(tmp_path if scratch == "elsewhere" else disk),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1, done.stderr
    assert "No space left on device" in done.stderr
    assert "Check that there is room" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(disk.iterdir()) == []
    assert list(tmp_path.iterdir()) == []
