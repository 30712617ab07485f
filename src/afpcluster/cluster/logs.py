"""The logs of all processes as one, in order of time.

Rules: a line without a time of its own (a traceback, HAProxy's start) has that of the line before. A process
that cannot be asked is told and left out.
"""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from afpcluster.cluster.command import CommandError
from afpcluster.cluster.record import Say
from afpcluster.cluster.site.site import Site, rows
from afpcluster.cluster.topology import SiteError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_KEEPALIVED = re.compile(r"(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}): ")  # its --log-console, local time
_START = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """One line of the log of a process."""

    time: datetime
    host: str
    process: str
    text: str


def moment(text: str, now: datetime) -> datetime:
    """`10m` ago, `2h`, or ISO 8601 (in local time, where it says no other). Raises `ValueError`."""
    if match := re.fullmatch(r"(\d{1,6})([smhd])", text):
        return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
    given = datetime.fromisoformat(text)
    return given if given.tzinfo is not None else given.astimezone()


def merged(
    site: Site, hosts: Iterable[str], since: datetime | None, request: str | None, say: Say
) -> Iterator[Line]:
    """Of the hosts named, or of all; with `request`, only lines that have this id."""
    wanted = set(hosts)
    streams = [
        _lines(site, host.name, process, since, say)
        for host, process in rows(site.topology)
        if not wanted or host.name in wanted
    ]
    for line in heapq.merge(*streams):
        if request is None or request in line.text:
            yield line


def _lines(site: Site, host: str, process: str, since: datetime | None, say: Say) -> Iterator[Line]:
    last = _START
    line = partial(Line, host=host, process=process)
    try:
        for text in site.logs(host, process, since):
            last = max(last, time_of(text) or last)  # so that each stream is in order
            if since is None or last >= since:
                yield line(time=last, text=text)
    except (SiteError, CommandError, OSError) as error:
        say(f"{host}: the log of {process} cannot be read: {error}")


def time_of(text: str) -> datetime | None:
    """When a line was written, if it says so: our JSON, HAProxy's, or Keepalived's own form."""
    if text.startswith("{"):
        try:
            return datetime.fromisoformat(json.loads(text)["time"])
        except (ValueError, KeyError, TypeError):
            return None
    if match := _KEEPALIVED.match(text):
        return datetime.strptime(match[1], "%a %b %d %H:%M:%S %Y").astimezone()
    return None
