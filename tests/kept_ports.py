"""Ports that stay the tests' own, until the programs that they are for have ended."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def kept_ports(count: int) -> Iterator[list[int]]:
    """So many, of every IPv4 address. They are bound and nobody listens: the kernel gives them to nobody
    else, neither to listen at nor as the near end of a connection, and a program may listen at them that
    sets SO_REUSEADDR, as servers do."""
    with ExitStack() as stack:
        kept = []
        for _ in range(count):
            kept.append(stack.enter_context(socket.socket()))
            kept[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            kept[-1].bind(("", 0))
        yield [place.getsockname()[1] for place in kept]
