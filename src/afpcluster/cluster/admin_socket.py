"""HAProxy's admin socket: what a running HAProxy is told without a restart."""

from __future__ import annotations

import socket
from pathlib import Path


class AdminError(Exception):
    """HAProxy did not do it; the text is its own."""


def ask(path: Path, command: str, timeout: float = 5.0) -> str:
    """The answer to one command; `timeout` in seconds. Raises `OSError` when nobody listens."""
    with socket.socket(socket.AF_UNIX) as asked:
        asked.settimeout(timeout)
        asked.connect(str(path))
        asked.sendall(f"{command}\n".encode())
        with asked.makefile(encoding="utf-8", errors="replace") as answer:
            return answer.read().strip()


def replace_certificate(path: Path, name: Path, pem: str) -> None:
    """From the next connection on, `pem` (certificate, chain and key) counts for the file `name`; connections
    that are open go on. Raises `AdminError` when HAProxy does not take it; then the old one stays."""
    text = "\n".join(line for line in pem.splitlines() if line.strip())  # an empty line ends the command
    for command, done in (
        (f"set ssl cert {name} <<\n{text}\n", "ransaction"),
        (f"commit ssl cert {name}", "Success"),
    ):
        said = ask(path, command)
        if done not in said:
            ask(path, f"abort ssl cert {name}")
            raise AdminError(f"HAProxy does not take the certificate in {name}: {said}")
