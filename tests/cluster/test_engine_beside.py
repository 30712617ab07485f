"""A Docker engine and a cluster of namespaces on one machine, which is a network namespace here.

The engine makes its firewall rules, as Docker does by itself: its policy drops what is forwarded, also within
a bridge.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from lab_slot import Slot

import afpcluster
from afpcluster.cluster.command import CommandError, run

_MACHINE = "afpbeside"
_LIBRARY = str(Path(afpcluster.__file__).parent.parent)
_INSIDE = ("nsenter", f"--net=/run/netns/{_MACHINE}")


@pytest.fixture
def machine() -> Iterator[None]:
    """Without a network, but for its loopback."""
    if os.geteuid() != 0:
        pytest.skip("a machine of its own is a network namespace, which only root may make")
    missing = [program for program in ("dockerd", "docker", "iptables") if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; `make test` installs them")
    with contextlib.suppress(CommandError):
        run("ip", "netns", "delete", _MACHINE)  # what a killed run left
    run("ip", "netns", "add", _MACHINE)
    try:
        run(*_INSIDE, "ip", "link", "set", "lo", "up")
        try:
            run(*_INSIDE, "iptables", "-S")
        except CommandError as error:
            pytest.skip(f"iptables does not work on this kernel: {error}")
        yield
    finally:
        run("ip", "netns", "delete", _MACHINE)


@contextlib.contextmanager
def engine() -> Iterator[Path]:
    """Docker's engine as it comes, with a bridge and rules, until it has ended; its folder."""
    with TemporaryDirectory() as short, (Path(short) / "log").open("wb") as log:  # names of sockets are short
        folder = Path(short)
        daemon = subprocess.Popen(
            [
                *(*_INSIDE, "dockerd", "--host", f"unix://{folder}/socket", "--pidfile", f"{folder}/pid"),
                *("--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec"),
            ],
            stdout=log,
            stderr=log,
        )
        try:
            deadline = time.monotonic() + 60
            while not answers(folder):
                said = (folder / "log").read_text(errors="replace")[-2000:]
                assert daemon.poll() is None, said
                assert time.monotonic() < deadline, said
                time.sleep(0.2)
            yield folder
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)
            for path in sorted(mounted_below(folder), key=len, reverse=True):
                run("umount", path)


def answers(folder: Path) -> bool:
    try:
        run("docker", "--host", f"unix://{folder}/socket", "version")
    except CommandError:
        return False
    return True


def mounted_below(folder: Path) -> list[str]:
    rows = Path("/proc/self/mountinfo").read_text().splitlines()
    return [place for row in rows if (place := row.split(" ")[4]).startswith(f"{folder}/")]


def program(*arguments: str) -> str:
    """Our command line on that machine."""
    command = [*_INSIDE, "env", f"PYTHONPATH={_LIBRARY}", sys.executable, "-m", "afpcluster"]
    return run(*command, *arguments, timeout=180)


def rules() -> str:
    return run(*_INSIDE, "iptables", "-S")


def dropped() -> bool:
    return "-P FORWARD DROP" in rules()


@pytest.mark.parametrize("engine_first", [True, False])
def test_they_do_not_disturb_each_other(
    machine: None, slot: Slot, tmp_path: Path, engine_first: bool
) -> None:
    """Whichever was there first: all is well, a document is converted; `down` leaves no rule."""
    topology, out = tmp_path / "topology.yml", tmp_path / "out"
    topology.write_text(slot.spare_text)
    here = ("--topology", str(topology))
    with contextlib.ExitStack() as both:
        if engine_first:
            folder = both.enter_context(engine())
        both.callback(program, "down", *here)
        program("up", *here, "--sample", str(out))
        if not engine_first:
            folder = both.enter_context(engine())
        if not dropped():
            run(
                *_INSIDE, "iptables", "-P", "FORWARD", "DROP"
            )  # as where the machine forwarded nothing before
        assert "all is well" in program("status", *here)
        (out / "sample.pdf").unlink()
        program("up", *here, "--sample", str(out))
        assert (out / "sample.pdf").read_bytes().startswith(b"%PDF-")
        bridge = f"afpt{slot.number + 100}"
        assert bridge in rules()
        program("down", *here)
        assert bridge not in rules()
        assert answers(folder)
