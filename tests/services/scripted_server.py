"""A server that says what the test wants, whatever it is asked."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class ScriptedServer:
    """Says to each connection the next of its lines, whatever is asked, and remembers the bodies."""

    def __init__(self) -> None:
        self._lines: tuple[bytes | None, ...] = ()
        self.bodies: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def play(self, *lines: bytes | None) -> None:
        """From now on say these; the last one again and again."""
        self._lines, self.bodies = lines, []

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(ConnectionError):  # its client may leave
                line = self._lines[min(len(self.bodies), len(self._lines) - 1)]
                self.bodies.append(_body(connection))
                if line is not None:
                    connection.sendall(line)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _body(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        head += _more(connection)
    head, _, body = head.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split()[0])
    while len(body) < length:
        body += _more(connection)
    return body


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionError("the client has left")
    return received


def answer(
    status: int, body: bytes = b"", media_type: str = "application/pdf", length: int | None = -1
) -> bytes:
    size = b"" if length is None else b"Content-Length: %d\r\n" % (len(body) if length == -1 else length)
    return b"HTTP/1.1 %d X\r\nContent-Type: %s\r\n%s\r\n%s" % (status, media_type.encode(), size, body)


def refusal(status: int, code: str) -> bytes:
    return answer(
        status, b'{"ErrorCode": "%s", "ErrorMessage": "no", "Offset": 7}' % code.encode(), "application/json"
    )
