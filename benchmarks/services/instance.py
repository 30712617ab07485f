"""One afp2web for a measurement, and what the kernel and its metrics tell of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import afpcluster

_START_SECONDS = 60
_PROPERTIES = """
service.header-timeout-seconds = 2
service.body-idle-timeout-seconds = 2
afp2web.workers = 2
"""


class Instance:
    """A process that listens on `port`."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log
        self.port = self._port()

    def _port(self) -> int:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            for line in self._log.read_text().splitlines():
                if '"listening"' in line:
                    return int(json.loads(line)["port"])
            time.sleep(0.05)
        raise RuntimeError(f"afp2web does not start: {self._log.read_text()}")

    def call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Status and body of one request on a connection of its own."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, {"Accept": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while self.call("GET", "/services/readyz")[0] != 200 or self.metric("workers_spare") < 1:
            if time.monotonic() > deadline:
                raise RuntimeError("afp2web is not ready")
            time.sleep(0.1)

    def metric(self, name: str) -> float:
        lines = self.call("GET", "/metrics")[1].decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


@contextmanager
def running(properties: str = "") -> Iterator[Instance]:
    """An instance that is ready."""
    with tempfile.TemporaryDirectory(prefix="afpcluster-bench-") as folder:
        file, log = Path(folder) / "afp2web.properties", Path(folder) / "log"
        file.write_text(f"{_PROPERTIES}{properties}\nservice.temp-dir = {folder}\n")
        source = Path(afpcluster.__file__).parents[1]
        argv = [sys.executable, "-m", "afpcluster", "serve-afp2web", "--listen", "127.0.0.1:0"]
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [*argv, "--config", str(file)], stderr=errors, env=os.environ | {"PYTHONPATH": str(source)}
            )
        try:
            instance = Instance(process, log)
            instance.wait_until_ready()
            yield instance
        finally:
            process.kill()
            process.wait()
