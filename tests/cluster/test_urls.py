"""Every URL and heartbeat of the running cluster, each asked once, and that there are 21."""

from __future__ import annotations

import pytest

from afpcluster.cluster.probe import probe
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.topology_file import load
from afpcluster.cluster.urls import Url, urls, without_password

# Host and path as in the sample topology; the address comes from the cluster of the tests.
CASES = [(url.host, url.port, url.path) for url in urls(load(), "p")]


def find(cluster: LabSite, host: str, port: int, path: str) -> Url:
    known = urls(cluster.topology, cluster.stats_password)
    return next(url for url in known if (url.host, url.port, url.path) == (host, port, path))


@pytest.mark.parametrize(
    ("host", "port", "path"), CASES, ids=[f"{h}:{port}{path}" for h, port, path in CASES]
)
def test_answers(cluster: LabSite, host: str, port: int, path: str) -> None:
    answer = probe([find(cluster, host, port, path)])[0]
    assert answer.good, answer


def test_there_are_21() -> None:
    expected = {
        (host, port, path)
        for hosts, port, paths in (
            (("VIP", "a2wprxy-01", "a2wprxy-02"), 8080, ("/wrapperservice", "/wrapperservice/heartbeat")),
            (("VIP", "a2wprxy-01", "a2wprxy-02"), 9090, ("/services", "/services/version")),
            (("wrapper-01", "wrapper-02"), 8081, ("/wrapperservice", "/wrapperservice/heartbeat")),
            (("afp2web-03", "afp2web-04"), 9091, ("/services", "/services/version")),
            (("VIP",), 8080, ("/stats",)),
        )
        for host in hosts
        for path in paths
    }
    assert len(expected) == 21
    assert set(CASES) == expected


@pytest.mark.parametrize("password", [None, "wrong"])
def test_stats_refuses(cluster: LabSite, password: str | None) -> None:
    stranger = without_password(find(cluster, "VIP", 8080, "/stats"))
    if password is not None:
        user = cluster.topology.haproxy.stats_user
        stranger = Url("VIP", stranger.address, stranger.port, "/stats", 401, user, password)
    answer = probe([stranger])[0]
    assert answer.status == 401, answer
