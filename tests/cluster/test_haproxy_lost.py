"""The network of an instance goes: no request is cut off while it is being connected there."""

from __future__ import annotations

import http.client
import shutil
import threading
import time
from pathlib import Path

import pytest
from loopback import running, wait_for

pytestmark = pytest.mark.skipif(shutil.which("haproxy") is None, reason="haproxy is not installed")
CLIENTS = 12


@pytest.mark.parametrize(
    ("lost", "path"), [("wrapper-01", "/wrapperservice/convert"), ("afp2web-03", "/services/transform")]
)
def test_every_request_is_answered(tmp_path: Path, lost: str, path: str) -> None:
    # The other one has room for all: HAProxy would rather try the lost one again than let a repeat wait.
    with running(tmp_path, workers=str(CLIENTS)) as proxy:
        backend, ports = lost.partition("-")[0], proxy.topology.ports
        port = ports.wrapper_proxy if backend == "wrapper" else ports.afp2web_proxy
        wrong: list[object] = []
        answered = [0] * CLIENTS
        ended = threading.Event()

        def ask(client: int) -> None:
            while not ended.is_set():
                try:
                    status = proxy.ask(path, b"document", port=port, source="127.0.79.53")[0]
                except (OSError, http.client.HTTPException) as error:
                    wrong.append(error)
                else:
                    answered[client] += 1
                    if status != 200:
                        wrong.append(status)

        clients = [threading.Thread(target=ask, args=(number,)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            wait_for(lambda: min(answered) > 0)
            proxy.lose(lost)
            wait_for(lambda: proxy.states(backend)[lost] == "DOWN")
            time.sleep(0.5)
        finally:
            ended.set()
            for client in clients:
                client.join()
        assert wrong == []
        # It was tried there, and then elsewhere.
        wait_for(lambda: any(line["retries"] != "0" for line in proxy.log()))
