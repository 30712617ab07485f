"""What workers write when they fail is in the log as lines of it, and says nothing of documents."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from service_processes import Afp2webProcess, eventually, freeze, thaw

from afpcluster.afp2web.worker_log import log_stderr

Start = Callable[..., Afp2webProcess]
TRACEBACK = """Traceback (most recent call last):
  File "/program/worker.py", line 7, in _do
    secret = "Account 4711"
             ^^^^^^^^^^^^^^
ValueError: Account 4711
Fatal Python error: Segmentation fault
"""


def test_a_worker_that_fails_by_itself(start: Start, document: bytes, converted: bytes) -> None:
    """It can take no more descriptors, so an order comes without its files."""
    instance = start(lambda folder: Afp2webProcess(folder, workers=1))
    worker = instance.workers()[0]
    resource.prlimit(worker, resource.RLIMIT_NOFILE, (0, 0))
    assert instance.transform(document).body == converted  # by another worker
    line = eventually(lambda: instance.logged("worker failed"))[0]
    assert line["pid"] == worker
    assert "worker.py" in line["where"]
    assert line["where"].endswith("IndexError")


def test_a_fatal_error(start: Start, document: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONFAULTHANDLER", "1")
    instance = start(lambda folder: Afp2webProcess(folder, workers=1))
    worker = instance.workers()[0]
    freeze(worker)
    with ThreadPoolExecutor(1) as threads:
        reply = threads.submit(instance.transform, document)
        eventually(lambda: instance.metric("workers_idle") == 0)
        os.kill(worker, signal.SIGSEGV)
        thaw(worker)
        assert reply.result().status in (200, 500)  # lost before or after it began
    line = eventually(lambda: instance.logged("worker wrote"))[0]
    assert line["pid"] == worker
    assert line["text"].startswith("Fatal Python error: Segmentation fault\n")
    assert "worker.py" in line["text"]


def told(began: bool, text: bytes, caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """What is logged of it."""

    async def write() -> None:
        stream = asyncio.StreamReader()
        stream.feed_data(text)
        stream.feed_eof()
        await log_stderr(stream, 1, lambda: began)

    with caplog.at_level(logging.INFO, "afpcluster.afp2web.worker"):
        asyncio.run(write())
    return [record.__dict__["data"] for record in caplog.records]


@pytest.mark.parametrize(
    ("began", "text"),
    [
        (False, TRACEBACK.strip()),
        (True, '  File "/program/worker.py", line 7, in _do\nFatal Python error: Segmentation fault'),
    ],
)
def test_text_may_be_a_documents(began: bool, text: str, caplog: pytest.LogCaptureFixture) -> None:
    assert told(began, TRACEBACK.encode(), caplog) == [{"pid": 1, "bytes": len(TRACEBACK), "text": text}]


def test_a_flood_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    (line,) = told(False, b"many words\n" * 1_000_000 + b"the end", caplog)
    assert line["bytes"] == 11_000_007
    assert len(str(line["text"])) <= 4096
    assert str(line["text"]).endswith("the end")
