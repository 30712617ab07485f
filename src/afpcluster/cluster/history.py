"""What happened during a drill, as timed events in a JSON-lines file, and what follows from it.

Rules: `Recorder` only writes down, `check` only reads the history: a verdict can be had again from the
saved file at any time. Times are seconds since the drill began. Events:

    start    drill, workers, expected (SHA-256 of each right answer), repeatable (bytes), promise
    document worker, number, attempt, began, ok, error, sha256   one POST to convert or transform
             document, size, direct, cut                         which, and on a kept connection that ended
    ping     began, ok, error                                    one GET through the VIP, a new connection
    fault    what, host
    failed   why                                                 an operation that was not done
    healing, healed, whole                                       being undone; undone; all is as before
    holders  hosts                                               who carries the VIP, when that changes
    end      holders, unhealthy                                  after everything had time to recover
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Promise:
    """What a drill must keep. Failures are attempts; a document that fails is sent again by its client. Not
    counted: documents too large for HAProxy to send again, and one end of a kept connection under a request.

    `outage`, in seconds, is measured with pings; `slowest`, too, is a document's longest way to its answer.
    `moves`: must the VIP end on the other proxy; None: it may. `held`: somebody holds it all the time.
    `settles`: so many seconds after the fault one proxy alone holds it, and no other one from then on.
    `return_failures`: of the pings that ended while the fault was being undone, or later."""

    document_failures: int | None = None  # None: any number, as long as each document arrives in the end
    ping_failures: int | None = None
    outage: float | None = None
    slowest: float | None = None
    moves: bool | None = False
    held: bool = False
    settles: float | None = None
    return_failures: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Figures and broken promises of one history."""

    documents: int
    attempts_failed: int
    large_failed: int  # of documents that are too large for HAProxy to send again
    cut: int  # kept connections that ended under a request, which was sent again
    pings: int
    pings_failed: int
    return_failures: int  # of pings, since the fault was being undone
    outage: float  # seconds from the start of the first failed ping to the first good one after the last
    slowest: float  # seconds from a document's first attempt to its right answer
    settled: float  # seconds from the fault until one proxy alone held the VIP for good
    unheld: int  # how often nobody held the VIP when that was looked at
    holder_before: tuple[str, ...]
    holder_after: tuple[str, ...]
    broken: tuple[str, ...]

    def __str__(self) -> str:
        moved = f"{_names(self.holder_before)} -> {_names(self.holder_after)}"
        return (
            f"{self.documents} documents, {self.attempts_failed} failed attempts"
            f"{self._beside()}, slowest "
            f"{self.slowest * 1000:.0f} ms; {self.pings} pings, {self.pings_failed} failed, outage "
            f"{self.outage * 1000:.0f} ms; VIP {moved}"
        )

    def _beside(self) -> str:
        large = f" (and {self.large_failed} of large ones)" if self.large_failed else ""
        return large + (f", {self.cut} kept connections cut" if self.cut else "")


class Recorder:
    """Appends events to the file at `path`; the file is complete when the `with` block ends."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._began = time.monotonic()

    def now(self) -> float:
        """Seconds since the drill began."""
        return time.monotonic() - self._began

    def event(self, kind: str, **data: object) -> None:
        row = {"t": round(self.now(), 4), "kind": kind, **data}
        self._file.write(json.dumps(row) + "\n")

    def ping(self, seen: Event) -> None:
        """Write down a ping of `pings`, whose times are those of the machine's clock."""
        times = {name: round(seen[name] - self._began, 4) for name in ("t", "began")}
        self.event("ping", **{**seen, **times})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def read(path: Path) -> list[Event]:
    """The events of a saved history."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def start_data(drill: str, workers: int, expected: list[str], repeatable: int, promise: Promise) -> Event:
    """What the `start` event holds."""
    fixed = {"drill": drill, "workers": workers, "expected": expected, "repeatable": repeatable}
    return {**fixed, "promise": asdict(promise)}


def check(events: Iterable[Event]) -> Verdict:
    """Judge a history. Pure. Raises `ValueError` when it has no start or no end (the drill was cut off)."""
    rows = list(events)
    start, end = _only(rows, "start"), _only(rows, "end")
    promise = Promise(**start["promise"])
    pings = sorted((row for row in rows if row["kind"] == "ping"), key=lambda row: row["began"])
    documents = _by_document(rows)
    changes = [tuple(row["hosts"]) for row in rows if row["kind"] == "holders"]
    missed = [row for attempts in documents.values() for row in attempts if not row["ok"]]
    large = [row for row in missed if row["size"] > start["repeatable"]]
    cut = [row for row in missed if row["cut"] and row not in large]
    failed = [row for row in missed if row not in large and row not in cut]
    verdict = Verdict(
        documents=len(documents),
        attempts_failed=len(failed),
        large_failed=len(large),
        cut=len(cut),
        pings=len(pings),
        pings_failed=sum(not row["ok"] for row in pings),
        return_failures=_at_return(rows, pings),
        outage=outage(pings),
        slowest=max((rows[-1]["t"] - rows[0]["began"] for rows in documents.values()), default=0.0),
        settled=_settled(rows),
        unheld=changes.count(()),
        holder_before=changes[0] if changes else (),
        holder_after=tuple(end["holders"]),
        broken=(),
    )
    broken = [*_broken_documents(documents, start["expected"]), *_broken_limits(verdict, promise)]
    if not any(row["kind"] == "fault" for row in rows):
        broken.append("there was no fault: the drill shows nothing")
    if promise.document_failures is not None and len(failed) > promise.document_failures:
        broken.append(f"the first failed attempt: {failed[0]['error']} at {failed[0]['began']:.3f} s")
    broken += [f"not done: {row['why']}" for row in rows if row["kind"] == "failed"]
    broken += [f"at the end: {problem}" for problem in end["unhealthy"]]
    return Verdict(**{**_fields(verdict), "broken": tuple(broken)})


def outage(pings: list[Event]) -> float:
    """Seconds from the start of the first failed ping to the start of the first good one after the last
    failed one; up to the last ping when none was good any more. `pings` in order of their start."""
    failed = [index for index, row in enumerate(pings) if not row["ok"]]
    if not failed:
        return 0.0
    until = pings[min(failed[-1] + 1, len(pings) - 1)]["began"]
    return float(until - pings[failed[0]]["began"])


def _at_return(rows: list[Event], pings: list[Event]) -> int:
    healing = next((row["t"] for row in rows if row["kind"] == "healing"), None)
    return 0 if healing is None else sum(not row["ok"] and row["t"] >= healing for row in pings)


def _settled(rows: list[Event]) -> float:
    """Looked at ten times a second."""
    looks = [(row["t"], row["hosts"]) for row in rows if row["kind"] == "holders"]
    looks += [(row["t"], row["holders"]) for row in rows if row["kind"] == "end"]
    fault = next((row["t"] for row in rows if row["kind"] == "fault"), 0.0)
    until = [after[0] for (_, hosts), after in pairwise(looks) if len(hosts) != 1]
    return max([0.0, *(float(moment - fault) for moment in until)])


def _by_document(rows: list[Event]) -> dict[tuple[int, int], list[Event]]:
    documents: dict[tuple[int, int], list[Event]] = {}
    for row in rows:
        if row["kind"] == "document":
            documents.setdefault((row["worker"], row["number"]), []).append(row)
    return documents


def _broken_documents(documents: dict[tuple[int, int], list[Event]], expected: list[str]) -> list[str]:
    lost = [key for key, attempts in documents.items() if not attempts[-1]["ok"]]
    wrong = [
        key
        for key, attempts in documents.items()
        if attempts[-1]["ok"] and attempts[-1]["sha256"] != expected[attempts[-1]["document"]]
    ]
    broken = [] if documents else ["no document was converted at all"]
    if lost:
        broken.append(
            f"{len(lost)} documents never arrived, the first is worker {lost[0][0]}, number {lost[0][1]}"
        )
    if wrong:
        broken.append(f"{len(wrong)} documents differ from the one converted locally")
    return broken


def _broken_limits(verdict: Verdict, promise: Promise) -> list[str]:
    broken = []
    for what, seen, allowed in (
        ("document attempts failed", verdict.attempts_failed, promise.document_failures),
        ("pings failed", verdict.pings_failed, promise.ping_failures),
        ("pings failed at the return", verdict.return_failures, promise.return_failures),
    ):
        if allowed is not None and seen > allowed:
            broken.append(f"{seen} {what}; {allowed} are allowed")
    if promise.outage is not None and verdict.outage > promise.outage:
        broken.append(f"outage {verdict.outage * 1000:.0f} ms; {promise.outage * 1000:.0f} ms are allowed")
    if len(verdict.holder_after) != 1:
        broken.append(
            f"the VIP is held by {_names(verdict.holder_after)} at the end; exactly one must hold it"
        )
    if promise.slowest is not None and verdict.slowest > promise.slowest:
        broken.append(f"a document took {verdict.slowest:.1f} s; {promise.slowest:g} s are allowed")
    if promise.settles is not None and verdict.settled > promise.settles:
        broken.append(f"one holder after {verdict.settled:.1f} s; {promise.settles:g} s are allowed")
    if promise.held and verdict.unheld:
        broken.append("nobody held the VIP for a time")
    if promise.moves is not None and (verdict.holder_before != verdict.holder_after) != promise.moves:
        broken.append(f"the VIP {'did not move' if promise.moves else 'moved without need'}")
    return broken


def _only(rows: list[Event], kind: str) -> Event:
    found = [row for row in rows if row["kind"] == kind]
    if len(found) != 1:
        raise ValueError(f"the history has {len(found)} events `{kind}`; a whole drill has one")
    return found[0]


def _fields(verdict: Verdict) -> dict[str, Any]:
    return {name: getattr(verdict, name) for name in Verdict.__slots__}


def _names(holders: tuple[str, ...]) -> str:
    return " and ".join(holders) or "nobody"
