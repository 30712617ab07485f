"""The state of the cluster: looked at (`look`) and judged (`verdict`, `exit_code`: pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from afpcluster.cluster import journal, marks, views
from afpcluster.cluster.drift import drifts
from afpcluster.cluster.exits import Exit
from afpcluster.cluster.journal import Holding
from afpcluster.cluster.marks import Mark
from afpcluster.cluster.probe import Answer, probe
from afpcluster.cluster.proxies import proxies_at_fault, silent_watchers
from afpcluster.cluster.site.site import Held, ProcessState, Site
from afpcluster.cluster.topology import called
from afpcluster.cluster.urls import is_vip, urls
from afpcluster.cluster.views import Instance, Server

_CERTIFICATE_DAYS = 21  # so long before its end a certificate is told


@dataclass(frozen=True, slots=True)
class Status:
    """What was seen at one moment. `held`: who carries each VIP. `edited` are files changed by hand, as
    (host, path)."""

    held: Held
    answers: tuple[Answer, ...]
    processes: tuple[ProcessState, ...]
    edited: tuple[tuple[str, str], ...]
    troubles: tuple[str, ...] = ()  # of the site itself
    faults: Mapping[str, str] = field(default_factory=dict)  # proxies that cannot take a VIP, and why
    silent: Mapping[str, float] = field(default_factory=dict)  # seconds since their watcher looked
    holdings: tuple[Holding, ...] = ()  # of all VIPs
    instances: tuple[Instance, ...] = ()
    servers: tuple[Server, ...] = ()  # as each HAProxy sees them
    drained: Mapping[str, Mark] = field(default_factory=dict)
    paused: Mapping[str, Mark] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def look(site: Site) -> Status:
    """Ask everything once; takes two seconds when something does not answer."""
    processes = site.processes()
    if not processes:
        return Status({}, (), (), ())
    return Status(
        held=site.held(),
        answers=probe(urls(site.topology, site.stats_password)),
        processes=processes,
        edited=tuple((drift.host, drift.path) for drift in drifts(site)),
        troubles=(*site.troubles(), *_unknown_password(site)),
        faults=proxies_at_fault(site),
        silent=silent_watchers(site),
        holdings=journal.holdings(journal.read(site)),
        instances=views.instances(site),
        servers=views.servers(site),
        drained=marks.drained(site),
        paused=marks.paused(site),
    )


def _unknown_password(site: Site) -> list[str]:
    if site.stats_password:
        return []
    where = site.topology.stats_password or "`up` makes it"
    return [
        f"the password of /stats is not known here ({where}), so HAProxy's view of the servers is not, either"
    ]


def verdict(status: Status) -> list[str]:
    """What is wrong, most important first; empty when all is well. Pure."""
    if not status.processes:
        return ["the cluster is down; start it with `afpcluster up`"]
    wrong = []
    for vip, holders in status.held.items():
        which = called(vip, status.held)
        if not holders:
            wrong.append(f"no proxy holds {which}: look at the keepalived and watcher logs of both proxies")
        if len(holders) > 1:
            wrong.append(
                f"{' and '.join(holders)} both hold {which}: the proxies do not hear each other, "
                "or a Keepalived died without giving it up"
            )
    wrong += status.troubles
    wrong += [f"{p.host}: {p.name} is not running" for p in status.processes if p.pid is None]
    wrong += [f"{proxy} cannot take the VIP: {why}" for proxy, why in status.faults.items()]
    wrong += [f"{proxy}: automation is paused {mark}" for proxy, mark in status.paused.items()]
    wrong += [f"{host} is drained {mark}" for host, mark in status.drained.items()]
    wrong += _ending_certificates(status)
    wrong += [
        f"{proxy}: its watcher has not looked at HAProxy for {seconds:.0f} s, so a frozen one is not noticed"
        for proxy, seconds in status.silent.items()
    ]
    wrong += [
        f"{a.url.host}: {a.url} {a.error or f'answers {a.status} instead of {a.url.expect}'}"
        for a in status.answers
        if not a.good and a.url.host not in status.drained
    ]
    wrong += [
        f"{server.proxy}: its HAProxy does not use {server.host} for {server.backend}: {server.state}"
        for server in status.servers
        if not server.used and server.host not in status.drained
    ]
    wrong += [f"{a.url.host}: {warning}" for a in status.answers if a.url.direct for warning in a.warnings]
    versions = {instance.version for instance in status.instances}
    if len(versions) > 1:
        wrong.append(f"the instances are of different versions: {', '.join(sorted(versions))}")
    return wrong


def exit_code(status: Status) -> Exit:
    """Down when clients get nothing at any VIP; degraded when anything else is wrong. Pure."""
    if not verdict(status):
        return Exit.DONE
    entrances = [answer for answer in status.answers if is_vip(answer.url.host)]
    served = status.processes and any(status.held.values()) and any(answer.good for answer in entrances)
    return Exit.DEGRADED if served else Exit.DOWN


def _ending_certificates(status: Status) -> list[str]:
    """Those that end soon, one line for each host and port."""
    ends = {(a.url.host, a.url.port): a.certificate_ends for a in status.answers if a.certificate_ends}
    found = []
    for (host, port), end in ends.items():
        days = (end - status.at).days
        if days < _CERTIFICATE_DAYS:
            found.append(f"{host}: the certificate at port {port} ends on {end:%Y-%m-%d}, in {days} days")
    return found
