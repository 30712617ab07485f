"""What passes over the lab's bridge passes this machine's firewall, whatever a Docker engine makes of it.

Rules: Docker sets the policy of FORWARD to DROP, and the kernel may apply it to frames within a bridge
(`bridge-nf-call-iptables`). An engine may be started after the lab: hence the one rule is made in any case,
where there is an iptables that works. It names the bridge, and is removed with it.
"""

from __future__ import annotations

import shutil

from afpcluster.cluster.command import CommandError, run


def let_through(bridge: str) -> None:
    """Twice is harmless. Raises `CommandError`."""
    if _works() and not _is_there(bridge):
        run("iptables", "--wait", "-I", *_rule(bridge))


def forget(bridge: str) -> None:
    """Remove the rule, if it is there. Raises `CommandError`."""
    if _works() and _is_there(bridge):
        run("iptables", "--wait", "-D", *_rule(bridge))


def _rule(bridge: str) -> tuple[str, ...]:
    return ("FORWARD", "-i", bridge, "-o", bridge, "-j", "ACCEPT")


def _works() -> bool:
    if shutil.which("iptables") is None:
        return False
    try:
        run("iptables", "--wait", "-S", "FORWARD")
    except CommandError:  # a kernel without it has no policy, either
        return False
    return True


def _is_there(bridge: str) -> bool:
    try:
        run("iptables", "--wait", "-C", *_rule(bridge))
    except CommandError:
        return False
    return True
