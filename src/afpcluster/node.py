"""Both services on one machine or in one container: afp2web behind wrapper-service, for one port of clients.

Rules: SIGTERM drains wrapper-service first, so that what it still does can be done, then afp2web. When either
ends by itself, the other is ended, too, and the exit code says so: whoever supervises starts the whole again.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGCHLD})


def run(listen: str, afp2web_listen: str, config: Path | None) -> int:
    """Until SIGTERM or SIGINT (exit code 0), or until one of the two ends (1). `config` is afp2web's file."""
    host, _, port = afp2web_listen.rpartition(":")
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    with tempfile.TemporaryDirectory(prefix="afpcluster-node-") as folder:
        properties = Path(folder) / "wrapperservice.properties"
        properties.write_text(
            f"afp2web.host = {host}\nafp2web.port = {port}\nafp2web.host-protocol = http\n", encoding="utf-8"
        )
        given = ("--config", str(config)) if config is not None else ()
        afp2web = _start("serve-afp2web", "--listen", afp2web_listen, *given)
        wrapper = _start("serve-wrapper", "--listen", listen, "--properties", str(properties))
        asked = False
        while not asked and afp2web.poll() is None and wrapper.poll() is None:
            asked = signal.sigwait(_SIGNALS) != signal.SIGCHLD
        for service in (wrapper, afp2web):
            if service.poll() is None:
                service.terminate()
            service.wait()
    if asked and wrapper.returncode == afp2web.returncode == 0:
        return 0
    print(
        f"afpcluster: wrapper-service ended with {wrapper.returncode}, afp2web with {afp2web.returncode}",
        file=sys.stderr,
    )
    return 1


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "afpcluster", *arguments]
    # A group of its own: an interrupt at the terminal reaches this process alone, which keeps the order.
    return subprocess.Popen(command, process_group=0, preexec_fn=_unblock, env=os.environ)


def _unblock() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
