"""Services shared by a module's tests, and the smallest document that converts."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from service_processes import Afp2webProcess, ServiceProcess

from afpcluster.afp.framing import encode
from afpcluster.convert import convert

_DOCUMENT = ((0xD3A8A8, 0xD3A9A8), (0xD3A8AF, 0xD3A9AF))  # document, page: begin and end


@pytest.fixture(scope="session")
def document() -> bytes:
    """A document with one empty page."""
    (begin_document, end_document), (begin_page, end_page) = _DOCUMENT
    group = encode(0xD3A8C9) + encode(0xD3A6AF, bytes.fromhex("0000384038400021fc002b20")) + encode(0xD3A9C9)
    return encode(begin_document) + encode(begin_page) + group + encode(end_page) + encode(end_document)


@pytest.fixture(scope="session")
def converted(document: bytes) -> bytes:
    """What the document becomes without any service."""
    sink = io.BytesIO()
    convert(io.BytesIO(document), sink)
    return sink.getvalue()


@pytest.fixture(scope="module")
def afp2web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Afp2webProcess]:
    """One afp2web for a module's tests, which leave it as they found it."""
    instance = Afp2webProcess(tmp_path_factory.mktemp("afp2web"))
    yield instance
    instance.stop()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Callable[[Path], ServiceProcess]], ServiceProcess]]:
    """Starts services of a test's own; each gets a folder and is stopped afterwards."""
    started: list[ServiceProcess] = []

    def starter(make: Callable[[Path], ServiceProcess]) -> ServiceProcess:
        started.append(make(tmp_path / str(len(started))))
        return started[-1]

    yield starter
    for instance in started:
        instance.stop()
