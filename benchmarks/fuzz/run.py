"""Many inputs in several processes: a supervisor, its workers, and what they save.

Input number n of a seed is always the same bytes, so that a worker which dies or hangs is known by its
number: the supervisor saves that input and starts the worker again behind it.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from ctypes import c_uint64
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.fuzz.check import TIME_LIMIT, Fault, TooSlow, check, limit_process, minimise, peak_memory
from benchmarks.fuzz.mutate import mutated
from benchmarks.fuzz.seeds import corpus_seeds, own_seeds

HARD_LIMIT = TIME_LIMIT * 12  # seconds without progress by the clock: the process is killed
_OWN_WEIGHT = 8  # a seed of our own is chosen this often for one file of the corpus
_SLOW = ("data_object_font",)  # takes ten times as long as the others, and comes once
_NEXT, _RESULTS, _REFUSED, _FAULTS, _PEAK, _BEAT = range(6)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. Without a count or seconds, one of them alone ends the run."""

    seed: int = 1
    count: int | None = None
    seconds: float | None = None
    jobs: int = 1
    corpus: bool = True
    prefixes: bool = False
    out: Path = Path("out/fuzz")


@dataclass(slots=True)
class Totals:
    """What came of the inputs; `peak` is the largest resident memory of a worker in bytes."""

    inputs: int = 0
    results: int = 0
    refused: int = 0
    faults: int = 0
    deaths: int = 0
    peak: int = 0
    seconds: float = 0.0
    signatures: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        rate = self.inputs / self.seconds if self.seconds else 0.0
        return (
            f"{self.inputs:,} inputs in {self.seconds:.0f} s ({rate:,.0f}/s): {self.results:,} converted, "
            f"{self.refused:,} refused, {self.faults:,} faults, {self.deaths} deaths, "
            f"peak {self.peak >> 20} MB"
        )


def run(plan: Plan, say: Callable[[str], None] = print) -> Totals:
    """Run the plan; faults are saved below `plan.out`, each kind once, with its traceback."""
    plan.out.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    context = multiprocessing.get_context("spawn")
    workers = [_Supervised(context, plan, index) for index in range(plan.jobs)]
    totals = Totals()
    told = start
    try:
        while any(worker.is_running() for worker in workers):
            time.sleep(0.05)
            now = time.monotonic()
            for worker in workers:
                worker.look_after(now)
            if plan.seconds is not None and now - start >= plan.seconds:
                break
            if now - told >= 10:
                told = now
                say(str(_sum(workers, now - start)))
    finally:
        for worker in workers:
            worker.stop()
        totals = _sum(workers, time.monotonic() - start)
    totals.signatures = {path.stem for path in plan.out.glob("*.afp")}
    return totals


def _sum(workers: Sequence[_Supervised], seconds: float) -> Totals:
    totals = Totals(seconds=seconds)
    for worker in workers:
        _, results, refused, faults, peak, _ = worker.shared
        totals.results += results
        totals.refused += refused
        totals.faults += faults
        totals.deaths += worker.deaths
        totals.peak = max(totals.peak, peak)
    totals.inputs = totals.results + totals.refused + totals.faults + totals.deaths
    return totals


class _Supervised:
    """One worker process and its restarts. `shared` holds its next input number, counts and heartbeat."""

    def __init__(self, context: Any, plan: Plan, index: int) -> None:
        self._context, self._plan, self._index = context, plan, index
        self.shared = context.RawArray(c_uint64, 6)
        self.shared[_NEXT] = index
        self.deaths = 0
        self._start()

    def _start(self) -> None:
        self._seen, self._since = -1, time.monotonic()
        arguments = (self._plan, self.shared)
        self._process = self._context.Process(target=work, args=arguments, daemon=True)
        self._process.start()

    def is_running(self) -> bool:
        return bool(self._process.is_alive()) or self._died()

    def _died(self) -> bool:
        return self._process.exitcode not in (None, 0)

    def look_after(self, now: float) -> None:
        """Kill the worker if it hangs; save its input and go on behind it if it is dead."""
        if self.shared[_BEAT] != self._seen:
            self._seen, self._since = self.shared[_BEAT], now
        elif self._process.is_alive() and now - self._since > HARD_LIMIT:
            self._process.kill()
            self._process.join()
        if self._died():
            self.deaths += 1
            number = self.shared[_NEXT]
            reason = f"The process ended with {self._process.exitcode} at input {number}"
            data = Inputs(self._plan).input(number)
            _save(self._plan.out, f"death-{self._plan.seed}-{number}", data or b"", reason)
            self.shared[_NEXT] = number + self._plan.jobs
            self._start()

    def stop(self) -> None:
        if self._process.is_alive():
            self._process.terminate()
        self._process.join()


class Inputs:
    """The inputs of a plan by number: prefixes of the small seeds, or mutations."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        own = list(own_seeds().values())
        fast = [data for name, data in own_seeds().items() if name not in _SLOW]
        self._seeds = fast * (_OWN_WEIGHT - 1) + own + (list(corpus_seeds().values()) if plan.corpus else [])
        self._prefixes = list(_prefixes(own)) if plan.prefixes else None

    def input(self, number: int) -> bytes | None:
        """None behind the last input."""
        if self._prefixes is not None:
            return self._prefixes[number] if number < len(self._prefixes) else None
        if self._plan.count is not None and number >= self._plan.count:
            return None
        return mutated(Random((self._plan.seed << 40) + number), self._seeds)


def _prefixes(seeds: Sequence[bytes]) -> Iterator[bytes]:
    for seed in seeds:
        for size in range(len(seed)):
            yield seed[:size]


def work(plan: Plan, shared: Any) -> None:
    """A worker: its inputs from `shared` on, every `plan.jobs`-th."""
    limit_process()
    inputs = Inputs(plan)
    known: set[str] = set()
    supervisor = os.getppid()
    gc.freeze()
    while os.getppid() == supervisor:
        number = int(shared[_NEXT])
        data = inputs.input(number)
        if data is None:
            return
        try:
            found = check(data)
        except TooSlow:  # the alarm rang while the input was already being left
            found = False
        if isinstance(found, Fault):
            shared[_FAULTS] += 1
            if found.signature not in known:
                known.add(found.signature)
                _save_minimised(plan.out, found, data, shared)
        else:
            shared[_RESULTS if found else _REFUSED] += 1
        shared[_PEAK] = max(shared[_PEAK], peak_memory())
        shared[_NEXT] = number + plan.jobs
        shared[_BEAT] += 1


def _save_minimised(out: Path, fault: Fault, data: bytes, shared: Any) -> None:
    if (out / f"{fault.signature}.afp").exists():
        return
    _save(out, fault.signature, data, fault.report)
    slow = fault.signature.startswith("TooSlow")

    def beating(candidate: bytes) -> bool | Fault:
        shared[_BEAT] += 1
        return check(candidate)

    smallest = minimise(data, fault.signature, beating, tries=20 if slow else 400)
    _save(out, fault.signature, smallest, fault.report)


def _save(out: Path, name: str, data: bytes, report: str) -> None:
    (out / f"{name}.afp").write_bytes(data)
    (out / f"{name}.txt").write_text(report, "utf-8")
