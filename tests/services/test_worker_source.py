"""How a worker reads its document: a small one at once, since each step in a file is a call of the system."""

from __future__ import annotations

import os
import tempfile
from typing import Any, cast

import pytest

from afpcluster.afp2web import worker

_DOCUMENT = bytes(range(256)) * 40


class _Told:
    """What a watch is told."""

    def __init__(self) -> None:
        self.offsets: list[int] = []

    def reached(self, offset: int) -> None:
        self.offsets.append(offset)


@pytest.fixture
def descriptor() -> int:
    """Of the document, as the server has just written it."""
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(_DOCUMENT)
        return os.dup(file.fileno())


@pytest.mark.parametrize("in_memory", [True, False])
def test_is_read_from_its_start_and_each_read_is_told(
    descriptor: int, monkeypatch: pytest.MonkeyPatch, *, in_memory: bool
) -> None:
    monkeypatch.setattr(worker, "_IN_MEMORY_BYTES", len(_DOCUMENT) - (not in_memory))
    with worker._source(descriptor) as source:
        assert source.read(100) == _DOCUMENT[:100]
        told = _Told()
        source.watch = cast(Any, told)
        source.seek(5000)
        assert source.read(1000) == _DOCUMENT[5000:6000]
        assert source.read() == _DOCUMENT[6000:]
    assert told.offsets == [6000, len(_DOCUMENT)]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_a_small_one_is_read_once(descriptor: int) -> None:
    with worker._source(descriptor) as source:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)
        assert source.read() == _DOCUMENT


def test_a_document_that_cannot_be_read_is_the_engine_s_to_meet() -> None:
    writing = os.open("/dev/null", os.O_WRONLY)
    with worker._source(writing) as source, pytest.raises(OSError, match="Bad file descriptor"):
        source.read()
