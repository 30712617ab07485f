"""A full disk: every output says so and leaves nothing behind, wherever the room ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def run(*arguments: str, stdout: Any = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
    """The command, with what it writes to standard error."""
    return subprocess.run(
        [sys.executable, "-m", "afpcluster", *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="latin-1",
        timeout=120,
        check=False,
    )


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


OTHERS = {
    "sample": ("sample", "DISK/out.afp"),
    "resources": ("inspect", "SAMPLE", "--extract", "DISK/resources"),
    "resources beside others": ("inspect", "SAMPLE", "--extract", "DISK"),
}


@pytest.mark.parametrize("arguments", OTHERS.values(), ids=OTHERS)
def test_other_commands_leave_nothing(disk: Path, sample: Path, arguments: tuple[str, ...]) -> None:
    named = [part.replace("DISK", str(disk)).replace("SAMPLE", str(sample)) for part in arguments]
    done = run(*named)
    assert "No space left on device. Check its name, that there is room" in done.stderr
    assert str(disk) in done.stderr
    assert [path for path in disk.rglob("*") if path.is_file()] == []


def test_a_table_without_room_keeps_the_older_one(disk: Path, sample: Path) -> None:
    table = disk / "report.csv"
    table.write_text("older")
    (disk / "full").write_bytes(bytes(SMALL - 4096))  # a page of the disk is taken by the table
    done = run("check", str(sample), "--csv", str(table))
    assert (done.returncode, table.read_text()) == (1, "older")
    assert f"{table}: No space left on device. Check its name, that there is room" in done.stderr
    assert sorted(path.name for path in disk.iterdir()) == ["full", "report.csv"]


@pytest.mark.parametrize(
    "arguments", [("inspect", "SAMPLE"), ("inspect", "SAMPLE", "--text"), ("check", "SAMPLE")]
)
def test_standard_output_without_room(sample: Path, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(*[part.replace("SAMPLE", str(sample)) for part in arguments], stdout=full)
    assert done.returncode == 1
    assert done.stderr.startswith("afpcluster: standard output: No space left on device. ")


def test_who_has_read_enough_is_told_nothing(sample: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = run("inspect", str(sample), stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_a_sample_goes_into_a_pipe() -> None:
    done = run("sample", "/dev/stdout", "--statements", "1", stdout=subprocess.PIPE)
    assert done.returncode == 0
    assert done.stdout.encode("latin-1").startswith(b"\x5a")
    assert "1 statements" in done.stderr
