"""Bad input over HTTP: mutated AFP files, and requests that are no HTTP or lie about themselves.

Whatever comes is answered below 500 (501 is what the interface knows and this server does not offer), or
the connection ends; and no worker is lost.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random

from benchmarks.fuzz.mutate import mutated
from benchmarks.services.instance import Instance

NO_ANSWER = 0
_NOT_OFFERED = 501
_SECONDS = 30
_SPLICES = (b"\r\n", b"\n", b"\0", b":", b"%", b"&", b"--cut", b"\xff", b" ", b"Content-Length: 9\r\n", b'"')


def requests(document: bytes) -> list[bytes]:
    """Valid requests in every form, for a small document."""
    form = b"Strict=On&InputBuffer=" + b"".join(b"%%%02X" % byte for byte in document)
    multipart = (
        b'--cut\r\nContent-Disposition: form-data; name="Strict"\r\n\r\nOn\r\n'
        b'--cut\r\nContent-Disposition: form-data; name="InputBuffer"; filename="a.afp"\r\n\r\n'
        + document
        + b"\r\n--cut--\r\n"
    )
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(document), document)
    bodies = [
        (b"application/octet-stream", document),
        (b"application/x-www-form-urlencoded", form),
        (b"multipart/form-data; boundary=cut", multipart),
        (b"application/json", b'{"Strict": "On", "InputBuffer": "WgAQ06ioAAAA"}'),
    ]
    posts = [
        _head(b"POST /services/transform?ResponseFormat=JSON", b"Content-Type: %s" % kind, size=len(body))
        + body
        for kind, body in bodies
    ]
    return [
        *posts,
        _head(b"POST /services/transform", b"Transfer-Encoding: chunked") + chunked,
        _head(b"GET /services/version?version_all=On"),
        _head(b"POST /services/version", b"Content-Type: application/json", size=2) + b"{}",
    ]


def _head(line: bytes, *headers: bytes, size: int | None = None) -> bytes:
    length = [] if size is None else [b"Content-Length: %d" % size]
    lines = [line + b" HTTP/1.1", b"Host: x", b"Connection: close", *headers, *length]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def broken(random: Random, seeds: Sequence[bytes]) -> bytes:
    """One request with one to five faults."""
    data = bytearray(random.choice(seeds))
    for _ in range(random.randint(1, 5)):
        at = random.randrange(len(data) or 1)
        end = min(len(data), at + random.choice((1, 1, 4, 40)))
        match random.randrange(6):
            case 0:
                data[at:end] = random.randbytes(end - at)
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = random.choice(_SPLICES)
            case 3:
                data[at:at] = data[at:end] * random.choice((1, 2, 1000))
            case 4:
                data[end:] = b""
            case _:
                lines = bytes(data).split(b"\r\n")
                random.shuffle(lines)
                data = bytearray(b"\r\n".join(lines))
    return bytes(data)


def send(port: int, request: bytes) -> int:
    """The status of the answer; NO_ANSWER when the server ended the connection without one."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=_SECONDS) as connection:
            connection.sendall(request)
            answer = b""
            while len(answer) < 12 and (received := connection.recv(4096)):
                answer += received
    except (BrokenPipeError, ConnectionResetError):
        return NO_ANSWER
    return int(answer[9:12]) if len(answer) >= 12 else NO_ANSWER


def run(instance: Instance, files: int, broken_requests: int, seeds: list[bytes]) -> Counter[int]:
    """How often each status came. Raises AssertionError that names the first input which broke the rule."""
    lost = instance.metric("workers_replaced_total")
    parts = requests(min(seeds, key=len))

    def transform(number: int) -> int:
        return instance.call("POST", "/services/transform", mutated(Random(number), seeds))[0]

    def request(number: int) -> int:
        return send(instance.port, broken(Random(number), parts))

    statuses: Counter[int] = Counter()
    for make, count in ((transform, files), (request, broken_requests)):
        statuses += _all(make, count)
    replaced = instance.metric("workers_replaced_total") - lost
    assert replaced == 0, f"{replaced:g} workers were lost"
    return statuses


def _all(make: Callable[[int], int], count: int) -> Counter[int]:
    statuses: Counter[int] = Counter()
    with ThreadPoolExecutor(12) as threads:
        for number, status in enumerate(threads.map(make, range(count))):
            assert status < 500 or status == _NOT_OFFERED, f"{make.__name__} {number}: status {status}"
            statuses[status] += 1
    return statuses
