"""Real services as processes on loopback, and the plainest HTTP client there is."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import afpcluster

SOURCE = Path(afpcluster.__file__).parents[1]
"""The services are those of the tree under test, whatever is installed."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def call(
    port: int,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 120,
    tls: ssl.SSLContext | None = None,
) -> Reply:
    """One request on a connection of its own. `timeout` is for a test that hangs, whatever the machine."""
    connection: http.client.HTTPConnection
    if tls is not None:
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=timeout, context=tls)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return Reply(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


def eventually(condition: Callable[[], Any], seconds: float = 10) -> Any:
    """The first true value of `condition` within `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
    return value


class ServiceProcess:
    """One service, started from the command line as an operator would. `tls`: how it is called."""

    tls: ssl.SSLContext | None = None

    def __init__(
        self,
        folder: Path,
        command: str,
        option: str,
        properties: str | Path,
        listen: str = "127.0.0.1:0",
    ):
        """`properties`: the text of a new file, or an existing file as it is."""
        self.temp_dir = folder / "temp"
        self.temp_dir.mkdir(parents=True)
        if isinstance(properties, Path):
            self.properties = properties
        else:
            self.properties = folder / "service.properties"
            self.properties.write_text(f"service.temp-dir = {self.temp_dir}\n{properties}")
        self._log = folder / "log"
        with self._log.open("wb") as log:
            argv = [
                sys.executable,
                "-m",
                "afpcluster",
                command,
                "--listen",
                listen,
                option,
                str(self.properties),
            ]
            self.process = subprocess.Popen(argv, stderr=log, env=os.environ | {"PYTHONPATH": str(SOURCE)})
        try:
            self.port: int = eventually(self._listening, 30)["port"]
            self.wait_for_status(200)
        except BaseException:
            self.stop()
            raise

    def wait_for_status(self, status: int) -> None:
        eventually(lambda: self.heartbeat().status == status, 30)

    def heartbeat(self) -> Reply:
        raise NotImplementedError

    def call(self, method: str, path: str, *args: Any, **kwargs: Any) -> Reply:
        return call(self.port, method, path, *args, **{"tls": self.tls, **kwargs})

    def log(self) -> list[dict[str, Any]]:
        """The whole lines logged so far."""
        return [
            json.loads(line)
            for line in self._log.read_text().splitlines(keepends=True)
            if line.endswith("\n")
        ]

    def logged(self, message: str) -> list[dict[str, Any]]:
        return [line for line in self.log() if line["message"] == message]

    def metric(self, name: str) -> float:
        lines = self.call("GET", "/metrics").body.decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))

    def open_temp_files(self) -> int:
        """Files in the temporary folder that the service or a child of it holds, with or without a name."""
        count = len(list(self.temp_dir.iterdir()))
        for pid in [self.process.pid, *children(self.process.pid)]:
            with suppress(OSError):  # a worker that has just ended
                descriptors = list(Path(f"/proc/{pid}/fd").iterdir())
                for descriptor in descriptors:
                    with suppress(OSError):  # closed meanwhile
                        count += str(self.temp_dir) in os.readlink(descriptor)
        return count

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _listening(self) -> dict[str, Any] | None:
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}: {self._log.read_text()}")
        return next(iter(self.logged("listening")), None)


class Afp2webProcess(ServiceProcess):
    def __init__(
        self,
        folder: Path,
        properties: str = "",
        listen: str = "127.0.0.1:0",
        existing: Path | None = None,
        tls: ssl.SSLContext | None = None,
        *,
        workers: int = 2,
        spare: int = 1,
    ):
        self.tls = tls
        self._whole = (workers, spare)
        pool = f"afp2web.workers = {workers}\nafp2web.spare-workers = {spare}\n"
        properties = f"service.drain-grace-seconds = 0.3\n{pool}{properties}"
        super().__init__(folder, "serve-afp2web", "--config", existing or properties, listen)
        self.wait_until_whole()

    def wait_until_whole(self) -> None:
        """All workers are there, and none has work."""
        eventually(lambda: (self.metric("workers_idle"), self.metric("workers_spare")) == self._whole, 30)

    def heartbeat(self) -> Reply:
        return self.call("GET", "/services/version", headers={"Accept": "application/json"}, timeout=5)

    def transform(self, body: bytes, query: str = "", **headers: str) -> Reply:
        return self.call(
            "POST", f"/services/transform{query}", body, {"Accept": "application/json", **headers}
        )

    def workers(self) -> list[int]:
        return children(self.process.pid)


class WrapperProcess(ServiceProcess):
    def __init__(
        self,
        folder: Path,
        target_port: int,
        properties: str = "",
        existing: Path | None = None,
        tls: ssl.SSLContext | None = None,
    ):
        self.tls = tls
        target = f"afp2web.host-protocol=http\nafp2web.host=127.0.0.1\nafp2web.port={target_port}\n"
        text = f"service.drain-grace-seconds = 0.3\n{properties}\n{target}"
        super().__init__(folder, "serve-wrapper", "--properties", existing or text)

    def heartbeat(self) -> Reply:
        return self.call("GET", "/wrapperservice/heartbeat", timeout=5)

    def convert(self, body: bytes, query: str = "", **headers: str) -> Reply:
        return self.call("POST", f"/wrapperservice/convert{query}", body, headers)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def freeze(*pids: int) -> None:
    """A worker that is stopped is a conversion that takes for ever."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)


def thaw(*pids: int) -> None:
    """Those that are there still: what is frozen for long is replaced."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def heard(connection: socket.socket) -> bytes:
    """All that the other side says until it ends the connection. One that ends it while more is on its way
    there resets it, which loses nothing that it has said."""
    said = b""
    with suppress(ConnectionResetError):
        while received := connection.recv(65536):
            said += received
    return said
