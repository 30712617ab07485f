"""A log that nobody reads, as that of a container whose Docker daemon is stopped, stops nothing."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from service_processes import SOURCE, call, eventually

from afpcluster.web.log_stream import PatientHandler

_PAGE = 4096  # the smallest pipe


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    """A small one; its ends for reading and writing."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PAGE)
    try:
        yield reading, writing
    finally:
        os.close(reading)
        os.close(writing)


def say(handler: logging.Handler, number: int, size: int = 100) -> None:
    handler.handle(logging.LogRecord("test", 20, "", 0, f"{number} {'x' * size}", None, None))


def read_lines(descriptor: int, enough: int) -> list[str]:
    data = b""
    while data.count(b"\n") < enough:
        data += os.read(descriptor, 1 << 16)
    return data.decode().splitlines()


def test_services_answer_and_their_lines_wait() -> None:
    argv = [sys.executable, "-m", "afpcluster", "serve-afp2web", "--listen", "127.0.0.1:0"]
    with pipe() as (reading, writing), open(reading, "rb", buffering=0, closefd=False) as log:
        process = subprocess.Popen(argv, stderr=writing, env=os.environ | {"PYTHONPATH": str(SOURCE)})
        try:
            lines: list[dict[str, Any]] = []
            while not any("port" in line for line in lines):
                lines.append(json.loads(log.readline()))
            port = next(line["port"] for line in lines if "port" in line)
            for number in range(100):  # lines of more than the pipe holds
                answer = call(port, "GET", f"/nothing/{number}", timeout=20)
                assert answer.status == 404
            assert call(port, "GET", "/services", timeout=20).status == 200
            paths = [f"/nothing/{number}" for number in range(100)]
            seen: list[str] = []
            while len(seen) < len(paths):
                path = json.loads(log.readline()).get("path", "")
                if path.startswith("/nothing/"):
                    seen.append(path)
            assert seen == paths
        finally:
            process.kill()
            process.wait()


@pytest.mark.parametrize("size", [100, 3 * _PAGE])
def test_lines_come_in_order_when_the_reader_is_back(size: int) -> None:
    with pipe() as (reading, writing):
        handler = PatientHandler(writing)
        for number in range(200):
            say(handler, number, size)
        lines = read_lines(reading, 200)
        assert [int(line.split()[0]) for line in lines] == list(range(200))
        assert {len(line.split()[1]) for line in lines} == {size}
        eventually(lambda: handler._thread is None)
        say(handler, 200)
        assert read_lines(reading, 1)[0].startswith("200 ")


def test_what_waits_is_bounded_and_what_is_lost_is_counted() -> None:
    with pipe() as (reading, writing):
        handler = PatientHandler(writing, most_waiting=1000)
        for number in range(200):
            say(handler, number)
        written = 0
        while True:
            *lines, last = read_lines(reading, 1)
            if "lost" in last:
                break
            written += len(lines) + 1
        written += len(lines)
        assert written + json.loads(last)["lines"] == 200
        assert written < 60


def test_a_process_ends_whose_log_is_not_read() -> None:
    with pipe() as (_, writing):
        lines = "import logging; from afpcluster.web.log_stream import PatientHandler as H; h = H(2); "
        lines += "[h.handle(logging.LogRecord('', 20, '', 0, 'x' * 100, None, None)) for _ in range(100)]"
        subprocess.run([sys.executable, "-c", lines], stderr=writing, timeout=60, check=True)


def test_a_log_whose_reader_has_gone() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    handler = PatientHandler(writing)
    say(handler, 1)
    say(handler, 2, 3 * _PAGE)
    eventually(lambda: handler._thread is None)
    os.close(writing)
