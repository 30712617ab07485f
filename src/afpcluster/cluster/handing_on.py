"""A VIP moves, and what is under way through the proxy that had it goes on.

The new holder does not know the connections of the old one, and would reset them. For a while it hands
packets of connections that it does not know on to the old one (nftables: a packet that opens nothing and
for which there is only the listener), which keeps the VIP on its loopback, silent in ARP, and answers
clients directly: the "second chance" of GitHub's load balancer. Both end by themselves after `seconds`,
whatever becomes of us.
"""

from __future__ import annotations

import json

from afpcluster.cluster.command import CommandError
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Topology

_TABLE = "afpcluster_handing_on"
# The VIP on the loopback is neither told nor used as a sender in ARP.
_QUIET = {"net.ipv4.conf.all.arp_ignore": "1", "net.ipv4.conf.all.arp_announce": "2"}


def begin(site: Site, old: str, new: str, seconds: int) -> str:
    """Before the VIP moves. Says why it cannot be had; empty when it is there."""
    topology = site.topology
    try:
        _be_quiet(site, old)
        for_so_long = ("valid_lft", str(seconds), "preferred_lft", str(seconds))
        vip = f"{topology.network.virtual_address}/32"
        site.run(old, "ip", "address", "replace", vip, "dev", "lo", *for_so_long)
        # What is left of its own time as holder (TIME_WAIT) would answer for a connection of the same client.
        site.run(new, "ss", "-HKt", "state", "all", "src", str(topology.network.virtual_address))
        site.run(new, "nft", "-f", "-", stdin=_rules(topology, old, seconds).encode())
    except CommandError as error:
        return str(error)
    return ""


def end(site: Site, old: str, new: str) -> None:
    """Nothing is handed on any more. Raises `CommandError`."""
    site.run(new, "nft", "-f", "-", stdin=f"table ip {_TABLE}\ndelete table ip {_TABLE}\n".encode())
    vip = f"{site.topology.network.virtual_address}/32"
    rows = json.loads(site.run(old, "ip", "-json", "address", "show", "dev", "lo"))
    if any(info["local"] == vip[:-3] for row in rows for info in row["addr_info"]):
        site.run(old, "ip", "address", "delete", vip, "dev", "lo")


def connections(site: Site, host: str) -> int:
    """Of clients, through the VIP, at this proxy."""
    ports = site.topology.ports
    wanted = (
        f"src {site.topology.network.virtual_address} and "
        f"( sport = :{ports.wrapper_proxy} or sport = :{ports.afp2web_proxy} )"
    )
    return len(site.run(host, "ss", "-Htn", wanted).splitlines())


def _rules(topology: Topology, old: str, seconds: int) -> str:
    ports, vip = topology.ports, topology.network.virtual_address
    return f"""
table ip {_TABLE}
delete table ip {_TABLE}
table ip {_TABLE} {{
    set handed_on {{
        type ipv4_addr
        timeout {seconds}s
        elements = {{ {vip} }}
    }}
    chain incoming {{
        type filter hook prerouting priority raw; policy accept;
        ip daddr @handed_on tcp dport {{ {ports.wrapper_proxy}, {ports.afp2web_proxy} }} \\
            tcp flags & (syn | ack) != syn socket wildcard 1 \\
            dup to {topology.host(old).address} device "{topology.network.interface}" counter drop
    }}
}}
"""


def _be_quiet(site: Site, host: str) -> None:
    there = dict(
        line.replace(" ", "").split("=", 1)
        for line in site.run(host, "sysctl", *_QUIET).decode().splitlines()
    )
    if there != _QUIET:
        site.run(host, "sysctl", "-qw", *(f"{key}={value}" for key, value in _QUIET.items()))
