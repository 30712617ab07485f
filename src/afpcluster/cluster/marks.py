"""Marks that operators leave on hosts: small files that say who wants what since when.

    drain   beside an instance's properties: the instance says 503 to heartbeats and finishes what it has
    pause   on both proxies: the watcher and chk_haproxy.sh take the VIP from nobody
    leave   on a proxy, for some seconds: it gives the VIP up

A drain outlives a restart of the machine; the others do not.
"""

from __future__ import annotations

import getpass
import json
import socket
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from afpcluster.cluster.layout import PAUSE
from afpcluster.cluster.render import drain_file
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Role

INSTANCES = (Role.WRAPPER, Role.AFP2WEB)


@dataclass(frozen=True, slots=True)
class Mark:
    """`time` as ISO 8601 in UTC."""

    who: str
    time: str
    why: str

    def __str__(self) -> str:
        since = datetime.fromisoformat(self.time).astimezone()
        return f"by {self.who} since {since:%Y-%m-%d %H:%M:%S}{f': {self.why}' if self.why else ''}"


def new_mark(why: str) -> Mark:
    """Of whoever runs this program."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Mark(f"{getpass.getuser()}@{socket.gethostname()}", now, why)


def put(site: Site, host: str, path: str, mark: Mark) -> None:
    """Leave a mark, in place of an older one."""
    site.write(host, path, (json.dumps(asdict(mark)) + "\n").encode())


def find(site: Site, host: str, path: str) -> Mark | None:
    """The mark there; one that nobody can read is somebody's, too."""
    text = site.text(host, path)
    if not text:
        return None
    try:
        return Mark(**json.loads(text))
    except (ValueError, TypeError):
        return Mark("somebody", datetime.fromtimestamp(0, UTC).isoformat(), text[:100])


def drained(site: Site) -> dict[str, Mark]:
    """The hosts with an instance that is drained."""
    found = {}
    for role in INSTANCES:
        for host in site.topology.with_role(role):
            mark = find(site, host.name, drain_file(role))
            if mark is not None:
                found[str(host.name)] = mark
    return found


def paused(site: Site) -> dict[str, Mark]:
    """The proxies on which our automation is paused."""
    marks = {proxy.name: find(site, proxy.name, PAUSE) for proxy in site.topology.with_role(Role.PROXY)}
    return {str(name): mark for name, mark in marks.items() if mark is not None}
