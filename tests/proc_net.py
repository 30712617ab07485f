"""What the kernel knows of connections: whether the other side has seen what was sent."""

from __future__ import annotations

import socket
import sys
from pathlib import Path


def is_read(client: socket.socket) -> bool:
    """Has the server (of this machine, IPv4) accepted this connection, and read all that was sent? In
    /proc/net/tcp (proc(5)) a connection that nobody has accepted belongs to no inode."""
    near, far = _place(*client.getpeername()), _place(*client.getsockname())
    for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, _, _, _, _, inode, *_ = row.split()
        if (local, remote) == (near, far):
            return inode != "0" and int(queues.partition(":")[2], 16) == 0
    return False


def _place(host: str, port: int) -> str:
    return f"{int.from_bytes(socket.inet_aton(host), sys.byteorder):08X}:{port:04X}"
