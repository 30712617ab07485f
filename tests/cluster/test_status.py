"""The verdict on what was seen of a cluster, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address

import pytest

from afpcluster.cluster.probe import Answer
from afpcluster.cluster.site.site import ProcessState
from afpcluster.cluster.status import Status, verdict
from afpcluster.cluster.topology import Vip
from afpcluster.cluster.urls import Url

URL = Url("VIP", "10.0.0.1", 8080, "/stats")
OWN = Url("wrapper-01", "10.0.0.2", 8081, "/wrapperservice/heartbeat", direct=True)
RUNS = (ProcessState("a", "haproxy", 1, 0.0, 1, ""),)


VIPS = (
    Vip(IPv4Address("10.0.0.1"), 1, (254, 253), 24, "eth0", "vip"),
    Vip(IPv4Address("10.0.0.9"), 2, (253, 254), 24, "eth0", "vip-2"),
)


def seen(
    *holders_of_each: tuple[str, ...],
    answers: tuple[Answer, ...] = (Answer(URL, 200, 0.001),),
    processes: tuple[ProcessState, ...] = RUNS,
    troubles: tuple[str, ...] = (),
    faults: Mapping[str, str] | None = None,
    silent: Mapping[str, float] | None = None,
) -> Status:
    held = dict(zip(VIPS, holders_of_each or (("a",),), strict=False))
    return Status(held, answers, processes, (), troubles, faults or {}, silent or {})


# (what was seen, what the verdict's lines say, in order)
CASES = [
    (seen(), []),
    (seen(processes=()), ["the cluster is down"]),
    (seen(()), ["no proxy holds the VIP: "]),
    (seen(("a",), ("b",)), []),
    (seen(("a",), ("a",)), []),
    (seen(("a",), ()), ["no proxy holds the VIP 10.0.0.9: "]),
    (seen((), ()), ["no proxy holds the VIP 10.0.0.1: ", "no proxy holds the VIP 10.0.0.9: "]),
    (seen(("a", "b"), ("b",)), ["a and b both hold the VIP 10.0.0.1: "]),
    (seen(("a", "b")), ["a and b both hold the VIP: "]),
    (seen(troubles=("the supervisor is dead",)), ["the supervisor is dead"]),
    (seen(faults={"b": "HAProxy is not running"}), ["b cannot take the VIP: HAProxy is not running"]),
    (seen(silent={"b": 7.2}), ["b: its watcher has not looked at HAProxy for 7 s"]),
    (seen(answers=(Answer(URL, 503, 0.1),)), ["VIP: http://10.0.0.1:8080/stats answers 503 instead of 200"]),
    (seen(answers=(Answer(URL, None, 2.0, "timed out"),)), ["VIP: http://10.0.0.1:8080/stats timed out"]),
    (seen(answers=(Answer(OWN, 200, 0.1, warnings=("bad edit",)),)), ["wrapper-01: bad edit"]),
    (seen(answers=(Answer(URL, 200, 0.1, warnings=("somebody's",)),)), []),
    (seen((), answers=(Answer(URL, None, 2.0, "timed out"),)), ["no proxy holds", "timed out"]),
]


@pytest.mark.parametrize(("status", "lines"), CASES)
def test_verdict(status: Status, lines: list[str]) -> None:
    told = verdict(status)
    assert len(told) == len(lines)
    assert all(line in text for line, text in zip(lines, told, strict=True)), told
