"""The watcher and the check script: what they take for healthy, against real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from afpcluster.cluster.layout import HAPROXY_PID
from afpcluster.cluster.render import CHK_HAPROXY, render
from afpcluster.cluster.topology_file import load
from afpcluster.cluster.watcher import Health

# events in order (s started, d died, g good answer, b bad answer), healthy after each of them
SEQUENCES = [
    ("", ""),
    ("s", "-"),  # alive, but it has not answered yet
    ("sg", "-+"),
    ("sgb", "-++"),  # one miss is allowed
    ("sgbb", "-++-"),
    ("sgbgb", "-++++"),  # misses count in a row
    ("sgbbg", "-++-+"),
    ("sgd", "-+-"),
    ("sgds", "-+--"),  # a new process has to answer first
    ("sgdsg", "-+--+"),
    ("sbbg", "---+"),
]


@pytest.mark.parametrize(("events", "expected"), SEQUENCES)
def test_health(events: str, expected: str) -> None:
    health = Health(allowed_misses=2)
    seen = ""
    for event in events:
        match event:
            case "s":
                health.started()
            case "d":
                health.died()
            case _:
                health.answer(event == "g")
        seen += "+" if health.healthy else "-"
    assert seen == expected


class Proxy:
    """A real HAProxy that answers /healthz, and a watcher that watches it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as spare:
            spare.bind(("127.0.0.1", 0))
            self.port = spare.getsockname()[1]
        self.config = folder / "haproxy.cfg"
        self.config.write_text(
            "defaults\n mode http\n timeout client 5s\n"
            f"frontend only\n bind 127.0.0.1:{self.port}\n monitor-uri /healthz\n"
        )
        self.pid_file, self.track_file = folder / "haproxy.pid", folder / "health"
        self.started: list[subprocess.Popen[bytes]] = []
        command = [sys.executable, "-m", "afpcluster", "watch-haproxy", "--port", str(self.port)]
        files = ["--pid-file", str(self.pid_file), "--track-file", str(self.track_file)]
        self.watcher = subprocess.Popen([*command, *files])

    def start(self) -> None:
        self.started.append(subprocess.Popen(["haproxy", "-db", "-f", self.config]))
        self.pid_file.write_text(f"{self.started[-1].pid}\n")

    def send(self, number: signal.Signals) -> None:
        self.started[-1].send_signal(number)

    def says(self, expected: str, within: float) -> bool:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if self.track_file.exists() and self.track_file.read_text().strip() == expected:
                return True
            time.sleep(0.005)
        return False


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    made = Proxy(tmp_path)
    yield made
    for process in (*made.started, made.watcher):
        process.kill()
        process.wait()


def test_watcher(proxy: Proxy) -> None:
    assert proxy.says("1", within=5)  # no PID file yet
    proxy.start()
    assert proxy.says("0", within=2)
    proxy.send(signal.SIGSTOP)
    assert proxy.says("1", within=1)
    proxy.send(signal.SIGCONT)
    assert proxy.says("0", within=1)
    proxy.send(signal.SIGKILL)  # not waited for: it stays a zombie
    assert proxy.says("1", within=1)
    proxy.start()
    assert proxy.says("0", within=2)


def run_check(folder: Path, pid_file_text: str | None) -> int:
    """The exit code of chk_haproxy.sh with this text in the PID file."""
    pid_file = folder / "haproxy.pid"
    text = render(load(), "p")["a2wprxy-01"][CHK_HAPROXY]
    assert HAPROXY_PID in text
    script = folder / "chk_haproxy.sh"
    script.write_text(text.replace(HAPROXY_PID, str(pid_file)))
    if pid_file_text is not None:
        pid_file.write_text(pid_file_text)
    return subprocess.run(["sh", script], stderr=subprocess.DEVNULL, check=False).returncode


BAD_PID_FILES = [None, "", "\n", "abc\n", "-1\n", "0\n", "1 2\n", "999999999\n", f"{os.getpid()}\n", "1\n"]


@pytest.mark.parametrize("text", BAD_PID_FILES)
def test_check_script_refuses(tmp_path: Path, text: str | None) -> None:
    assert run_check(tmp_path, text) == 1


def test_check_script_tells_the_living_from_zombies(tmp_path: Path) -> None:
    program = tmp_path / "haproxy"  # the name is what counts: any program will do
    program.symlink_to("/bin/sleep")
    process = subprocess.Popen([program, "60"])
    try:
        deadline = time.monotonic() + 2
        while run_check(tmp_path, f"{process.pid}\n") and time.monotonic() < deadline:
            time.sleep(0.01)  # between fork and exec it has Python's name
        assert run_check(tmp_path, f"{process.pid}\n") == 0
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, but not buried
        os.kill(process.pid, 0)  # for `kill -0` it is still there
        assert run_check(tmp_path, f"{process.pid}\n") == 1
    finally:
        process.kill()
        process.wait()
