"""What a worker may not do, tried from inside the fence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from service_processes import SOURCE, Afp2webProcess, eventually

from afpcluster.afp2web import fence

PROLOGUE = f"""
import sys
sys.path.insert(0, {str(SOURCE)!r})
import os, socket, subprocess
from pathlib import Path
from afpcluster.afp2web.fence import fence, processor_time
kept = open(sys.argv[1], "rb")
unfenced = fence([Path(sys.argv[2])])
"""


def inside(tmp_path: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run `code` in a fenced process that may read `allowed`, and has `given` open."""
    (tmp_path / "given").write_text("given")
    (tmp_path / "allowed").mkdir()
    (tmp_path / "allowed" / "font").write_text("font")
    (tmp_path / "secret").write_text("secret")
    argv = [sys.executable, "-P", "-c", PROLOGUE + code, str(tmp_path / "given"), str(tmp_path / "allowed")]
    return subprocess.run(argv, capture_output=True, text=True, cwd=tmp_path)


needs_kernel = pytest.mark.skipif(
    fence._libc.syscall(444, None, 0, 1) < 1, reason="the kernel has no Landlock"
)


@pytest.mark.parametrize(
    "code",
    [
        "print(open(Path(sys.argv[2]) / 'font').read())",
        "print(kept.read().decode())",
        "import afpcluster.convert, afpcluster.outputs, json, ssl, PIL.Image, pikepdf; print('imported')",
        "print(os.listdir(sys.argv[2])[0])",
        "processor_time(100); print('limited')",
        "assert unfenced == []; print('fenced')",
    ],
)
@needs_kernel
def test_what_a_worker_may_do(tmp_path: Path, code: str) -> None:
    done = inside(tmp_path, code)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    "code",
    [
        "open('secret')",
        "open('/etc/passwd')",
        "open('/proc/1/environ')",
        "open('/proc/self/environ')",
        "os.listdir('.')",
        "os.listdir('/')",
        "open('new', 'w')",
        "open(Path(sys.argv[2]) / 'font', 'a')",
        "os.unlink(Path(sys.argv[2]) / 'font')",
        "os.rename(Path(sys.argv[2]) / 'font', 'font')",
        "os.mkdir('/tmp/x-fenced')",
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socketpair()",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "subprocess.run(['/bin/true'])",
        "os.kill(os.getppid(), 0)",
        "os.pidfd_open(os.getppid())",
    ],
)
@needs_kernel
def test_what_a_worker_may_not_do(tmp_path: Path, code: str) -> None:
    done = inside(tmp_path, f"try:\n    {code}\nexcept PermissionError:\n    print('refused')")
    assert done.stdout == "refused\n", done.stderr


def test_too_much_processor_time_ends_it(tmp_path: Path) -> None:
    assert inside(tmp_path, "processor_time(0.1)\nwhile True: pass").returncode == -24  # SIGXCPU


def test_the_server_tells_at_its_start(start: Callable[..., Afp2webProcess], document: bytes) -> None:
    instance = start(Afp2webProcess)
    eventually(lambda: instance.logged("workers are fenced") or instance.logged("workers are not fenced"))
    assert instance.transform(document).status == 200


def test_what_cannot_be_fenced_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence.platform, "machine", lambda: "vax")
    assert fence._system_calls() == "system calls: no list of them for vax"
