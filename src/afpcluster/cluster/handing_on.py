"""VIPs move, and what is under way through the proxy that had it goes on.

The new holder does not know the connections of the old one, and would reset them. For a while it hands
packets of connections that it does not know on to the old one (nftables: a packet that opens nothing and
for which there is only the listener), which keeps the VIP on its loopback, silent in ARP, and answers
clients directly: the "second chance" of GitHub's load balancer. `begin` does so for a planned switch; both
end by themselves after `seconds`, whatever becomes of us.

`install` makes each of two proxies ready for moves that nobody has planned, from one whose HAProxy lives:
when a cut between them has healed, or Keepalived ended. It hands on for as long as the other one is heard
of: its adverts, but for the last ones (priority 0), or HAProxy's answers to our watcher. A dead, frozen or
lost one is not heard of, and its clients get their reset.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from afpcluster.cluster.command import CommandError
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Role, Topology, Vip, before_port

_TABLE = "afpcluster_handing_on"
_STANDING_TABLE = "afpcluster_second_chance"
_HEARD = "500ms"  # ten looks of the watcher
_FOREVER = 2**32 - 1  # of an address, in seconds
# The VIP on the loopback is neither told nor used as a sender in ARP.
_QUIET = {"net.ipv4.conf.all.arp_ignore": "1", "net.ipv4.conf.all.arp_announce": "2"}


def begin(site: Site, old: str, new: str, vips: Collection[Vip], seconds: int) -> str:
    """Before these VIPs move. Says why it cannot be had; empty when it is there."""
    topology = site.topology
    try:
        _be_quiet(site, old)
        there = _on_loopback(site, old)
        for vip in vips:
            if there.get(vip, 0) != _FOREVER:
                site.run(old, *_put_on_loopback(vip, str(seconds)))
            # What is left of its time as holder (TIME_WAIT) would answer for connections of the same clients.
            site.run(new, "ss", "-HKt", "state", "all", "src", before_port(vip.address))
        site.run(new, "nft", "-f", "-", stdin=_rules(topology, old, vips, seconds).encode())
    except CommandError as error:
        return str(error)
    return ""


def end(site: Site, old: str, new: str) -> None:
    """Nothing is handed on any more. Raises `CommandError`."""
    site.run(new, "nft", "-f", "-", stdin=_anew(site.topology, _TABLE).encode())
    for vip, left in _on_loopback(site, old).items():
        if left < _FOREVER:
            site.run(old, "ip", "address", "delete", vip.alone, "dev", "lo")


def install(site: Site, proxy: str) -> None:
    """Before Keepalived starts there. Raises `CommandError` where the kernel or the rights are missing."""
    _be_quiet(site, proxy)
    site.run(proxy, "nft", "-f", "-", stdin=_standing_rules(site.topology, proxy).encode())
    for vip in site.topology.vips:
        site.run(proxy, *_put_on_loopback(vip, "forever"))


def _on_loopback(site: Site, host: str) -> dict[Vip, int]:
    """The VIPs on the loopback, and for how many seconds more."""
    rows = json.loads(site.run(host, "ip", "-json", "address", "show", "dev", "lo"))
    there = {info["local"]: int(info["valid_life_time"]) for row in rows for info in row["addr_info"]}
    return {vip: there[str(vip.address)] for vip in site.topology.vips if str(vip.address) in there}


def connections(site: Site, host: str, vips: Collection[Vip] = ()) -> int:
    """Of clients, through these VIPs (or all), at this proxy."""
    ports = site.topology.ports
    wanted = (
        f"( {' or '.join(f'src {before_port(vip.address)}' for vip in vips or site.topology.vips)} ) and "
        f"( sport = :{ports.wrapper_proxy} or sport = :{ports.afp2web_proxy} )"
    )
    return len(site.run(host, "ss", "-Htn", wanted).splitlines())


def _put_on_loopback(vip: Vip, seconds: str) -> tuple[str, ...]:
    """So that nobody sends from it by himself: an IPv6 address is deprecated for that (preferred for 0 s)."""
    preferred = "0" if vip.address.version == 6 else seconds
    lifetimes = ("valid_lft", seconds, "preferred_lft", preferred)
    return ("ip", "address", "replace", vip.alone, "dev", "lo", *lifetimes)


def _family(topology: Topology) -> str:
    """In the words of nftables."""
    return "ip6" if topology.network.is_ipv6 else "ip"


def _anew(topology: Topology, table: str) -> str:
    """The table is gone afterwards, whether it was there or not."""
    return f"table {_family(topology)} {table}\ndelete table {_family(topology)} {table}\n"


def _listed(vips: Collection[Vip]) -> str:
    return ", ".join(str(vip.address) for vip in vips)


def _rules(topology: Topology, old: str, vips: Collection[Vip], seconds: int) -> str:
    ports, device = topology.ports, topology.network.interface
    family = _family(topology)
    return f"""
{_anew(topology, _TABLE)}
table {family} {_TABLE} {{
    set handed_on {{
        type {"ipv6_addr" if topology.network.is_ipv6 else "ipv4_addr"}
        timeout {seconds}s
        elements = {{ {_listed(vips)} }}
    }}
    chain incoming {{
        type filter hook prerouting priority raw; policy accept;
        {family} daddr @handed_on tcp dport {{ {ports.wrapper_proxy}, {ports.afp2web_proxy} }} \\
            tcp flags & (syn | ack) != syn socket wildcard 1 \\
            dup to {topology.host(old).address} device "{device}" counter drop
    }}
}}
"""


def _standing_rules(topology: Topology, proxy: str) -> str:
    """What comes from the other proxy itself is never handed on: it would go to and fro for ever."""
    ports, vips, device = topology.ports, _listed(topology.vips), topology.network.interface
    (other,) = (host.address for host in topology.with_role(Role.PROXY) if host.name != proxy)
    heard = f"update @heard {{ iifname timeout {_HEARD} }} update @senders {{ ether saddr timeout {_HEARD} }}"
    family = _family(topology)
    return f"""
{_anew(topology, _STANDING_TABLE)}
table {family} {_STANDING_TABLE} {{
    set heard {{
        type ifname
        flags dynamic, timeout
    }}
    set senders {{
        type ether_addr
        flags dynamic, timeout
    }}
    chain incoming {{
        type filter hook prerouting priority raw; policy accept;
        {family} saddr {other} meta l4proto 112 @th,16,8 != 0 {heard}
        {family} saddr {other} tcp sport {ports.health} tcp flags & psh == psh {heard}
        {family} daddr {{ {vips} }} tcp dport {{ {ports.wrapper_proxy}, {ports.afp2web_proxy} }} \\
            tcp flags & (syn | ack) != syn socket wildcard 1 iifname @heard ether saddr != @senders \\
            dup to {other} device "{device}" counter drop
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
