"""A drill that is ended heals what it struck, at whatever moment that is."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import cast

import pytest

from afpcluster.cluster import drill
from afpcluster.cluster.drills import Drill
from afpcluster.cluster.faults import Struck
from afpcluster.cluster.history import Promise, Recorder
from afpcluster.cluster.site.site import Site


@pytest.mark.parametrize("strikes_still", [True, False], ids=["while it strikes", "while the fault lasts"])
def test_ended_drill_heals(strikes_still: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drill, "BEFORE", (0.0, 0.0))
    there, ended = threading.Event(), threading.Event()
    done: list[str] = []

    def strike(_: Site) -> Struck:
        if strikes_still:
            there.set()
            assert ended.wait(60)
        done.append("struck")
        return Struck("cut off", "proxy-01", lambda: done.append("healed"))

    class Told(Recorder):
        def event(self, kind: str, **data: object) -> None:
            super().event(kind, **data)
            if kind == "fault":
                there.set()

    async def run_and_end() -> None:
        lasting = Drill("cut off", strike, Promise(), lasts=60.0)
        with Told(tmp_path / "history.jsonl") as recorder:
            running = asyncio.create_task(drill.struck(lasting, cast("Site", None), recorder))
            async with asyncio.timeout(30):
                while not there.is_set():
                    await asyncio.sleep(0.01)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            ended.set()
            await asyncio.get_running_loop().shutdown_default_executor()

    began = time.monotonic()
    asyncio.run(run_and_end())
    assert done == ["struck", "healed"]
    assert time.monotonic() - began < 10


def test_not_struck_where_it_ends_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drill, "BEFORE", (30.0, 30.0))

    def strike(_: Site) -> Struck:
        raise AssertionError("struck")

    async def run_and_end() -> None:
        with Recorder(tmp_path / "history.jsonl") as recorder:
            running = asyncio.create_task(
                drill.struck(Drill("cut off", strike, Promise()), cast("Site", None), recorder)
            )
            await asyncio.sleep(0.05)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running

    asyncio.run(run_and_end())
