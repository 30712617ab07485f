"""One document that kills every process that converts it must not take the cluster down (decision 011)."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from afpcluster.cluster import observe
from afpcluster.cluster.demo import sample
from afpcluster.cluster.drill import Document
from afpcluster.cluster.layout import HAPROXY_SOCKET_FOLDER
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.topology import Role

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy of the environment
_BUSY_TICKS = 100  # of processor time, in 1/100 s; at least, and more than a worker needs here to start
_STATEMENTS = 2000  # a document that takes several times as long, on a fast machine too
_AFP = {"Content-Type": "application/vnd.ibm.modcap"}


def convert(cluster: LabSite, body: bytes) -> tuple[int, bytes]:
    """Status and body of the answer at the VIP."""
    vip, port = cluster.topology.vips[0].address, cluster.topology.ports.wrapper_proxy
    request = urllib.request.Request(f"http://{vip}:{port}/wrapperservice/convert", body, _AFP)
    try:
        with _OPENER.open(request, timeout=60) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def processor_time(pid: int) -> int:
    """User time in 1/100 s: field 14 of /proc/PID/stat."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[11])


class Poisoner:
    """Kills each worker that has worked long since this began, as the document would; notes what
    the proxies think of the instances meanwhile."""

    def __init__(self, cluster: LabSite) -> None:
        self._cluster = cluster
        self._at_first = {pid: processor_time(pid) for pid in self._workers()}  # at rest: what a start took
        self._busy_ticks = max(_BUSY_TICKS, 2 * max(self._at_first.values()))
        self._stop = threading.Event()
        self.killed: set[int] = set()
        self.states: set[str] = set()

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            for pid in list(self._workers()):
                with suppress(FileNotFoundError, ProcessLookupError):
                    spent = processor_time(pid)
                    if spent - self._at_first.setdefault(pid, spent) > self._busy_ticks:
                        os.kill(pid, signal.SIGKILL)
                        self.killed.add(pid)
            for proxy in self._cluster.topology.with_role(Role.PROXY):
                self.states |= server_states(self._cluster, proxy.name)
            time.sleep(0.05)

    def _workers(self) -> Iterator[int]:
        for host in self._cluster.topology.with_role(Role.AFP2WEB):
            for pid in observe.namespace_pids(self._cluster.layout, host):
                with suppress(FileNotFoundError):
                    if b"afpcluster.afp2web.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                        yield pid


def server_states(cluster: LabSite, proxy: str) -> set[str]:
    """What one HAProxy says of the afp2web instances: UP, DOWN, NOLB, ..."""
    path = cluster.layout.file(cluster.topology.host(proxy), f"{HAPROXY_SOCKET_FOLDER}/admin.sock")
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(str(path))
        asked.sendall(b"show stat\n")
        with asked.makefile() as answer:
            text = answer.read()
    rows = csv.DictReader(io.StringIO(text.lstrip("# ")))
    names = {host.name for host in cluster.topology.with_role(Role.AFP2WEB)}
    return {row["status"] for row in rows if row["pxname"] == "afp2web" and row["svname"] in names}


def test_poisonous_document(cluster: LabSite, document: Document) -> None:
    poison = Poisoner(cluster)
    with poison.running():
        status, body = convert(cluster, sample(_STATEMENTS))
    assert (status, json.loads(body)["code"]) == (502, "afp2web-failed")
    # wrapper-service gives up after a few; nobody else repeats it.
    assert 2 <= len(poison.killed) <= 4, body
    assert "DOWN" not in {state.split()[0] for state in poison.states}, poison.states
    assert "UP" in poison.states
    status, body = convert(cluster, document.body)
    assert (status, body[:5]) == (200, b"%PDF-")
