"""An idle worker loads what documents need beyond text; one with work to do does not."""

from __future__ import annotations

import asyncio
import io
import json
import pickle
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from afpcluster.afp2web import worker as worker_module
from afpcluster.afp2web.worker import Limits
from afpcluster.afp2web.worker_process import Worker
from benchmarks.fuzz.seeds import own_seeds

_LATER = """
import io, json, pickle, sys
from afpcluster.afp2web import warm_up
from afpcluster.convert import Options, convert
for _ in warm_up.steps():
    pass
before = set(sys.modules)
for document in pickle.load(sys.stdin.buffer):
    convert(io.BytesIO(document), io.BytesIO(), Options())
print(json.dumps(sorted(set(sys.modules) - before)))
"""
_SMALL = ("encodings.", "fontTools.ttLib.tables.")  # asked for by name


def test_no_document_waits_for_a_library_afterwards() -> None:
    documents = pickle.dumps(list(own_seeds().values()))
    run = subprocess.run([sys.executable, "-c", _LATER], input=documents, stdout=subprocess.PIPE, check=True)
    assert [name for name in json.loads(run.stdout) if not name.startswith(_SMALL)] == []


def test_a_worker_that_idles_has_loaded_them() -> None:
    async def live() -> None:
        worker = await Worker.start(Limits(1 << 31, 1 << 20, 0))
        try:
            async with asyncio.timeout(60):
                while not {"_imaging", "pikepdf", "uharfbuzz"} <= _libraries(worker.pid):
                    await asyncio.sleep(0.05)
        finally:
            worker.kill()
            await worker.ended()

    asyncio.run(live())


def test_a_job_that_has_come_is_taken_first() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        ours.send(b'{"job": 7}')
        loading = iter(["a library"])
        taken = worker_module._Parent(theirs, io.StringIO()).next_job(loading)
        assert taken is not None
        assert taken[0] == {"job": 7}
        assert next(loading) == "a library"


def test_a_worker_that_is_asked_whether_it_is_there_goes_on_loading() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def loading() -> Iterator[str]:
        yield "a library"
        yield "another"
        ours.send(b'{"job": 7}')
        yield "the last"

    with ours, theirs:
        ours.send(b'{"ping": 1}')
        steps, answers = loading(), io.StringIO()
        taken = worker_module._Parent(theirs, answers).next_job(steps)
        assert answers.getvalue() == '{"pong": 1}\n'
        assert taken is not None
        assert taken[0] == {"job": 7}
        assert list(steps) == []


def _libraries(pid: int) -> set[str]:
    """What of {"_imaging", "pikepdf", "uharfbuzz"} the process has in memory."""
    files = {Path(line.split()[-1]) for line in Path(f"/proc/{pid}/maps").read_text().splitlines()}
    names = {part.split(".")[0] for file in files for part in file.parts}
    return names & {"_imaging", "pikepdf", "uharfbuzz"}
