"""Operating a running cluster in tests: the command line, a load, and whether all is well."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import afpcluster
from afpcluster.cluster import status
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.urls import entrance

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy of the environment


class Program:
    """The command line, for the cluster of the tests."""

    def __init__(self, topology: Path) -> None:
        self._topology = topology

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """Standard output and standard error."""
        library = str(Path(afpcluster.__file__).parent.parent)
        command = [sys.executable, "-m", "afpcluster", *arguments, "--topology", str(self._topology)]
        done = subprocess.run(
            command,
            env={**os.environ, "PYTHONPATH": library},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, (arguments, done)
        return done.stdout + done.stderr

    def json(self, *arguments: str, code: int = 0) -> dict[str, object]:
        answer: dict[str, object] = json.loads(self(*arguments, "-o", "json", code=code))
        return answer


def lines_of_request(program: Program, request_id: str) -> list[str]:
    """In the logs, when all three that have a request have written it down, which each does after it has
    answered; after ten seconds whatever is there."""
    deadline = time.monotonic() + 10
    while True:
        lines = program("logs", "--since", "1m", "--request-id", request_id).splitlines()
        if len(lines) >= 3 or time.monotonic() > deadline:
            return lines
        time.sleep(0.2)


@contextlib.contextmanager
def load(cluster: Site, body: bytes) -> Iterator[list[str]]:
    """Documents through the VIP, one after the other, in three threads; what went wrong is in the list."""
    wrong: list[str] = []
    over = threading.Event()
    url = f"{entrance(cluster.topology)}/convert"

    def convert() -> None:
        while not over.is_set():
            try:
                with _OPENER.open(urllib.request.Request(url, body), timeout=60) as response:
                    if not response.read().startswith(b"%PDF-"):
                        wrong.append("no PDF")
            except (OSError, urllib.error.HTTPError) as error:
                wrong.append(str(error))

    threads = [threading.Thread(target=convert) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield wrong
    finally:
        over.set()
        for thread in threads:
            thread.join()


def well(cluster: Site) -> bool:
    """Within a few seconds."""
    deadline = time.monotonic() + 10
    while status.verdict(status.look(cluster)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True
