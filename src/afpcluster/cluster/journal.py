"""Who held each VIP, from when to when, why no longer: Keepalived's changes of state, as notify_vip.sh wrote
them down on each proxy. `read` reads, `holdings` judges and is pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from afpcluster.cluster.layout import JOURNAL
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Role

MASTER = "MASTER"
FAULT = "FAULT"


@dataclass(frozen=True, slots=True)
class Change:
    """Keepalived on `host` entered `state` for a VIP (its address): MASTER, BACKUP, FAULT or STOP."""

    time: datetime
    host: str
    state: str
    why: str = ""
    vip: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """`host` had a VIP; `until` is None while it has it, else `why` says what ended it."""

    host: str
    since: datetime
    until: datetime | None = None
    why: str = ""
    vip: str = ""

    def told(self) -> str:
        """For the operator, in local time."""
        since = f"{self.since.astimezone():%Y-%m-%d %H:%M:%S}"
        if self.until is None:
            return f"{self.host} since {since}"
        return f"{self.host} from {since} to {self.until.astimezone():%H:%M:%S}: {self.why}"


def read(site: Site) -> tuple[Change, ...]:
    """The journals of both proxies, in order of time. A line that is cut off is left out. Where it does
    not say of which VIP it is (one written before there could be several), it is of the first."""
    changes, first = [], str(site.topology.vips[0].address)
    for proxy in site.topology.with_role(Role.PROXY):
        lines = site.text(proxy.name, JOURNAL).splitlines()
        changes += [change for line in lines if (change := _change(line, first)) is not None]
    return tuple(sorted(changes, key=lambda change: change.time))


def holdings(changes: Iterable[Change]) -> tuple[Holding, ...]:
    """In the order of their beginning. Two may overlap: a Keepalived that was killed leaves the VIP behind
    until it starts again."""
    found: list[Holding] = []
    for change in changes:
        whose = change.host, change.vip
        last = next((i for i in reversed(range(len(found))) if (found[i].host, found[i].vip) == whose), None)
        held = last is not None and found[last].until is None
        if change.state == MASTER and not held:
            found.append(Holding(change.host, change.time, vip=change.vip))
        elif change.state != MASTER and last is not None and held:
            why = change.why or _WHY.get(change.state, change.state)
            found[last] = replace(found[last], until=change.time, why=why)
    return tuple(found)


_WHY = {"BACKUP": "the other proxy has it", "STOP": "Keepalived was stopped"}


def states(changes: Iterable[Change]) -> dict[str, Change]:
    """The last change of each proxy."""
    return {change.host: change for change in changes}


def _change(line: str, vip: str) -> Change | None:
    try:
        row = json.loads(line)
        return Change(
            datetime.fromisoformat(row["time"]), row["host"], row["state"], row["why"], row.get("vip", vip)
        )
    except (ValueError, KeyError, TypeError):
        return None
