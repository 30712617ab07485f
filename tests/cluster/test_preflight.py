"""Which routes of a machine stand in the way of the lab's addresses."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

import pytest

from afpcluster.cluster.preflight import range_conflicts

# (destination, interface), in the way of 10.79.79.0/24 on bridge afp0?
ROUTES = [
    (("default", "eth0"), False),
    (("192.0.2.0/24", "eth0"), False),
    (("10.79.78.0/24", "eth0"), False),
    (("10.79.79.0/24", "afp0"), False),
    (("10.79.79.0/24", "docker0"), True),
    (("10.79.79.7", "tun0"), True),
    (("10.0.0.0/8", "eth0"), True),
]


# the same for fd00:79::/64
IPV6_ROUTES = [
    (("default", "eth0"), False),
    (("10.79.79.0/24", "eth0"), False),
    (("fd00:78::/64", "eth0"), False),
    (("fe80::/64", "eth0"), False),
    (("ff00::/8", "afp0"), False),
    (("fd00:79::/64", "afp0"), False),
    (("fd00:79::/64", "docker0"), True),
    (("fd00:79::7", "tun0"), True),
    (("fd00::/8", "eth0"), True),
]


@pytest.mark.parametrize(("route", "conflicts"), IPV6_ROUTES)
def test_range_of_ipv6(route: tuple[str, str], conflicts: bool) -> None:
    found = range_conflicts(IPv6Network("fd00:79::/64"), "afp0", [{"dst": route[0], "dev": route[1]}])
    assert bool(found) == conflicts


@pytest.mark.parametrize(("route", "conflicts"), ROUTES)
def test_range(route: tuple[str, str], conflicts: bool) -> None:
    found = range_conflicts(IPv4Network("10.79.79.0/24"), "afp0", [{"dst": route[0], "dev": route[1]}])
    assert bool(found) == conflicts
    assert all(route[0] in text and route[1] in text for text in found)
