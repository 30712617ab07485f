"""`serve-node`: both services as one, ended in order, and never half alive."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import afpcluster
from afpcluster.cluster.demo import sample

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def node() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process and the URL of its wrapper-service, when it is well."""
    port = free_port()
    command = [sys.executable, "-m", "afpcluster", "serve-node", "--listen", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        [*command, "--afp2web", f"127.0.0.1:{free_port()}"],
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
