"""The checker of drills: it must find each broken promise in a history, and none in a good one."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from afpcluster.cluster.drill_report import figures, judged, page
from afpcluster.cluster.history import Event, Promise, Recorder, check, outage, read, start_data

PROMISE = Promise(
    document_failures=1, ping_failures=2, outage=0.05, moves=True, settles=1.0, return_failures=0
)


def ping(began: float, ok: bool = True) -> Event:
    return {"t": began + 0.001, "kind": "ping", "began": began, "ok": ok, "error": None if ok else "refused"}


def sent(
    number: int,
    attempt: int = 1,
    ok: bool = True,
    sha256: str = "right",
    size: int = 100,
    cut: bool = False,
) -> Event:
    began = number + attempt / 10
    row = {
        "t": began + 0.05,
        "kind": "document",
        "worker": 0,
        "number": number,
        "attempt": attempt,
        "began": began,
        "document": 0,
        "size": size,
        "direct": False,
        "cut": cut,
    }
    return {**row, "ok": ok, "error": None if ok else "reset", "sha256": sha256 if ok else None}


def history(**changes: Any) -> list[Event]:
    """A good one, with some parts replaced."""
    parts: dict[str, Any] = {
        "start": [{"t": 0.0, "kind": "start", **start_data("x", 1, ["right"], 500, PROMISE)}],
        "documents": [sent(1), sent(2, ok=False), sent(2, attempt=2)],
        "pings": [ping(0.01), ping(0.02, ok=False), ping(0.03), ping(0.04)],
        "holders": [
            {"t": 0.0, "kind": "holders", "hosts": ["a"]},
            {"t": 0.1, "kind": "holders", "hosts": ["b"]},
        ],
        "fault": [{"t": 0.015, "kind": "fault", "what": "kill -9", "host": "a"}],
        "end": [{"t": 3.0, "kind": "end", "holders": ["b"], "unhealthy": []}],
    }
    return [event for part in (parts | changes).values() for event in part]


def held(*looks: tuple[float, list[str]]) -> list[Event]:
    return [{"t": moment, "kind": "holders", "hosts": hosts} for moment, hosts in looks]


def ended(holders: list[str], *unhealthy: str) -> list[Event]:
    return [{"t": 3.0, "kind": "end", "holders": holders, "unhealthy": list(unhealthy)}]


BROKEN = [
    ({"documents": []}, "no document was converted at all"),
    ({"documents": [sent(1, ok=False)]}, "1 documents never arrived"),
    ({"documents": [sent(1, sha256="wrong")]}, "1 documents differ"),
    (
        {"documents": [sent(1, n, ok=False) for n in (1, 2)] + [sent(1, 3)]},
        "2 document attempts failed; 1 are allowed",
    ),
    ({"pings": [ping(n / 100, ok=n > 3) for n in range(1, 6)]}, "3 pings failed; 2 are allowed"),
    (
        {"pings": [ping(0.01, ok=False), ping(0.02), ping(0.06, ok=False), ping(0.07)]},
        "outage 60 ms; 50 ms are",
    ),
    ({"end": ended([])}, "the VIP is held by nobody at the end"),
    ({"end": ended(["a", "b"])}, "the VIP is held by a and b at the end"),
    ({"end": ended(["a"])}, "the VIP did not move"),
    ({"end": ended(["b"], "http://b: refused")}, "at the end: http://b: refused"),
    ({"fault": []}, "there was no fault"),
    (
        {"holders": held((0, ["a"]), (0.1, ["a", "b"]), (1.2, ["b"]))},
        "one holder after 1.2 s; 1 s are allowed",
    ),
    ({"holders": held((0, ["a"]), (0.1, []), (1.2, ["b"]))}, "one holder after 1.2 s"),
    (
        {"holders": held((0, ["a"]), (0.1, ["b"]), (2.0, ["a", "b"]), (2.1, ["b"]))},
        "one holder after 2.1 s",
    ),
    ({"holders": held((0, ["a"]), (0.1, ["a", "b"]))}, "one holder after 3.0 s"),
]


@pytest.mark.parametrize(("changes", "told"), BROKEN, ids=[case[1] for case in BROKEN])
def test_broken_promise_is_found(changes: dict[str, Any], told: str) -> None:
    assert any(told in line for line in check(history(**changes)).broken), check(history(**changes)).broken


def test_kept_promise() -> None:
    verdict = check(history())
    assert verdict.broken == ()
    assert str(verdict) == (
        "2 documents, 1 failed attempts, slowest 150 ms; 4 pings, 1 failed, outage 10 ms; VIP a -> b"
    )


@pytest.mark.parametrize(("healing", "failed"), [(0.01, 1), (0.021, 1), (0.022, 0), (2.0, 0)])
def test_pings_that_fail_at_the_return_are_counted(healing: float, failed: int) -> None:
    fault = [*history()[-2:-1], {"t": healing, "kind": "healing"}]
    verdict = check(history(fault=fault))
    assert verdict.return_failures == failed
    assert ("1 pings failed at the return; 0 are allowed" in verdict.broken) == (failed == 1)


def test_two_holders_for_a_moment_are_allowed() -> None:
    verdict = check(history(holders=held((0, ["a"]), (0.1, ["a", "b"]), (0.6, ["b"]))))
    assert (verdict.broken, round(verdict.settled, 3)) == ((), 0.585)


def test_what_no_proxy_can_send_again_is_not_counted() -> None:
    documents = [sent(n, ok=False, size=501) for n in (1, 2)] + [sent(3, ok=False, cut=True)]
    documents += [sent(n, attempt=2) for n in (1, 2, 3)]
    verdict = check(history(documents=documents))
    assert (verdict.broken, verdict.attempts_failed) == ((), 0)
    assert "0 failed attempts (and 2 of large ones), 1 kept connections cut" in str(verdict)


@pytest.mark.parametrize("missing", ["start", "end"])
def test_cut_off_history_is_refused(missing: str) -> None:
    with pytest.raises(ValueError, match=f"0 events `{missing}`"):
        check(history(**{missing: []}))


OUTAGES = [("", 0.0), ("+++", 0.0), ("+-+", 1.0), ("-+", 1.0), ("+-+-++", 3.0), ("+--", 1.0)]


@pytest.mark.parametrize(("pings", "seconds"), OUTAGES)
def test_outage(pings: str, seconds: float) -> None:
    assert outage([ping(float(index), ok=mark == "+") for index, mark in enumerate(pings)]) == seconds


def test_what_is_recorded_is_read(tmp_path: Path) -> None:
    began = time.monotonic()
    with Recorder(tmp_path / "history.jsonl") as recorder:
        recorder.event("fault", what="kill -9", host="a")
    took = time.monotonic() - began
    (event,) = read(tmp_path / "history.jsonl")
    assert (event["kind"], event["what"], event["host"]) == ("fault", "kill -9", "a")
    assert 0 <= event["t"] <= took + 0.0001  # it is rounded


def test_the_report_shows_every_run() -> None:
    good, bad = judged(history()), judged(history(end=ended([])))
    text = page("a <cluster>", [good, bad])
    assert "a &lt;cluster&gt;" in text
    assert text.count("<svg") == 2
    assert "the VIP is held by nobody at the end" in text
    assert figures([good, bad]).startswith("1 of 2 kept; outage smallest / median / largest 10 / 10 / 10 ms")
