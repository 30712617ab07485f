"""Pings the cluster's entrance: one GET of its heartbeat every 10 ms, each on a new connection.

Rules: it is a process of its own, since it measures outages of milliseconds: in the process of a drill, a
ping would wait for documents that are being compared. Where the system allows it, it has real-time priority:
a processor that is busy with conversions is no outage. The next ping starts at its time, whether the one
before has answered or not.

Run as `python -m afpcluster.cluster.pings URL [AUTHORITY]` until its standard input ends; then pings under
way are waited for. Each is a JSON line on standard output: `began` and `t` (its end), in seconds of
CLOCK_MONOTONIC, `ok`, `error`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

from afpcluster.cluster.drill_client import session
from afpcluster.cluster.topology import SiteError

INTERVAL = 0.01  # seconds, as all durations here
TIMEOUT = 1.0
_READY = 5.0  # the first one has ended by then


@contextlib.asynccontextmanager
async def pinging(url: str, authority: Path | None) -> AsyncIterator[list[dict[str, Any]]]:
    """Pings while the block runs, from its first moment; the list has them all when it has ended. Raises
    `SiteError` when no ping comes to an end at first."""
    command = [
        sys.executable,
        "-m",
        "afpcluster.cluster.pings",
        url,
        *([str(authority)] if authority else []),
    ]
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryFile() as lines:
        child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE, stdout=lines)
        try:
            await _first(lines.fileno(), url)
            yield found
        finally:
            assert child.stdin is not None
            child.stdin.close()
            await child.wait()
        lines.seek(0)
        found.extend(json.loads(line) for line in lines)


async def _first(lines: int, url: str) -> None:
    try:
        async with asyncio.timeout(_READY):
            while not os.fstat(lines).st_size:
                await asyncio.sleep(0.01)
    except TimeoutError as error:
        raise SiteError(
            f"The process that pings {url} has told of none for {_READY:g} s; what it wrote stands above"
        ) from error


async def _ping_until_input_ends(url: str, authority: Path | None) -> None:
    async with session(authority, TIMEOUT) as client, asyncio.TaskGroup() as tasks:
        ended = tasks.create_task(asyncio.to_thread(sys.stdin.read))
        due = time.monotonic()
        while not ended.done():
            tasks.create_task(_ping(client, url))
            due = max(due + INTERVAL, time.monotonic())
            await asyncio.sleep(due - time.monotonic())


async def _ping(client: aiohttp.ClientSession, url: str) -> None:
    began, error = time.monotonic(), None
    try:
        async with client.get(url) as response:
            await response.read()
            if response.status != 200:
                error = f"status {response.status}"
    except (aiohttp.ClientError, TimeoutError, OSError) as failure:
        error = f"{type(failure).__name__}: {failure}"
    line = {"began": began, "t": time.monotonic(), "ok": error is None, "error": error}
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    asyncio.run(_ping_until_input_ends(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else None))
