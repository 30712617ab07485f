"""Topology -> haproxy.cfg of one proxy. Pure; what the lines mean stands in the template.

Rules: limits follow from the topology: the public front ends together stay below HAProxy's own limit, so
that health always has room; a server gets a few times what its workers do at once, so that the queue is
HAProxy's; each stage waits longer than the one behind it (`time_limits`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise

from afpcluster.cluster.template import duration, fill
from afpcluster.cluster.topology import (
    Host,
    Milliseconds,
    Role,
    Tls,
    Topology,
    before_port,
    queues,
    time_limits,
)

_HEALTH_CONNECTIONS = 100  # watchers and monitors, kept apart from the clients'
_LATE = 10  # times the limit of a heartbeat, where all are late
_RATE_SECONDS = 10  # over which the requests of a source are counted


@dataclass(frozen=True, slots=True)
class ProxyError:
    """An answer of HAProxy itself. `code` is stable; `retry_after` in seconds."""

    status: HTTPStatus
    code: str
    detail: str
    retry_after: int | None = None


ERRORS = (
    ProxyError(HTTPStatus.BAD_REQUEST, "bad-request", "This is not HTTP as the proxy understands it."),
    ProxyError(HTTPStatus.FORBIDDEN, "forbidden", "This path is not for clients."),
    ProxyError(HTTPStatus.NOT_FOUND, "not-found", "There is nothing here."),
    ProxyError(
        HTTPStatus.REQUEST_TIMEOUT, "request-timeout", "The request did not arrive in time; send it again."
    ),
    ProxyError(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many-requests",
        "Too many requests from this address at once or in too short a time; wait, then send it again.",
        retry_after=1,
    ),
    ProxyError(
        HTTPStatus.INTERNAL_SERVER_ERROR, "proxy-failed", "The proxy could not handle this; send it again."
    ),
    ProxyError(
        HTTPStatus.BAD_GATEWAY,
        "no-whole-answer",
        "The instance ended or answered wrongly while it had this request; send it again.",
    ),
    ProxyError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "no-instance",
        "No instance can take this now: all are down, starting or busy; wait, then send it again.",
        retry_after=1,
    ),
    ProxyError(
        HTTPStatus.GATEWAY_TIMEOUT, "answer-timeout", "The instance did not answer in time; send it again."
    ),
)


def haproxy_cfg(topology: Topology, host: Host, stats_hash: str) -> str:
    """The whole file; `stats_hash` is the crypt(5) hash of the password of /stats."""
    ports, haproxy = topology.ports, topology.haproxy
    limits, queued = time_limits(topology), queues(topology)
    wrappers, instances = topology.with_role(Role.WRAPPER), topology.with_role(Role.AFP2WEB)
    others = [proxy.address for proxy in topology.with_role(Role.PROXY) if proxy != host]
    verified = _server_tls(topology.tls)
    return fill(
        "haproxy.cfg",
        name=topology.name,
        host=host.name,
        address=before_port(host.address),
        everywhere="[::]" if topology.network.is_ipv6 else "*",
        wrapper_proxy=ports.wrapper_proxy,
        afp2web_proxy=ports.afp2web_proxy,
        wrapper=ports.wrapper,
        afp2web=ports.afp2web,
        health=ports.health,
        max_connections=haproxy.max_connections,
        health_connections=_HEALTH_CONNECTIONS,
        all_connections=2 * haproxy.max_connections + _HEALTH_CONNECTIONS,
        source_connections=haproxy.source_connections,
        source_requests=haproxy.source_requests,
        source_requests_10s=haproxy.source_rate * _RATE_SECONDS,
        retry_buffer=haproxy.retry_buffer,
        header_timeout=duration(haproxy.header_timeout),
        client_timeout=duration(haproxy.client_timeout),
        connect_timeout=duration(haproxy.connect_timeout),
        check_interval=duration(haproxy.check_interval),
        check_timeout=duration(haproxy.check_timeout),
        stats_user=haproxy.stats_user,
        stats_hash=stats_hash,
        proxy_queue=duration(limits.proxy_queue),
        wrapper_answer=duration(limits.wrapper_answer),
        afp2web_answer=duration(limits.afp2web_answer),
        client_tls=_client_tls(topology.tls),
        wrappers=_listed(_wrapper_sources(topology)),
        observers=_listed([*others, *haproxy.monitors]),
        errors="\n".join(_error_line(error) for error in ERRORS),
        wrapper_reached_servers=_servers(wrappers, ports.wrapper, ""),
        afp2web_reached_servers=_servers(instances, ports.afp2web, ""),
        late_heartbeat=duration(Milliseconds(_LATE * haproxy.check_timeout)),
        wrapper_late="\n".join(
            _late("use_backend wrapper_late if { nbsrv(wrapper) eq 0 }", "wrapper", wrappers)
        ),
        afp2web_late="\n".join(
            _late("use_backend afp2web_late if { nbsrv(afp2web) eq 0 }", "afp2web", instances)
        ),
        late_servers="\n".join(
            (
                *_late("http-request set-var(txn.wrapper) bool(true) if", "wrapper", wrappers),
                *_late("http-request set-var(txn.afp2web) bool(true) if", "afp2web", instances),
            )
        ),
        wrapper_reached="\n".join(_reached("wrapper", wrappers)),
        afp2web_reached="\n".join(_reached("afp2web", instances)),
        wrapper_servers=_servers(wrappers, ports.wrapper, f"maxconn {queued.wrapper}{verified}"),
        afp2web_servers=_servers(instances, ports.afp2web, f"maxconn {queued.afp2web}{verified}"),
        detours="\n".join(_detours(instances)),
        wrapper_late_servers=_servers(wrappers, ports.wrapper, f"maxconn {queued.wrapper}{verified}"),
        afp2web_late_servers=_servers(instances, ports.afp2web, f"maxconn {queued.afp2web}{verified}"),
        wrapper_short_servers=_servers(wrappers, ports.wrapper, f"track wrapper/{{name}}{verified}"),
        afp2web_short_servers=_servers(instances, ports.afp2web, f"track afp2web/{{name}}{verified}"),
    )


def _client_tls(tls: Tls) -> str:
    if tls.proxy_certificate is None:
        return ""
    known = f" ca-file {tls.client_authority} verify optional" if tls.client_authority is not None else ""
    return f" ssl crt {tls.proxy_certificate}{known}"


def _server_tls(tls: Tls) -> str:
    """For the line of a server called `{name}`."""
    if tls.service_certificate is None:
        return ""
    return f" ssl ca-file {tls.authority} verify required verifyhost {{name}} sni str({{name}})"


def _servers(hosts: tuple[Host, ...], port: int, settings: str) -> str:
    return "\n".join(
        f"    server {host.name} {before_port(host.address)}:{port} {said}".rstrip()
        for host, said in ((host, settings.format(name=host.name)) for host in hosts)
    )


def _detours(instances: tuple[Host, ...]) -> Iterator[str]:
    """Past the instance that is to be avoided: to the next one, if it is up."""
    for host, other in _next(instances):
        yield f"    use-server {other.name} if {{ req.hdr(X-Avoid-Instance) -m str {host.name} }}"


def _reached(backend: str, hosts: tuple[Host, ...]) -> Iterator[str]:
    """Past one that accepts no connections: to the next one that does."""
    for host, other in _next(hosts):
        here, there = (f"{{ srv_is_up({backend}_reached/{name}) }}" for name in (host.name, other.name))
        yield f"    use-server {other.name} if !{here} {there}"


def _late(rule: str, backend: str, hosts: tuple[Host, ...]) -> Iterator[str]:
    """The rule for when a server has missed its heartbeats and accepts connections all the same. One that
    says 503 has missed none."""
    for host in hosts:
        well, reached = (f"{{ srv_is_up({name}/{host.name}) }}" for name in (backend, f"{backend}_reached"))
        yield f"    {rule} !{well} {reached}"


def _next(hosts: tuple[Host, ...]) -> Iterator[tuple[Host, Host]]:
    """Each with the one after it."""
    return pairwise((*hosts, hosts[0])) if len(hosts) > 1 else iter(())


def _wrapper_sources(topology: Topology) -> Iterator[object]:
    """Where wrapper-service calls from: on a proxy machine, from a VIP, while that machine has it."""
    wrappers = topology.with_role(Role.WRAPPER)
    yield from (wrapper.address for wrapper in wrappers)
    if any(Role.PROXY in wrapper.roles for wrapper in wrappers):
        yield from (vip.address for vip in topology.vips)


def _listed(addresses: Iterable[object]) -> str:
    return "".join(f" {address}" for address in addresses)


def _error_line(error: ProxyError) -> str:
    members = {
        "type": "about:blank",
        "title": error.status.phrase,
        "status": error.status.value,
        "detail": error.detail,
        "code": error.code,
        "requestId": "%[var(txn.request_id)]",
    }
    retry = f" hdr Retry-After {error.retry_after}" if error.retry_after is not None else ""
    return (
        f"    http-error status {error.status.value} content-type application/problem+json "
        f"lf-string '{json.dumps(members)}'{retry}"
    )
