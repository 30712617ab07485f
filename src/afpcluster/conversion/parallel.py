"""The print files of a conversion, one after the other: here, or their pages in parallel across processes, of
which the parent only writes.

Units (pages, or whole sheets) go to workers in chunks, in turn; the parent takes chunks in their order, so
the result does not depend on the number of processes. A pipe that is full makes its worker wait: memory
stays bounded.
"""

from __future__ import annotations

import contextlib
import fcntl
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from afpcluster.conversion.collector import collect_rarely
from afpcluster.conversion.print_files import PrintFile
from afpcluster.conversion.work import Work
from afpcluster.findings import Finding, ProcessLostError
from afpcluster.heavy import multiprocessing
from afpcluster.options import Options
from afpcluster.outputs.output import Output, Packet

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_CHUNK = 16  # units: enough to make the pipe's cost small, few enough to keep workers in step
_PIPE = 1 << 20  # bytes: some chunks, so that a worker goes on while the parent writes those of another


class Receiver(Protocol):
    """Takes what a conversion makes, print file after print file."""

    def begin(self, file: PrintFile) -> None:
        """What follows is of this file."""

    def take(self, packet: Packet) -> None:
        """The next packet in page order."""

    def reached(self, done: int) -> None:
        """So many bytes of the file are done."""

    def end(self, course: Course) -> None:
        """The file is done."""


class Course(NamedTuple):
    """What became of one print file: its output pages, its own pages, and what was found."""

    pages: int
    walked: int
    findings: list[Finding]


def convert_here(files: Sequence[PrintFile], options: Options, output: Output, receiver: Receiver) -> None:
    """Make all packets in this process."""
    in_front = 0
    for file in files:
        receiver.begin(file)
        with (
            file.opened() as source,
            Work(source, options, in_front=in_front if len(files) > 1 else None) as work,
        ):
            for unit, packet in work.packets(output.maker(), output.takes):
                receiver.take(packet)
                receiver.reached(unit.end)
            in_front += work.pages_seen
            receiver.end(Course(work.pages_seen, work.pages_walked, work.findings()))


def convert_in_parallel(
    files: Sequence[PrintFile], options: Options, output: Output, receiver: Receiver
) -> None:
    """Make all packets in `options.processes` processes, and hand them on in page order. Raises what a worker
    raised."""
    context = _context()
    with ExitStack() as stack:
        paths = [stack.enter_context(file.as_path()) for file in files]
        workers: list[tuple[Any, Connection]] = []
        try:
            for index in range(options.processes):
                receiving, sending = context.Pipe(duplex=False)
                with contextlib.suppress(PermissionError):  # a user has only so much memory in pipes
                    fcntl.fcntl(sending, fcntl.F_SETPIPE_SZ, _PIPE)
                inherited = [receiving, *(pipe for _, pipe in workers)] if _forks(context) else []
                arguments = (sending, paths, options, output, index, inherited)
                process = context.Process(target=_work, args=arguments, daemon=True)
                process.start()
                sending.close()
                workers.append((process, receiving))
            for number, file in enumerate(files):
                receiver.begin(file)
                receiver.end(_gather([receiving for _, receiving in workers], number, receiver))
        finally:
            for process, receiving in workers:
                receiving.close()
                process.terminate()
                process.join()


def _gather(connections: list[Connection], turn: int, receiver: Receiver) -> Course:
    """Hand on the packets of one file; worker `turn` has the first."""
    pages, walked = 0, 0
    found: list[Finding] = []
    finished = [False] * len(connections)
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
                receiver.take(packet)
            receiver.reached(done)
        elif kind == "error":
            raise value
        else:
            finished[index] = True
            pages, walked = done
            found += value
    return Course(pages, walked, found)


def _context() -> Any:
    """Forked workers start at once; a process with threads must not fork, it spawns."""
    alone = threading.active_count() == 1
    return multiprocessing.get_context("fork" if alone else "spawn")


def _forks(context: Any) -> bool:
    return bool(context.get_start_method() == "fork")


def _work(
    sending: Connection,
    paths: Sequence[str],
    options: Options,
    output: Output,
    index: int,
    inherited: Sequence[Connection],
) -> None:
    """One worker: chunks number index, index + processes, … of the units of each file; the next file begins
    with the next worker. `inherited` are ends of pipes that a fork brought along: held open, they would hide
    the parent's death."""
    collect_rarely()
    for pipe in inherited:
        pipe.close()
    try:
        in_front = 0
        for number, path in enumerate(paths):
            turn = (index - number) % options.processes
            with (
                open(path, "rb") as source,
                Work(
                    source,
                    options,
                    partial(_is_of_turn, turn, options.processes),
                    in_front if len(paths) > 1 else None,
                ) as work,
            ):
                _send_packets(sending, work, output)
                found = work.findings(with_walk=turn == 0)
                sending.send(("end", found, (work.pages_seen, work.pages_walked)))
                in_front += work.pages_seen
    except BrokenPipeError:
        return  # the parent has given up; it knows why
    except Exception as error:
        with contextlib.suppress(BrokenPipeError):
            sending.send(("error", _sendable(error), (0, 0)))


def _is_of_turn(turn: int, processes: int, unit: int) -> bool:
    return (unit - 1) // _CHUNK % processes == turn


def _send_packets(sending: Connection, work: Work, output: Output) -> None:
    chunk: list[Packet] = []
    for unit, packet in work.packets(output.maker(), output.takes):
        if packet is not None:
            chunk.append(packet)
        elif chunk:  # the next unit is another worker's
            sending.send(("packets", chunk, unit.end))
            chunk = []
    if chunk:
        sending.send(("packets", chunk, work.size))


def _sendable(error: Exception) -> Exception:
    """The error, or what it says where it cannot cross the process border."""
    import pickle

    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
