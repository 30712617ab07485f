"""Clients of a cluster, as long as something is done to it: heartbeats and documents, at both ports."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

_MEDIA_TYPE = {"Content-Type": "application/vnd.ibm.modcap"}
_SECONDS = 60.0  # a machine that installs another one is slow


@dataclass
class Seen:
    """`failed` says what and when; `bodies` are the different PDFs."""

    answered: int = 0
    documents: int = 0
    failed: list[str] = field(default_factory=list)
    bodies: set[bytes] = field(default_factory=set)


@contextmanager
def traffic(address: str, document: bytes) -> Iterator[Seen]:
    """Until the end of the block; what was seen is whole then."""
    seen, stop, lock = Seen(), threading.Event(), threading.Lock()

    def client(port: int, path: str, body: bytes | None, *, kept: bool) -> None:
        with closing(http.client.HTTPConnection(address, port, timeout=_SECONDS)) as connection:
            ask_again_and_again(connection, path, body, kept=kept)

    def ask_again_and_again(
        connection: http.client.HTTPConnection, path: str, body: bytes | None, *, kept: bool
    ) -> None:
        used = False
        while not stop.is_set():
            try:
                status, said = _ask(connection, path, body)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                if used:  # a kept connection may have ended before this request: once more, on a new one
                    used = False
                    continue
                status, said = 0, repr(error).encode()
            used = kept and connection.sock is not None
            if not used:
                connection.close()
            with lock:
                if status == 200:
                    seen.answered += 1
                    seen.documents += body is not None
                    seen.bodies |= {said} if body is not None else set()
                else:
                    seen.failed.append(
                        f"{time.strftime('%X')} :{connection.port}{path} {status}: {said[:200]!r}"
                    )
            stop.wait(0.2 if body else 0.05)

    rows = [
        (8080, "/wrapperservice/heartbeat", None, False),
        (9090, "/services/version", None, False),
        (8080, "/wrapperservice/convert", document, False),
        (8080, "/wrapperservice/convert", document, True),
        (9090, "/services/transform", document, False),
    ]
    threads = [threading.Thread(target=client, args=row[:3], kwargs={"kept": row[3]}) for row in rows]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _ask(connection: http.client.HTTPConnection, path: str, body: bytes | None) -> tuple[int, bytes]:
    connection.request("POST" if body else "GET", path, body, _MEDIA_TYPE if body else {})
    answer = connection.getresponse()
    return answer.status, answer.read()
