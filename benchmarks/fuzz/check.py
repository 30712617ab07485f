"""The property: whatever is done with any bytes gives a result or a ConversionError, within time and memory.

`check` runs one input in this process. An alarm ends what takes too long; a hang that no alarm can end
(inside a library) is the supervisor's matter, as is a death of the process.
"""

from __future__ import annotations

import gc
import resource
import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from afpcluster.findings import ConversionError
from benchmarks.fuzz.works import WORKS, Work

TIME_LIMIT = 5.0  # CPU seconds of one input: the machine may be busy
MEMORY_LIMIT = 2 << 30  # bytes of address space of a fuzzing process
RESIDENT_LIMIT = 640 << 20  # bytes of memory with one input: one image may take 400 MB while it is decoded


class TooSlow(BaseException):
    """The time limit of one input; no ordinary handler of exceptions may swallow it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The property does not hold. Equal `signature`s are most likely one fault."""

    signature: str
    report: str


def limit_process() -> None:
    """Set the memory limit of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))


def peak_memory() -> int:
    """The most bytes that were resident since `check` began with its last input (proc(5), VmHWM)."""
    _, _, kilobytes = Path("/proc/self/status").read_text().partition("VmHWM:")
    return int(kilobytes.split(maxsplit=1)[0]) << 10


def _begin_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


_AGAIN = 0.01  # CPU seconds between alarms


@contextmanager
def _alarm(time_limit: float) -> Iterator[None]:
    """Raise TooSlow after so many CPU seconds: not while objects are collected, since what is raised in the
    collector's callbacks is printed and lost."""
    collecting = False

    def note_start(phase: str, _: dict[str, int]) -> None:
        nonlocal collecting
        collecting = True

    def note_end(phase: str, _: dict[str, int]) -> None:
        nonlocal collecting
        collecting = phase == "start"

    def on_limit(number: int, frame: FrameType | None) -> None:
        if not collecting:
            signal.setitimer(signal.ITIMER_PROF, 0)
            raise TooSlow

    gc.callbacks[:] = [note_start, *gc.callbacks, note_end]
    before = signal.signal(signal.SIGPROF, on_limit)
    try:
        signal.setitimer(signal.ITIMER_PROF, time_limit, _AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        gc.callbacks.remove(note_start)
        gc.callbacks.remove(note_end)


def check(data: bytes, time_limit: float = TIME_LIMIT, works: Sequence[Work] = WORKS) -> bool | Fault:
    """True for a result, False for a refusal by ConversionError, else the fault. In a main thread only."""
    _begin_peak()
    try:
        with _alarm(time_limit):
            works[len(data) % len(works)](data)
        result = True
    except ConversionError:
        result = False
    except (Exception, TooSlow) as error:
        return _fault(error)
    peak = peak_memory()
    if peak > RESIDENT_LIMIT:
        return Fault("TooMuchMemory", f"{len(data)} bytes of input took {peak >> 20} MB of memory")
    return result


def _fault(error: BaseException) -> Fault:
    """Named after the innermost place in the engine: a slow input's place is where the alarm found it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "afpcluster" in frame.filename] or frames
    place = f"{Path(own[-1].filename).stem}-{own[-1].name}"
    if not isinstance(error, TooSlow):
        place += f"-{own[-1].lineno}"
    place = "".join(c if c.isalnum() or c in "-_" else "_" for c in place)
    return Fault(f"{type(error).__name__}-{place}", "".join(traceback.format_exception(error)))


def minimise(
    data: bytes, signature: str, run: Callable[[bytes], bool | Fault] = check, tries: int = 400
) -> bytes:
    """A smaller input with the same fault: parts are left out, ever smaller ones, while it stays."""
    size = max(len(data) // 2, 1)
    while tries > 0:
        at, shorter = 0, False
        while at < len(data) and tries > 0:
            candidate = data[:at] + data[at + size :]
            tries -= 1
            found = run(candidate)
            if isinstance(found, Fault) and found.signature == signature:
                data, shorter = candidate, True
            else:
                at += size
        if size == 1 and not shorter:
            break
        size = max(size // 2, 1)
    return data
