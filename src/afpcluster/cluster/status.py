"""The state of the cluster: looked at (`look`), judged (`verdict`, pure) and shown (`table`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from afpcluster.cluster import journal
from afpcluster.cluster.drift import drifts
from afpcluster.cluster.journal import Holding
from afpcluster.cluster.probe import Answer, probe
from afpcluster.cluster.proxies import proxies_at_fault, silent_watchers
from afpcluster.cluster.site.site import ProcessState, Site
from afpcluster.cluster.topology import Topology
from afpcluster.cluster.urls import urls

_SHOWN_HOLDINGS = 4
_CERTIFICATE_DAYS = 21  # so long before its end a certificate is told


@dataclass(frozen=True, slots=True)
class Status:
    """What was seen at one moment. `edited` are files changed by hand, as (host, path)."""

    holders: tuple[str, ...]
    answers: tuple[Answer, ...]
    processes: tuple[ProcessState, ...]
    edited: tuple[tuple[str, str], ...]
    troubles: tuple[str, ...] = ()  # of the site itself
    faults: Mapping[str, str] = field(default_factory=dict)  # proxies that cannot take the VIP, and why
    silent: Mapping[str, float] = field(default_factory=dict)  # seconds since their watcher looked
    holdings: tuple[Holding, ...] = ()  # of the VIP
    at: datetime = field(default_factory=lambda: datetime.now(UTC))


def look(site: Site) -> Status:
    """Ask everything once; takes two seconds when something does not answer."""
    processes = site.processes()
    if not processes:
        return Status((), (), (), ())
    return Status(
        holders=site.holders(),
        answers=probe(urls(site.topology, site.stats_password)),
        processes=processes,
        edited=tuple((drift.host, drift.path) for drift in drifts(site)),
        troubles=tuple(site.troubles()),
        faults=proxies_at_fault(site),
        silent=silent_watchers(site),
        holdings=journal.holdings(journal.read(site)),
    )


def verdict(status: Status) -> list[str]:
    """What is wrong, most important first; empty when all is well. Pure."""
    if not status.processes:
        return ["the cluster is down; start it with `afpcluster up`"]
    wrong = []
    if not status.holders:
        wrong.append("no proxy holds the VIP: look at the keepalived and watcher logs of both proxies")
    if len(status.holders) > 1:
        wrong.append(
            f"{' and '.join(status.holders)} both hold the VIP: the proxies do not hear each other, "
            "or a Keepalived died without giving it up"
        )
    wrong += status.troubles
    wrong += [f"{proxy} cannot take the VIP: {why}" for proxy, why in status.faults.items()]
    wrong += _ending_certificates(status)
    wrong += [
        f"{proxy}: its watcher has not looked at HAProxy for {seconds:.0f} s, so a frozen one is not noticed"
        for proxy, seconds in status.silent.items()
    ]
    wrong += [
        f"{a.url.host}: {a.url} {a.error or f'answers {a.status} instead of {a.url.expect}'}"
        for a in status.answers
        if not a.good
    ]
    wrong += [f"{a.url.host}: {warning}" for a in status.answers if a.url.direct for warning in a.warnings]
    return wrong


def _ending_certificates(status: Status) -> list[str]:
    """Those that end soon, one line for each host and port."""
    ends = {(a.url.host, a.url.port): a.certificate_ends for a in status.answers if a.certificate_ends}
    found = []
    for (host, port), end in ends.items():
        days = (end - status.at).days
        if days < _CERTIFICATE_DAYS:
            found.append(f"{host}: the certificate at port {port} ends on {end:%Y-%m-%d}, in {days} days")
    return found


def table(topology: Topology, status: Status) -> RenderableType:
    """For a terminal: URLs by level, who holds the VIP, processes, what is wrong."""
    parts: list[RenderableType] = [urls_table(topology, status), _processes_table(status.processes)]
    parts.append(
        Text.assemble(
            ("VIP ", "bold"),
            str(topology.network.virtual_address),
            " is held by ",
            (_names(status.holders), "bold"),
        )
    )
    ends = [answer.certificate_ends for answer in status.answers if answer.certificate_ends]
    if ends:
        parts.append(Text(f"the first certificate ends on {min(ends):%Y-%m-%d}"))
    parts += [Text(f"  {_held(holding)}") for holding in reversed(status.holdings[-_SHOWN_HOLDINGS:])]
    parts += [
        Text(f"edited by hand, kept as it is: {host}: {path}", "yellow") for host, path in status.edited
    ]
    wrong = verdict(status)
    parts += [Text(f"✗ {line}", "red") for line in wrong] or [Text("✓ all is well", "green")]
    return Group(*parts)


def urls_table(topology: Topology, status: Status) -> Table:
    shown = Table(title=f"{topology.name}: every URL", title_justify="left")
    for column in ("host", "role", "URL", "state"):
        shown.add_column(column, no_wrap=column == "URL")
    roles = {str(host.name): ", ".join(host.roles) for host in topology.hosts}
    previous = ""
    hosts = list(dict.fromkeys(answer.url.host for answer in status.answers))
    for answer in sorted(status.answers, key=lambda answer: hosts.index(answer.url.host)):
        host = answer.url.host
        if host != previous and previous:
            shown.add_section()
        holder = "★ " if host in status.holders else ""
        name = f"{holder}{host}" if host != previous else ""
        role = roles.get(host, f"→ {_names(status.holders)}") if host != previous else ""
        shown.add_row(name, role, str(answer.url), _state(answer))
        previous = host
    return shown


def _state(answer: Answer) -> Text:
    if answer.good:
        return Text(f"{answer.status} in {answer.seconds * 1000:.0f} ms", "green")
    return Text(f"{answer.status} instead of {answer.url.expect}" if answer.status else answer.error, "red")


def _processes_table(states: Sequence[ProcessState]) -> Table:
    shown = Table(title="processes", title_justify="left")
    for column in ("host", "process", "PID", "starts", "ended last by"):
        shown.add_column(column)
    for state in states:
        pid = str(state.pid) if state.pid is not None else "down"
        shown.add_row(state.host, state.name, pid, str(state.starts), state.last_end)
    return shown


def _held(holding: Holding) -> str:
    since = f"{holding.since.astimezone():%Y-%m-%d %H:%M:%S}"
    if holding.until is None:
        return f"{holding.host} since {since}"
    return f"{holding.host} from {since} to {holding.until.astimezone():%H:%M:%S}: {holding.why}"


def _names(holders: Sequence[str]) -> str:
    return " and ".join(holders) or "nobody"
