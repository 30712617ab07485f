"""Reading changed configuration without a pause: HAProxy (SIGUSR2 to its master), Keepalived (SIGHUP).

Rules: whoever changed the file has had it checked. A new worker of HAProxy takes the listeners over, the old
one finishes what it has. Done is a reload when the new one answers, has proven every server that the old one
used, and Keepalived could still take the VIP; else it is said what is missing, and nothing more is touched.
"""

from __future__ import annotations

import contextlib
import http.client
import signal

from afpcluster.cluster import views
from afpcluster.cluster.exits import UnfinishedError
from afpcluster.cluster.probe import connect
from afpcluster.cluster.processes import KEEPALIVED_PIDS
from afpcluster.cluster.proxies import wait_until_ready
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import SiteError
from afpcluster.cluster.urls import Url
from afpcluster.cluster.waiting import until

_SECONDS = 20.0  # a worker that is not there by then will not come
_ANSWER_SECONDS = 1.0
_AGAIN_SECONDS = 5.0


def reload_haproxy(site: Site, proxy: str) -> None:
    """Raises `SiteError` or `UnfinishedError`."""
    old, before = serving(site, proxy), site.process(proxy, "haproxy")
    used = {(server.backend, server.host) for server in views.servers(site) if _is(server, proxy)}
    if before.pid is not None:  # else it reads its file as it starts
        site.signal(proxy, "haproxy", signal.SIGUSR2)
        with contextlib.suppress(UnfinishedError):
            wait_until_reloaded(site, proxy, old, _AGAIN_SECONDS)
        if serving(site, proxy) == old:  # a master that has just reloaded loses a signal (HAProxy 2.6)
            site.signal(proxy, "haproxy", signal.SIGUSR2)
    wait_until_reloaded(site, proxy, old)
    until(
        lambda: used <= {(s.backend, s.host) for s in views.servers(site) if _is(s, proxy) and s.proven},
        _SECONDS,
        lambda: f"HAProxy on {proxy} has reloaded, but does not use every server that it used before",
    )
    wait_until_ready(
        site, proxy, _SECONDS, f"HAProxy on {proxy} has reloaded, but {proxy} cannot take the VIP"
    )
    if before.pid not in (None, site.process(proxy, "haproxy").pid):
        raise SiteError(f"HAProxy on {proxy} ended while it reloaded: `afpcluster logs {proxy}` says why")


def wait_until_reloaded(site: Site, proxy: str, old: int | None, seconds: float = _SECONDS) -> None:
    """Until another process than `old` answers. Raises `UnfinishedError`."""
    until(
        lambda: serving(site, proxy) not in (None, old),
        seconds,
        lambda: (
            f"HAProxy on {proxy} does not take its file and goes on as before: "
            f"`afpcluster logs {proxy}` says why"
        ),
    )


def reload_keepalived(site: Site, proxy: str) -> None:
    """Raises `SiteError` or `UnfinishedError`."""
    before = site.text(proxy, KEEPALIVED_PIDS[0])
    if site.process(proxy, "keepalived").pid is not None:
        site.signal(proxy, "keepalived", signal.SIGHUP)
    wait_until_ready(site, proxy, _SECONDS, f"Keepalived on {proxy} has reloaded, but cannot take the VIP")
    if before not in ("", site.text(proxy, KEEPALIVED_PIDS[0])):
        raise SiteError(f"Keepalived on {proxy} ended while it reloaded: `afpcluster logs {proxy}` says why")


def serving(site: Site, proxy: str) -> int | None:
    """The PID, as seen there, of the HAProxy process that answers; None when none does."""
    address = str(site.topology.host(proxy).address)
    connection = connect(Url(proxy, address, site.topology.ports.health, "/healthz"), _ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        said = connection.getresponse().getheader("X-Process", "")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return int(said) if said.isdigit() else None


def _is(server: views.Server, proxy: str) -> bool:
    return server.proxy == proxy and server.used
