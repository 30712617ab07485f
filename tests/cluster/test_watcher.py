"""The watcher and the check script: what they take for healthy, against real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from afpcluster.cluster.haproxy_process import HaproxyProcess
from afpcluster.cluster.layout import HAPROXY_PID, WATCHER_BEAT
from afpcluster.cluster.render import CHK_HAPROXY, render
from afpcluster.cluster.topology_file import load
from afpcluster.cluster.watcher import Health
from kept_ports import kept_ports
from proc_net import is_read

# events in order (s started, d died, r reloaded, looks: g good, n without servers, b no answer, w no answer
# from one that works; capitals: the other proxy does well), fault (-) or not after each of them
SEQUENCES = [
    ("", ""),
    ("s", "-"),  # alive, but it has not answered yet
    ("sbBB", "----"),
    ("sg", "-+"),
    ("sG", "-+"),
    ("sGB", "-++"),  # one miss is allowed
    ("sGBB", "-++-"),
    ("sgbbbb", "-+++++"),  # the other proxy does no better
    ("sGBbB", "-++++"),  # it did, for a moment
    ("sGBBb", "-++-+"),  # it does no more: better slow than nobody
    ("sGBGB", "-++++"),  # misses count in a row
    ("sGBBg", "-++-+"),
    ("sgnn", "-+++"),
    ("sGNN", "-++-"),  # the other one has servers
    ("sGNNn", "-++-+"),
    ("sGNB", "-++-"),
    ("sG" + 11 * "W", "-+" + 9 * "+" + "--"),  # slow, for a while
    ("sGWWB", "-+++-"),  # then it hangs
    ("sGBWWG", "-+++++"),
    ("sGNW", "-+++"),
    ("sGWN", "-++-"),
    ("sGNNG", "-++-+"),
    ("sGd", "-+-"),
    ("sGds", "-+--"),  # a new process has to answer first
    ("sGdsg", "-+--+"),
    ("sGrBBBG", "-++++++"),  # a new worker may be late
    ("sGrGBB", "-+++++"),  # the old one answers until then
    ("sGrNN", "-+++-"),  # but not without servers
    ("sGBrBB", "-+++++"),
    ("sGr" + 22 * "B", "-+" + 22 * "+" + "-"),
    ("sGr" + 20 * "G" + "BB", "-+" + 22 * "+" + "-"),
    ("sGrBd", "-+++-"),
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
            case "r":
                health.reloaded()
            case _:
                own = {"g": 200, "n": 503}.get(event.lower())
                health.looked(own, 200 if event.isupper() else 503, busy=event in "wW")
        seen += "-" if health.fault else "+"
    assert seen == expected


OTHER = "127.0.0.2"
HEALTH_FRONT_END = """
defaults
    mode http
    timeout client 5s
frontend health
    bind 127.0.0.1:{port}
    http-request return status 200 content-type text/plain string ok
"""


class Proxy:
    """A real HAProxy that answers /healthz, and a watcher that watches it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.config = folder / "haproxy.cfg"
        self.config.write_text(HEALTH_FRONT_END.format(port=self.port, other=OTHER))
        self.pid_file, self.folder = folder / "haproxy.pid", folder
        self.started: list[subprocess.Popen[bytes]] = []
        command = [sys.executable, "-m", "afpcluster", "watch-haproxy", "--port", str(self.port)]
        files = ["--pid-file", str(self.pid_file), "--folder", str(self.folder), "--other", OTHER]
        files += ["--router-id", "79", "--router-id", "80"]
        self.watcher = subprocess.Popen([*command, *files])

    def start_other(self) -> subprocess.Popen[bytes]:
        """A second HAProxy, which answers as the other proxy."""
        config = self.folder / "other.cfg"
        config.write_text(
            HEALTH_FRONT_END.format(port=self.port, other="127.0.0.3").replace("127.0.0.1", OTHER)
        )
        made = subprocess.Popen(["haproxy", "-db", "-f", config])
        self.started.insert(0, made)
        return made

    def start(self, mode: str = "-db") -> None:
        self.started.append(subprocess.Popen(["haproxy", mode, "-f", self.config]))
        self.pid_file.write_text(f"{self.started[-1].pid}\n")

    def send(self, number: signal.Signals) -> None:
        self.started[-1].send_signal(number)

    def says(self, expected: str, within: float, name: str = "haproxy") -> bool:
        deadline, file = time.monotonic() + within, self.folder / name
        while time.monotonic() < deadline:
            if file.exists() and file.read_text().strip() == expected:
                return True
            time.sleep(0.005)
        return False


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Proxy]:
    with kept_ports(1) as (port,):
        made = Proxy(tmp_path, port)
        yield made
        for process in (*made.started, made.watcher):
            process.kill()
            process.wait()


def test_watcher(proxy: Proxy) -> None:
    assert proxy.says("1", within=5)  # no PID file yet
    proxy.start()
    assert proxy.says("0", within=2)
    proxy.send(signal.SIGSTOP)
    assert not proxy.says("1", within=1)  # nobody could do better
    proxy.start_other()
    assert proxy.says("1", within=2)
    assert "the other proxy is well" in (proxy.folder / "why").read_text()
    proxy.send(signal.SIGCONT)
    assert proxy.says("0", within=1)
    proxy.send(signal.SIGKILL)  # not waited for: it stays a zombie
    assert proxy.says("1", within=1)
    proxy.start()
    assert proxy.says("0", within=2)


def test_a_haproxy_that_works_is_not_frozen(tmp_path: Path) -> None:
    """Running or waiting for a processor, sleeping, stopped."""
    program = tmp_path / "haproxy"
    program.symlink_to("/bin/sh")
    busy = subprocess.Popen([program, "-c", "while :; do :; done"])
    idle = subprocess.Popen(["sleep", "60"])
    seen = [HaproxyProcess(process.pid) for process in (busy, idle)]
    try:
        wait_until(lambda: [process.is_busy() for process in seen] == [True, False])
        busy.send_signal(signal.SIGSTOP)
        wait_until(lambda: not seen[0].is_busy())
    finally:
        for process, looked_at in zip((busy, idle), seen, strict=True):
            process.kill()
            process.wait()
            looked_at.close()


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_watcher_writes_down_when_it_looked(proxy: Proxy) -> None:
    assert proxy.says("1", within=5)

    def beat() -> int:
        return int((proxy.folder / "beat").read_text())

    for _ in range(3):  # as the machine's uptime goes on
        now = uptime()
        wait_until(lambda now=now: beat() >= now)  # type: ignore[misc]
        assert beat() <= uptime()


def uptime() -> int:
    """In hundredths of a second."""
    return int(time.clock_gettime(time.CLOCK_BOOTTIME) * 100)


UPTIME = 12_345_678  # of the machine that the script believes to be on, in hundredths of a second


def run_check(folder: Path, pid_file_text: str | None, beat: str | None = None, *arguments: str) -> int:
    """The exit code of chk_haproxy.sh with this text in the PID file and in the watcher's."""
    text = render(load(), "p")["a2wprxy-01"][CHK_HAPROXY]
    pid_file, beat_file, clock = folder / "haproxy.pid", folder / "beat", folder / "uptime"
    for there, instead in ((HAPROXY_PID, pid_file), (WATCHER_BEAT, beat_file), ("/proc/uptime", clock)):
        assert there in text
        text = text.replace(there, str(instead))
    clock.write_text(f"{UPTIME // 100}.{UPTIME % 100:02} 1.00\n")
    script = folder / "chk_haproxy.sh"
    script.write_text(text)
    if pid_file_text is not None:
        pid_file.write_text(pid_file_text)
    if beat is not None:
        beat_file.write_text(beat)
    return subprocess.run(["sh", script, *arguments], stderr=subprocess.DEVNULL, check=False).returncode


BAD_PID_FILES = [None, "", "\n", "abc\n", "-1\n", "0\n", "1 2\n", "999999999\n", f"{os.getpid()}\n", "1\n"]


@pytest.mark.parametrize("text", BAD_PID_FILES)
def test_check_script_refuses(tmp_path: Path, text: str | None) -> None:
    assert run_check(tmp_path, text) == 1


# (age of the watcher's last look in 1/100 s, exit code without HAProxy, exit code for the watcher itself)
BEATS = [(-50, 0, 0), (100, 1, 0), (250, 1, 0), (350, 1, 1), (100_000, 1, 1), (-5000, 1, 1)]


def test_a_wish_to_leave_does_not_depend_on_the_clock(proxy: Proxy) -> None:
    """It is forgotten when it is old, and when the clock has been set back since it was written. It is for
    one VIP."""
    proxy.start()
    proxy.start_other()
    assert proxy.says("0", within=5)
    new, wish = proxy.folder / "new", proxy.folder / "leave-79"
    for seconds in (3600, -3600):
        new.write_text("")
        os.utime(new, (time.time() + seconds,) * 2)
        new.replace(wish)
        assert not proxy.says("1", within=1, name="leaving-79")
    os.utime(wish)
    assert proxy.says("1", within=2, name="leaving-79")
    assert (proxy.folder / "leaving-80").read_text() == "0\n"
    assert (proxy.folder / "haproxy").read_text() == "0\n", "HAProxy itself is well"


@pytest.mark.parametrize(("age", "check", "watcher"), BEATS)
def test_check_script_leaves_it_to_a_watcher_that_works(
    tmp_path: Path, age: int, check: int, watcher: int
) -> None:
    assert run_check(tmp_path, None, f"{UPTIME - age:<12}\n") == check
    assert run_check(tmp_path, None, f"{UPTIME - age:<12}\n", "watcher") == watcher


@pytest.mark.parametrize("beat", [None, "", "\n", "soon\n", "-1\n"])
def test_check_script_refuses_a_watcher_that_says_nothing(tmp_path: Path, beat: str | None) -> None:
    assert run_check(tmp_path, None, beat, "watcher") == 1
    assert run_check(tmp_path, None, beat) == 1


def test_check_script_tells_the_living_from_zombies(tmp_path: Path) -> None:
    program = tmp_path / "haproxy"  # the name is what counts: any program will do
    program.symlink_to("/bin/sleep")
    process = subprocess.Popen([program, "60"])
    try:
        deadline = time.monotonic() + 2
        while run_check(tmp_path, f"{process.pid}\n") and time.monotonic() < deadline:
            time.sleep(0.01)  # between fork and exec it has Python's name
        assert run_check(tmp_path, f"{process.pid}\n") == 0
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        assert run_check(tmp_path, f"{process.pid}\n") == 1
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # dead, but not buried
        os.kill(process.pid, 0)  # for `kill -0` it is still there
        assert run_check(tmp_path, f"{process.pid}\n") == 1
    finally:
        process.kill()
        process.wait()


def workers(master: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]


def reload(proxy: Proxy) -> int:
    """The new worker's PID. HAProxy's master drops a signal that comes before it waits for any, which may be
    later than its worker answers: it is sent again after a while."""
    before = workers(proxy.started[-1].pid)
    for _ in range(5):
        proxy.send(signal.SIGUSR2)
        patience = time.monotonic() + 3
        while time.monotonic() < patience:
            if fresh := [pid for pid in workers(proxy.started[-1].pid) if pid not in before]:
                return fresh[0]
            time.sleep(0.01)
    raise AssertionError("HAProxy does not reload")


@pytest.mark.parametrize("connected", [False, True])
def test_watcher_follows_a_reload(proxy: Proxy, connected: bool) -> None:
    """The old worker's end is no fault, whether it comes at once or when its last client has gone; the new
    one's is."""
    proxy.start_other()
    proxy.start("-W")
    assert proxy.says("0", within=5)
    with socket.socket() as client:
        if connected:
            client.connect(("127.0.0.1", proxy.port))
            client.send(b"GET /healthz HTTP/1.1\r\n")  # never ended
            wait_until(lambda: is_read(client))
        fresh = reload(proxy)
        if not connected:
            wait_until(lambda: workers(proxy.started[-1].pid) == [fresh])
        assert not proxy.says("1", within=0.7)
        assert (len(workers(proxy.started[-1].pid)) == 2) is connected
    wait_until(lambda: workers(proxy.started[-1].pid) == [fresh])
    assert not proxy.says("1", within=0.7)
    os.kill(fresh, signal.SIGKILL)
    assert proxy.says("1", within=1)
    # Until the master has ended too, it is a HAProxy that has not answered yet.
    assert proxy.says("HAProxy is not running", within=2, name="why")


def test_watcher_sees_a_new_worker_frozen(proxy: Proxy) -> None:
    proxy.start_other()
    proxy.start("-W")
    assert proxy.says("0", within=5)
    fresh = reload(proxy)
    assert not proxy.says("1", within=0.5)
    os.kill(fresh, signal.SIGSTOP)
    assert proxy.says("1", within=4)
    os.kill(fresh, signal.SIGCONT)
    assert proxy.says("0", within=1)


def test_watcher_sees_the_master_die(proxy: Proxy) -> None:
    proxy.start("-W")
    assert proxy.says("0", within=5)
    proxy.send(signal.SIGKILL)
    assert proxy.says("1", within=1)
