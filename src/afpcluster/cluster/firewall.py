"""What passes over the lab's bridge passes this machine's firewall, whatever a Docker engine makes of it.

Rules: Docker sets the policy of FORWARD to DROP, and the kernel may apply it to frames within a bridge
(`bridge-nf-call-iptables`). An engine may be started after the lab: hence the one rule is made in any case,
where there is an iptables that works. It names the bridge, and is removed with it.
"""

from __future__ import annotations

import shutil

from afpcluster.cluster.command import CommandError, run

_PROGRAMS = ("iptables", "ip6tables")


def let_through(bridge: str, *, ipv6: bool = False) -> None:
    """Twice is harmless. Raises `CommandError`."""
    program = _PROGRAMS[ipv6]
    if _works(program) and not _is_there(program, bridge):
        run(program, "--wait", "-I", *_rule(bridge))


def forget(bridge: str) -> None:
    """Remove the rule, if it is there. Raises `CommandError`."""
    for program in _PROGRAMS:
        if _works(program) and _is_there(program, bridge):
            run(program, "--wait", "-D", *_rule(bridge))


def _rule(bridge: str) -> tuple[str, ...]:
    return ("FORWARD", "-i", bridge, "-o", bridge, "-j", "ACCEPT")


def _works(program: str) -> bool:
    if shutil.which(program) is None:
        return False
    try:
        run(program, "--wait", "-S", "FORWARD")
    except CommandError:  # a kernel without it has no policy, either
        return False
    return True


def _is_there(program: str, bridge: str) -> bool:
    try:
        run(program, "--wait", "-C", *_rule(bridge))
    except CommandError:
        return False
    return True
