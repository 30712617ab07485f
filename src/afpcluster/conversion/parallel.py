"""Pages in parallel across processes: the parent only writes.

Units (pages, or whole sheets) go to workers in chunks, in turn; the parent takes chunks in their order, so
the result does not depend on the number of processes. A pipe that is full makes its worker wait: memory
stays bounded.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any, BinaryIO

from afpcluster.conversion.work import Work
from afpcluster.findings import Finding, ProcessLostError
from afpcluster.options import Options
from afpcluster.outputs.output import Output, Packet

_CHUNK = 16  # units: enough to make the pipe's cost small, few enough to keep workers in step


def packets_in_parallel(
    source: BinaryIO,
    options: Options,
    output: Output,
    take: Callable[[Packet], None],
    progress: Callable[[int, int], None] | None,
) -> tuple[int, list[Finding]]:
    """Make all packets in `options.processes` processes and hand them to `take` in page order.

    The answer is the number of pages and the findings of all processes. Raises what a worker raised.
    """
    count = options.processes
    context = _context()
    with _as_path(source) as path:
        workers: list[tuple[Any, Connection]] = []
        try:
            for index in range(count):
                receiving, sending = context.Pipe(duplex=False)
                inherited = [receiving, *(pipe for _, pipe in workers)] if _forks(context) else []
                arguments = (sending, path, options, output, index, inherited)
                process = context.Process(target=_work, args=arguments, daemon=True)
                process.start()
                sending.close()
                workers.append((process, receiving))
            return _gather([receiving for _, receiving in workers], take, progress)
        finally:
            for process, receiving in workers:
                receiving.close()
                process.terminate()
                process.join()


def _gather(
    connections: list[Connection],
    take: Callable[[Packet], None],
    progress: Callable[[int, int], None] | None,
) -> tuple[int, list[Finding]]:
    pages, found = 0, []
    finished = [False] * len(connections)
    turn = 0
    while not all(finished):
        index = turn % len(connections)
        turn += 1
        if finished[index]:
            continue
        try:
            kind, value, done = connections[index].recv()
        except EOFError as error:
            raise ProcessLostError(
                "worker-died",
                "A conversion process ended without an answer (killed, or out of memory). Try again.",
            ) from error
        if kind == "packets":
            for packet in value:
                take(packet)
            if progress is not None:
                progress(*done)
        elif kind == "error":
            raise value
        else:
            finished[index] = True
            pages = max(pages, done[0])
            found += value
    return pages, found


def _context() -> Any:
    """Forked workers start at once; a process with threads must not fork, it spawns."""
    alone = threading.active_count() == 1
    return multiprocessing.get_context("fork" if alone else "spawn")


def _forks(context: Any) -> bool:
    return bool(context.get_start_method() == "fork")


def _work(
    sending: Connection,
    path: str,
    options: Options,
    output: Output,
    index: int,
    inherited: Sequence[Connection],
) -> None:
    """One worker: chunks number index, index + processes, … of the units. `inherited` are ends of pipes
    that a fork brought along: held open, they would hide the parent's death."""
    for pipe in inherited:
        pipe.close()
    try:
        count = options.processes
        with (
            open(path, "rb") as source,
            Work(source, options, lambda number: (number - 1) // _CHUNK % count == index) as work,
        ):
            chunk: list[Packet] = []
            for unit, packet in work.packets(output.maker(), output.takes):
                if packet is not None:
                    chunk.append(packet)
                elif chunk:  # the next unit is another worker's
                    sending.send(("packets", chunk, (unit.end, work.size)))
                    chunk = []
            if chunk:
                sending.send(("packets", chunk, (work.size, work.size)))
            sending.send(("end", work.findings(with_walk=index == 0), (work.pages_seen, 0)))
    except BrokenPipeError:
        return  # the parent has given up; it knows why
    except Exception as error:
        with contextlib.suppress(BrokenPipeError):
            sending.send(("error", _sendable(error), (0, 0)))


def _sendable(error: Exception) -> Exception:
    """The error, or what it says where it cannot cross the process border."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


@contextlib.contextmanager
def _as_path(source: BinaryIO) -> Iterator[str]:
    """A path under which every worker can open the source for itself."""
    name = getattr(source, "name", None)
    if isinstance(name, str) and os.path.isfile(name):
        yield name
        return
    with tempfile.NamedTemporaryFile(prefix="afpcluster-") as copy:
        source.seek(0)
        shutil.copyfileobj(source, copy)
        copy.flush()
        yield copy.name
