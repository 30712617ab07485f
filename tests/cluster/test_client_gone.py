"""A client that leaves is not worked for any more: through the VIP, at both ports, the workers stop."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest
from test_poison import processor_time

from afpcluster.cluster import observe
from afpcluster.cluster.demo import sample
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.topology import Role

_STATEMENTS = 2000  # a document of many seconds


def spent(cluster: LabSite) -> dict[int, int]:
    """Processor time of each worker of afp2web, in 1/100 s."""
    found = {}
    for host in cluster.topology.with_role(Role.AFP2WEB):
        for pid in observe.namespace_pids(cluster.layout, host):
            with suppress(FileNotFoundError, ProcessLookupError):
                if b"afpcluster.afp2web.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found[pid] = processor_time(pid)
    return found


def working(cluster: LabSite) -> bool:
    """Has a worker used the processor in the next half second? One that only starts counts as well."""
    before = spent(cluster)
    time.sleep(0.5)
    return any(ticks > before.get(pid, 0) for pid, ticks in spent(cluster).items())


@pytest.mark.parametrize("path", ["/wrapperservice/convert", "/services/transform"])
def test_work_stops(cluster: LabSite, path: str) -> None:
    ports = cluster.topology.ports
    port = ports.wrapper_proxy if path.startswith("/wrapper") else ports.afp2web_proxy
    body = sample(_STATEMENTS)
    while working(cluster):
        time.sleep(0.1)  # workers that start
    head = f"POST {path} HTTP/1.1\r\nHost: vip\r\nContent-Length: {len(body)}\r\n"
    head += "Content-Type: application/vnd.ibm.modcap\r\n\r\n"
    target = (str(cluster.topology.vips[0].address), port)
    with socket.create_connection(target, timeout=5) as made:
        made.sendall(head.encode() + body)
        deadline = time.monotonic() + 20
        while not working(cluster):
            assert time.monotonic() < deadline, "nobody works"
    deadline = time.monotonic() + 5
    while working(cluster):
        assert time.monotonic() < deadline, "somebody still works"
