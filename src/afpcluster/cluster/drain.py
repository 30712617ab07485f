"""Taking an instance out of work and back, through the instance itself.

Rules: the instance says 503 to heartbeats, so that both proxies send it nothing new, and finishes what it
has. It stays so over its own restart and that of the proxies, until it is undrained. The last instance of a
service is not drained.
"""

from __future__ import annotations

from collections.abc import Iterable

from afpcluster.cluster import marks, views
from afpcluster.cluster.exits import RefusedError
from afpcluster.cluster.record import Say
from afpcluster.cluster.render import drain_file
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Host, Role, SiteError
from afpcluster.cluster.waiting import until


def instance_roles(site: Site, name: str) -> tuple[Role, ...]:
    """The services on a host. Raises `SiteError` when there is none, `LookupError` without such a host."""
    roles = tuple(role for role in marks.INSTANCES if role in site.topology.host(name).roles)
    if not roles:
        raise SiteError(f"{name} has no instance to drain; a proxy is relieved by `afpcluster switchover`")
    return roles


def check_drain(site: Site, name: str) -> None:
    """Raises `RefusedError` when it is the last one of a service that works."""
    seen, there = views.servers(site), views.instances(site)
    for role in instance_roles(site, name):
        others = [host for host in site.topology.with_role(role) if host.name != name]
        if not any(_works(seen, there, role, host) for host in others):
            raise RefusedError(
                f"{name} is the last instance of {role} that works: without it clients would get 503. "
                f"Look at `afpcluster status`"
            )


def drain(site: Site, name: str, why: str, seconds: float, say: Say) -> None:
    """Until nothing is under way there. Raises `RefusedError`, or `UnfinishedError`: it stays drained."""
    check_drain(site, name)
    roles, mark = instance_roles(site, name), marks.new_mark(why)
    for role in roles:
        marks.put(site, name, drain_file(role), mark)
    say(f"{name} takes nothing new; waiting for what it has ...")
    until(
        lambda: not _busy(site, name, roles), seconds, lambda: f"{name} is drained, but {_left(site, name)}"
    )


def undrain(site: Site, name: str, seconds: float) -> None:
    """Until both proxies send it work again. Raises `UnfinishedError`."""
    roles = instance_roles(site, name)
    for role in roles:
        site.remove(name, drain_file(role))
    until(lambda: used(site, name, roles), seconds, lambda: f"{name} gets no work: see `afpcluster status`")


def used(site: Site, name: str, roles: Iterable[Role]) -> bool:
    """Does every HAProxy that answers send it work?"""
    seen = views.servers(site)
    rows = [views.of_server(seen, role, name) for role in roles]
    return all(row and all(server.used for server in row) for row in rows)


def _works(seen: Iterable[views.Server], there: Iterable[views.Instance], role: Role, host: Host) -> bool:
    rows = views.of_server(seen, role, host.name)
    answering = any((one.role, one.host, one.draining) == (role, host.name, False) for one in there)
    return answering and bool(rows) and all(server.used for server in rows)


def _busy(site: Site, name: str, roles: Iterable[Role]) -> bool:
    seen = views.servers(site)
    rows = [server for role in roles for server in views.of_server(seen, role, name)]
    at_proxies = any(server.used or server.sessions or server.queued for server in rows)
    there = [one for one in views.instances(site) if one.host == name]
    return at_proxies or any(one.in_flight or not one.draining for one in there)


def _left(site: Site, name: str) -> str:
    under_way = sum(one.in_flight for one in views.instances(site) if one.host == name)
    return f"{under_way} requests are still under way; it finishes them. `afpcluster status` shows them"
