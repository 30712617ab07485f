"""What the instances and the HAProxies say about themselves, asked over HTTP like the URLs of `status`.

Rules: an instance is asked at its own port for its metrics, a HAProxy at its health port for its table of
servers; it answers the networks in `haproxy.monitors`. Nobody who does not answer is guessed at.
"""

from __future__ import annotations

import base64
import csv
import http.client
import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from afpcluster.cluster.probe import connect
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Role
from afpcluster.cluster.urls import Url

BACKENDS = {Role.WRAPPER: "wrapper", Role.AFP2WEB: "afp2web"}
_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Instance:
    """One service as its metrics say. `in_flight` are requests being served, this question left out."""

    host: str
    role: Role
    version: str
    draining: bool
    in_flight: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Server:
    """One server as one HAProxy sees it: `state` is UP, DOWN, NOLB (drained) or MAINT, maybe with more."""

    proxy: str
    backend: str
    host: str
    state: str
    check: str  # what its last heartbeat came to: L7OK, ..., or INI before the first one
    sessions: int
    queued: int

    @property
    def used(self) -> bool:
        """Does it get new requests?"""
        return self.state.startswith("UP")

    @property
    def proven(self) -> bool:
        """Has it also answered this very HAProxy process? Before that it is taken for UP."""
        return self.used and self.check.endswith("L7OK")  # an asterisk before: the next one is on its way


def instances(site: Site) -> tuple[Instance, ...]:
    """Of every instance that answers."""
    topology, tls = site.topology, site.topology.tls
    authority = tls.authority if tls.service_certificate is not None else None
    ports = {Role.WRAPPER: topology.ports.wrapper, Role.AFP2WEB: topology.ports.afp2web}
    urls = [
        (role, Url(host.name, str(host.address), port, "/metrics", authority=authority))
        for role, port in ports.items()
        for host in topology.with_role(role)
    ]
    with ThreadPoolExecutor(max_workers=len(urls)) as pool:
        texts = list(pool.map(lambda row: _get(row[1]), urls))
    return tuple(
        _instance(url.host, role, text) for (role, url), text in zip(urls, texts, strict=True) if text
    )


def servers(site: Site) -> tuple[Server, ...]:
    """As every HAProxy that answers sees them."""
    topology = site.topology
    found: list[Server] = []
    for proxy in topology.with_role(Role.PROXY):
        url = Url(proxy.name, str(proxy.address), topology.ports.health, "/stats;csv")
        text = _get(url, f"{topology.haproxy.stats_user}:{site.stats_password}")
        found.extend(_servers(proxy.name, text))
    return tuple(found)


def of_server(seen: Iterable[Server], role: Role, host: str) -> list[Server]:
    """How each proxy sees an instance."""
    return [server for server in seen if (server.backend, server.host) == (BACKENDS[role], host)]


def _servers(proxy: str, text: str) -> Iterable[Server]:
    for row in csv.DictReader(io.StringIO(text.removeprefix("# "))):
        if row["pxname"] in BACKENDS.values() and row["svname"] not in ("FRONTEND", "BACKEND"):
            numbers = int(row["scur"]), int(row["qcur"] or 0)
            yield Server(proxy, row["pxname"], row["svname"], row["status"], row["check_status"], *numbers)


def _instance(host: str, role: Role, text: str) -> Instance:
    values: dict[str, float] = {}
    version = ""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            values[sample.name] = sample.value
            version = sample.labels.get("version", version) if sample.name == "service_info" else version
    return Instance(
        host,
        role,
        version,
        draining=bool(values.get("draining")),
        in_flight=max(0, int(values.get("http_requests_in_flight", 1)) - 1),
        free_bytes=int(values.get("storage_free_bytes", 0)),
    )


def _get(url: Url, user: str | None = None) -> str:
    """The text of an answer with 200; empty for any other."""
    headers = {}
    if user is not None:
        headers["Authorization"] = f"Basic {base64.b64encode(user.encode()).decode()}"
    connection = connect(url, _SECONDS)
    try:
        connection.request("GET", url.path, headers=headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8", errors="replace")
    except (OSError, http.client.HTTPException):
        return ""
    finally:
        connection.close()
    return text if response.status == 200 else ""
