"""`serve-node`: both services as one, ended in order, and never half alive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import afpcluster
from afpcluster.cluster.demo import sample
from kept_ports import kept_ports

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture
def node() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process and the URL of its wrapper-service, when it is well."""
    with kept_ports(2) as (port, other):
        yield from running(port, other)


def running(port: int, other: int) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A node whose services listen at these ports."""
    command = [sys.executable, "-m", "afpcluster", "serve-node", "--listen", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "--afp2web", f"127.0.0.1:{other}"],
        env={**os.environ, "PYTHONPATH": str(Path(afpcluster.__file__).parent.parent)},
    )
    url = f"http://127.0.0.1:{port}/wrapperservice"
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with _OPENER.open(f"{url}/heartbeat", timeout=5):
                    break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        yield process, url
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def services(process: subprocess.Popen[bytes]) -> dict[str, int]:
    """The PIDs of both, by their command."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in children}
    return {next(word for word in words if word.startswith("serve-")): pid for pid, words in lines.items()}


def test_converts_and_ends_in_order(node: tuple[subprocess.Popen[bytes], str]) -> None:
    process, url = node
    headers = {"Content-Type": "application/vnd.ibm.modcap"}
    request = urllib.request.Request(f"{url}/convert", sample(), headers)
    with _OPENER.open(request, timeout=60) as response:
        assert response.read().startswith(b"%PDF-")
    pids = services(process)
    process.terminate()
    assert process.wait(60) == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())


@pytest.mark.parametrize("victim", ["serve-afp2web", "serve-wrapper"])
def test_ends_when_either_ends(node: tuple[subprocess.Popen[bytes], str], victim: str) -> None:
    process, _ = node
    pids = services(process)
    assert set(pids) == {"serve-afp2web", "serve-wrapper"}
    os.kill(pids[victim], signal.SIGKILL)
    assert process.wait(60) == 1
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())
