"""A drill: documents are converted through the VIP in a loop, a fault strikes, everything is written down.

Rules: the clients behave as the manual tells real ones to: short connect timeout, TCP keepalive, and an
attempt that fails is sent again. Some come anew for each document, at both ports, one keeps its connection.
Pings measure the outage, from a process of their own (`pings`). The load goes on until everything is as
before, and a while longer. The verdict comes from the history alone (`history.check`).
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp

from afpcluster.cluster.drill_client import session
from afpcluster.cluster.drills import DRILLS, Drill
from afpcluster.cluster.history import Recorder, Verdict, check, read, start_data
from afpcluster.cluster.pings import pinging
from afpcluster.cluster.probe import probe
from afpcluster.cluster.proxies import proxies_at_fault
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import SiteError
from afpcluster.cluster.urls import entrance, urls

# In seconds: how long
BEFORE = (0.8, 1.3)  # the load runs before the fault strikes, at random between the two
AFTER = 5.0  # it runs after everything is as before
ARRIVE = 30.0  # a document may take to arrive
RECOVER = 15.0  # the cluster may take to be whole again


@dataclass(frozen=True, slots=True)
class Client:
    """Sends one document after the other. `direct`: to afp2web; `kept`: on one connection, as long as it
    lasts, and at once again when that has ended under a request."""

    direct: bool = False
    kept: bool = False


CLIENTS = (Client(), Client(), Client(kept=True), Client(direct=True))


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


def run_drill(
    site: Site, name: str, documents: Sequence[Document], history: Path, after: float = AFTER
) -> Verdict:
    """Run the drill `name` and judge it; the load lasts for `after` seconds after everything is as before.
    Raises `SiteError` when the cluster is not healthy before."""
    drill = DRILLS[name]
    clients = [client for client in CLIENTS if drill.direct or not client.direct]
    with Recorder(history) as recorder:
        expected = [document.expected for document in documents]
        repeatable = site.topology.haproxy.retry_buffer
        recorder.event("start", **start_data(name, len(clients), expected, repeatable, drill.promise))
        asyncio.run(_Run(site, documents, recorder, after).whole(drill, clients))
    return check(read(history))


async def struck(drill: Drill, site: Site, recorder: Recorder) -> None:
    """Strike, let the fault last, heal. Whoever ends the drill meanwhile heals it, too: both are done by one
    thread, which nothing leaves half way."""
    ended = threading.Event()
    await asyncio.sleep(random.uniform(*BEFORE))
    try:
        await asyncio.to_thread(_strike_and_heal, drill, site, recorder, ended)
    finally:
        ended.set()


def _strike_and_heal(drill: Drill, site: Site, recorder: Recorder, ended: threading.Event) -> None:
    try:
        fault = drill.strike(site)
    except SiteError as error:  # an operation that was refused or did not finish
        recorder.event("failed", why=str(error))
        return
    try:
        recorder.event("fault", what=fault.what, host=fault.host)
        ended.wait(drill.lasts)
        recorder.event("healing")
    finally:
        fault.heal()
    recorder.event("healed")


class _Run:
    def __init__(self, site: Site, documents: Sequence[Document], recorder: Recorder, after: float) -> None:
        self._site = site
        self._documents = documents
        self._recorder = recorder
        self._after = after
        self._loaded = True
        url = entrance(site.topology)
        self._url = str(url)
        direct = replace(url, port=site.topology.ports.afp2web_proxy, path="/services")
        self._targets = {False: f"{url}/convert", True: f"{direct}/transform"}
        self._authority = url.authority

    async def whole(self, drill: Drill, clients: Sequence[Client]) -> None:
        pinged = pinging(f"{self._url}/heartbeat", self._authority)
        async with pinged as pings, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_holders())
            for worker, client in enumerate(clients):
                tasks.create_task(self._send_documents(client, worker))
            await struck(drill, self._site, self._recorder)
            await self._recover()
            await asyncio.sleep(self._after)
            self._loaded = False
        for ping in pings:
            self._recorder.ping(ping)
        holders, bad = await self._unhealthy()
        self._recorder.event("end", holders=holders, unhealthy=bad)

    async def _send_documents(self, client: Client, worker: int) -> None:
        number = 0
        async with session(self._authority, ARRIVE, kept=client.kept) as connected:
            while self._loaded:
                number += 1
                await self._send_one(connected, client, worker, number)

    async def _send_one(
        self, connected: aiohttp.ClientSession, client: Client, worker: int, number: int
    ) -> None:
        give_up = self._recorder.now() + ARRIVE
        which = (worker + number) % len(self._documents)
        body, attempt = self._documents[which].body, 0
        while True:
            attempt += 1
            began = round(self._recorder.now(), 4)
            sha256 = error = None
            cut = False
            headers = {"Content-Type": "application/vnd.ibm.modcap"}
            try:
                async with connected.post(
                    self._targets[client.direct], data=body, headers=headers
                ) as response:
                    answer = await response.read()
                    if response.status == 200:
                        sha256 = hashlib.sha256(answer).hexdigest()
                    else:
                        error = f"status {response.status}: {answer[:300].decode(errors='replace')}"
            except (aiohttp.ClientError, TimeoutError, OSError) as failure:
                error = f"{type(failure).__name__}: {failure}"
                cut = client.kept and attempt == 1 and not isinstance(failure, TimeoutError)
            key = {"worker": worker, "number": number, "attempt": attempt, "began": began}
            kind = {"document": which, "size": len(body), "direct": client.direct, "cut": cut}
            self._recorder.event("document", **key, **kind, ok=error is None, error=error, sha256=sha256)
            if error is None or self._recorder.now() > give_up:
                return
            await asyncio.sleep(0.02)

    async def _watch_holders(self) -> None:
        seen = None
        while self._loaded:
            holders = await asyncio.to_thread(self._site.holders)
            if holders != seen:
                self._recorder.event("holders", hosts=holders)
                seen = holders
            await asyncio.sleep(0.1)

    async def _recover(self) -> None:
        """Wait until everything is as before, for some time."""
        deadline = self._recorder.now() + RECOVER
        while self._recorder.now() < deadline:
            holders, bad = await self._unhealthy()
            if not bad and len(holders) == 1:
                self._recorder.event("whole")
                return
            await asyncio.sleep(0.2)

    async def _unhealthy(self) -> tuple[tuple[str, ...], list[str]]:
        """As `_look`, while the load goes on: asking machines takes its time."""
        return await asyncio.to_thread(self._look)

    def _look(self) -> tuple[tuple[str, ...], list[str]]:
        """Who holds the first VIP, and what is not as it should be."""
        targets = urls(self._site.topology, self._site.stats_password)
        answers = probe(targets)
        bad = [f"{a.url}: {a.error or a.status}" for a in answers if not a.good]
        bad += [f"{p.name} on {p.host} is down" for p in self._site.processes() if p.pid is None]
        faults = proxies_at_fault(self._site)
        bad += [f"{proxy} could not take the VIP: {why}" for proxy, why in faults.items()]
        holders, *others = self._site.held().items()
        bad += [f"{vip.address} is held by {' and '.join(n) or 'nobody'}" for vip, n in others if len(n) != 1]
        return holders[1], bad
