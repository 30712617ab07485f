"""What keeps a service running in its container: killed, it starts again at once; asked to end, it ends."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

KEPT_RUNNING = Path(__file__).parents[2] / "docker" / "kept-running"
SERVICE = 'trap "echo asked; exit 7" TERM; echo "$$"; while :; do sleep 0.05; done'


@contextmanager
def kept(script: str) -> Iterator[subprocess.Popen[str]]:
    command = [str(KEPT_RUNNING), "sh", "-c", script]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_killed_again_and_again_it_is_started_again() -> None:
    with kept(SERVICE) as process:
        seen = [said(process)]
        for _ in range(4):
            os.kill(int(seen[-1]), signal.SIGKILL)
            seen.append(said(process))
        assert len(set(seen)) == 5
        process.terminate()
        assert said(process) == "asked"
        assert process.wait(5) == 7
        assert process.stderr is not None
        assert process.stderr.read().count("sh was ended by signal 9 and is started again\n") == 4


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_what_asks_for_the_end_is_handed_on(number: signal.Signals) -> None:
    """`docker stop` sends a service TERM, HAProxy USR1."""
    with kept(
        'trap "echo TERM; exit 3" TERM; trap "echo USR1; exit 3" USR1; echo; while :; do sleep 0.05; done'
    ) as process:
        said(process)
        process.send_signal(number)
        assert said(process) == ("USR1" if number is signal.SIGUSR1 else "TERM")
        assert process.wait(5) == 3


def test_what_asks_to_read_files_again_is_handed_on() -> None:
    with kept('trap "echo again" USR2; trap exit TERM; echo; while :; do sleep 0.05; done') as process:
        said(process)
        for _ in range(3):
            process.send_signal(signal.SIGUSR2)
            assert said(process) == "again"
        process.terminate()
        assert process.wait(5) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


@pytest.mark.parametrize("code", [0, 1, 2])
def test_what_ends_by_itself_is_over(code: int) -> None:
    with kept(f"exit {code}") as process:
        assert process.wait(5) == code


def test_asked_to_end_it_ends_as_the_command_does() -> None:
    with kept(SERVICE) as process:
        said(process)
        process.terminate()
        assert said(process) == "asked"
        assert process.wait(5) == 7
