"""`up` and `down`: observe, plan, act; then wait until every URL answers, or say why it does not."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from afpcluster.cluster import observe, password
from afpcluster.cluster.command import CommandError
from afpcluster.cluster.lab import Lab, LabError
from afpcluster.cluster.layout import Layout
from afpcluster.cluster.owner import claim
from afpcluster.cluster.plan import Action, CreateHost, KeepEdited, WriteFile, plan_down, plan_up
from afpcluster.cluster.preflight import obstacles
from afpcluster.cluster.probe import Answer, probe
from afpcluster.cluster.processes import processes
from afpcluster.cluster.proxies import proxies_at_fault
from afpcluster.cluster.service_files import problems as properties_problems
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.site.site import Held, is_whole
from afpcluster.cluster.switch import go_home
from afpcluster.cluster.topology import Role, Topology, Vip, called
from afpcluster.cluster.topology_file import TopologyError, load
from afpcluster.cluster.urls import host_of, urls

Say = Callable[[str], None]
HEALTHY_SECONDS = 90.0  # a cold start on a busy machine with two processors takes about 10
_SWITCH_SECONDS = 10.0  # for what is under way while VIPs go where they belong
_STARTS_TO_GIVE_UP = 4  # a process that was started this often during `up` will not come


def up(topology: Topology, topology_text: str, say: Say, proof: Callable[[LabSite], None]) -> LabSite:
    """Make the lab, or mend it, wait until it is healthy and run `proof` on it. A lab that was not there
    before is removed again when this fails. Raises `LabError`, `CommandError` or `OSError` that says why."""
    layout = Layout(topology)
    fresh = observe.supervisor_pid(layout) is None
    problems = [*obstacles(layout), *_other_topology(layout, topology), *properties_problems(topology)]
    if problems:
        raise LabError("\n".join(["the cluster cannot be started here:", *(f"  - {p}" for p in problems)]))
    try:
        site = _prepare(layout, topology_text)
        _act(site, say)
        wait_until_healthy(site, say)
        if fresh and len(topology.vips) > 1:
            go_home(site, _SWITCH_SECONDS, say)
        proof(site)
    except BaseException:
        if fresh:
            say("Cleaning up after the failed start ...")
            try:
                down(topology, lambda _: None)
            except (LabError, CommandError, OSError) as error:  # the first failure is the one to raise
                say(f"Not everything could be removed: {error}\nRun `afpcluster down` when that is mended.")
        raise
    return site


def roll_out(topology: Topology, say: Say) -> list[Action]:
    """What follows from changed settings, in a lab that is up. Raises as `up` does."""
    return _act(LabSite(Layout(topology)), say)


def down_labels(topology: Topology) -> list[str]:
    """What `down` would do."""
    layout = Layout(_saved_topology(layout_of=topology) or topology)
    return [_label(action) for action in plan_down(observe.observe(layout, {}))]


def down(topology: Topology, say: Say) -> list[Action]:
    """Remove every trace of the lab. Raises `LabError` or `CommandError`."""
    layout = Layout(_saved_topology(layout_of=topology) or topology)
    actions = plan_down(observe.observe(layout, {}))
    lab = Lab(layout)
    for action in actions:
        say(_label(action))
        lab.apply(action)
    return actions


def wait_until_healthy(site: LabSite, say: Say, seconds: float = HEALTHY_SECONDS) -> None:
    """Until every URL answers as it should and one proxy holds each VIP. Raises `LabError`."""
    deadline = time.monotonic() + seconds
    targets = urls(site.topology, site.stats_password)
    say(f"Waiting until all {len(targets)} URLs answer ...")
    before = {(p.host, p.name): p.starts for p in site.processes()}
    while True:
        answers = probe(targets)
        held = site.held()
        able = not proxies_at_fault(site)
        if all(answer.good for answer in answers) and is_whole(held) and able:
            return
        hopeless = [
            p for p in site.processes() if p.starts - before.get((p.host, p.name), 0) >= _STARTS_TO_GIVE_UP
        ]
        if hopeless or time.monotonic() > deadline:
            raise LabError(_why_unhealthy(site, answers, held))
        time.sleep(0.2)


def _prepare(layout: Layout, topology_text: str) -> LabSite:
    Lab(layout).prepare()
    layout.topology_file.write_text(topology_text, encoding="utf-8")
    claim(layout)
    password.keep(layout.stats_password, layout.password_hash_file)
    return LabSite(layout)


def _act(site: LabSite, say: Say) -> list[Action]:
    desired = site.rendered()
    observed = observe.observe(site.layout, desired)
    lab = Lab(site.layout)
    actions = plan_up(desired, processes(site.topology), observed)
    created = {action.host for action in actions if isinstance(action, CreateHost)}
    for action in actions:
        if not (isinstance(action, WriteFile) and action.host in created):  # new: goes without saying
            say(_label(action))
        lab.apply(action)
    return actions


def _label(action: Action) -> str:
    if isinstance(action, KeepEdited):
        return f"{action.host}: {action.path} was edited by hand and is kept"
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in type(action).__name__).strip()
    details = [str(v) for f in dataclasses.fields(action) if f.repr and (v := getattr(action, f.name))]
    return f"{words.capitalize()} {' '.join(details)}".strip()


def _saved_topology(layout_of: Topology) -> Topology | None:
    """What this lab was started with: `down` must find it even after the file was changed. None when it
    was never up, or another version of this program wrote a file that this one cannot read."""
    try:
        return load(Layout(layout_of).topology_file)
    except (FileNotFoundError, TopologyError):
        return None


def _other_topology(layout: Layout, wanted: Topology) -> list[str]:
    if observe.supervisor_pid(layout) is None:
        return []
    saved = _saved_topology(layout_of=wanted)
    if saved is None:
        return ["it is up, started by another version of this program: run `afpcluster down` first"]
    differing = [
        part
        for part in ("network", "ports", "hosts", "lab", "watcher")
        if getattr(saved, part) != getattr(wanted, part)
    ]
    if _without_priorities(saved) != _without_priorities(wanted):  # the watcher is started with the rest
        differing.append("vips")
    if saved.vrrp.realtime_priority != wanted.vrrp.realtime_priority:  # Keepalived is started with it
        differing.append("vrrp.realtime_priority")
    if not differing:
        return []
    return [f"it is up with another topology ({', '.join(differing)} differ): run `afpcluster down` first"]


def _without_priorities(topology: Topology) -> list[Vip]:
    return [dataclasses.replace(vip, priorities=()) for vip in topology.vips]


def _why_unhealthy(site: LabSite, answers: tuple[Answer, ...], held: Held) -> str:
    lines = ["the cluster did not become healthy:"]
    lines += [
        f"  {a.url.host} {a.url}: {a.error or f'answered {a.status} instead of {a.url.expect}'}"
        for a in answers
        if not a.good
    ]
    lines += [
        f"  {called(vip, held)} is held by {', '.join(names) or 'nobody'}" for vip, names in held.items()
    ]
    faults = proxies_at_fault(site)
    lines += [f"  {proxy} cannot take the VIP: {why}" for proxy, why in faults.items()]
    refusing = {answer.url.host for answer in answers if not answer.good}
    proxies = {host.name for host in site.topology.with_role(Role.PROXY)}
    if (
        refusing - proxies - {host_of(vip) for vip in site.topology.vips}
    ):  # then the proxies only say what the instances say
        refusing -= proxies
    for state in site.processes():
        if state.pid is None or state.last_end or state.host in refusing:
            log = site.layout.log(state.host, state.name)
            lines.append(
                f"{state.name} on {state.host}: {state.last_end or 'runs'}, starts: {state.starts}. Log:"
            )
            lines += [f"    {line}" for line in observe.log_tail(log).splitlines()]
    return "\n".join(lines)
