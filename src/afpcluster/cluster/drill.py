"""A drill: documents are converted through the VIP in a loop, a fault strikes, everything is written down.

Rules: the clients behave as the manual tells real ones to: short connect timeout, TCP keepalive, and an
attempt that fails is sent again. Pings measure the outage: each is a new connection, at a fixed pace,
whether the one before has answered or not. The verdict comes from the history alone (`history.check`).
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import random
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from afpcluster.cluster.drills import DRILLS, Drill
from afpcluster.cluster.history import Recorder, Verdict, check, read, start_data
from afpcluster.cluster.probe import probe
from afpcluster.cluster.proxies import proxies_at_fault
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.urls import entrance, urls

WORKERS = 3
PING_INTERVAL = 0.01  # seconds, as all durations here
PING_TIMEOUT = 1.0
CONNECT_TIMEOUT = 0.5
BEFORE = (0.8, 1.3)  # how long the load runs before the fault strikes, at random between the two
AFTER = 1.5  # and after it was healed
ARRIVE = 30.0  # a document must have arrived after this time
UNACKNOWLEDGED = 3_000  # ms: longer than any proxy that is alive leaves data unacknowledged
RECOVER = 15.0  # the cluster must be whole again after this time


@dataclass(frozen=True, slots=True)
class Document:
    """A print file and the SHA-256 of its PDF as converted locally."""

    body: bytes
    expected: str


def convert_locally(body: bytes) -> Document:
    """Convert without any server. Raises `ConversionError`."""
    from afpcluster.convert import convert  # the engine is heavy and only drills need it here

    pdf = io.BytesIO()
    convert(io.BytesIO(body), pdf)
    return Document(body, hashlib.sha256(pdf.getvalue()).hexdigest())


def run_drill(site: Site, name: str, document: Document, history: Path) -> Verdict:
    """Run the drill `name` and judge it. Raises `SiteError` when the cluster is not healthy before."""
    drill = DRILLS[name]
    with Recorder(history) as recorder:
        recorder.event("start", **start_data(name, WORKERS, document.expected, drill.promise))
        asyncio.run(_Run(site, document, recorder).whole(drill))
    return check(read(history))


class _Run:
    def __init__(self, site: Site, document: Document, recorder: Recorder) -> None:
        self._site = site
        self._document = document
        self._recorder = recorder
        self._loaded = True
        url = entrance(site.topology)
        self._url = str(url)
        self._tls = True if url.authority is None else ssl.create_default_context(cafile=url.authority)

    async def whole(self, drill: Drill) -> None:
        timeout = aiohttp.ClientTimeout(total=ARRIVE, sock_connect=CONNECT_TIMEOUT)
        connector = aiohttp.TCPConnector(force_close=True, limit=0, socket_factory=_socket, ssl=self._tls)
        async with (
            aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(self._watch_holders())
            tasks.create_task(self._ping(session))
            for worker in range(WORKERS):
                tasks.create_task(self._send_documents(session, worker))
            await self._strike(drill)
            self._loaded = False
        await self._end()

    async def _strike(self, drill: Drill) -> None:
        await asyncio.sleep(random.uniform(*BEFORE))
        struck = await asyncio.to_thread(drill.strike, self._site)
        self._recorder.event("fault", what=struck.what, host=struck.host)
        try:
            await asyncio.sleep(drill.lasts)
        finally:
            await asyncio.to_thread(struck.heal)
        await asyncio.sleep(AFTER)

    async def _send_documents(self, session: aiohttp.ClientSession, worker: int) -> None:
        number = 0
        while self._loaded:
            number += 1
            await self._send_one(session, worker, number)

    async def _send_one(self, session: aiohttp.ClientSession, worker: int, number: int) -> None:
        give_up = self._recorder.now() + ARRIVE
        attempt = 0
        while True:
            attempt += 1
            began = round(self._recorder.now(), 4)
            sha256 = error = None
            try:
                async with session.post(f"{self._url}/convert", data=self._document.body) as response:
                    body = await response.read()
                    if response.status == 200:
                        sha256 = hashlib.sha256(body).hexdigest()
                    else:
                        error = f"status {response.status}: {body[:300].decode(errors='replace')}"
            except (aiohttp.ClientError, TimeoutError, OSError) as failure:
                error = f"{type(failure).__name__}: {failure}"
            key = {"worker": worker, "number": number, "attempt": attempt, "began": began}
            self._recorder.event("document", **key, ok=error is None, error=error, sha256=sha256)
            if error is None or self._recorder.now() > give_up:
                return
            await asyncio.sleep(0.02)

    async def _ping(self, session: aiohttp.ClientSession) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        async with asyncio.TaskGroup() as tasks:
            while self._loaded:
                tasks.create_task(self._ping_once(session))
                due = max(due + PING_INTERVAL, loop.time())
                await asyncio.sleep(due - loop.time())

    async def _ping_once(self, session: aiohttp.ClientSession) -> None:
        began, error = round(self._recorder.now(), 4), None
        timeout = aiohttp.ClientTimeout(total=PING_TIMEOUT, sock_connect=CONNECT_TIMEOUT)
        try:
            async with session.get(f"{self._url}/heartbeat", timeout=timeout) as response:
                await response.read()
                if response.status != 200:
                    error = f"status {response.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        self._recorder.event("ping", began=began, ok=error is None, error=error)

    async def _watch_holders(self) -> None:
        seen = None
        while self._loaded:
            holders = await asyncio.to_thread(self._site.holders)
            if holders != seen:
                self._recorder.event("holders", hosts=holders)
                seen = holders
            await asyncio.sleep(0.1)

    async def _end(self) -> None:
        """Wait until everything is as before; then write down what is not."""
        targets = urls(self._site.topology, self._site.stats_password)
        deadline = self._recorder.now() + RECOVER
        while True:
            answers = await asyncio.to_thread(probe, targets)
            holders = self._site.holders()
            down = [p for p in self._site.processes() if p.pid is None]
            bad = [f"{a.url}: {a.error or a.status}" for a in answers if not a.good]
            bad += [f"{p.name} on {p.host} is down" for p in down]
            faults = proxies_at_fault(self._site)
            bad += [f"{proxy} could not take the VIP: {why}" for proxy, why in faults.items()]
            if (not bad and len(holders) == 1) or self._recorder.now() > deadline:
                self._recorder.event("end", holders=holders, unhealthy=bad)
                return
            await asyncio.sleep(0.2)


def _socket(address: Any) -> socket.socket:
    """A proxy that vanished without a word is noticed: by keepalive while its answer is waited for, by the
    user timeout while it has not acknowledged what was sent (keepalive is silent then)."""
    made = socket.socket(family=address[0], type=address[1], proto=address[2])
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 2)):
        made.setsockopt(socket.IPPROTO_TCP, option, value)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED)
    return made
