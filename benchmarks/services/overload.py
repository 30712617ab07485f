"""Bytes that the proxies carry when far more documents come than can be converted, against those of the
documents that were converted.

Rules: clients do as the manual says: refused, they come again after `Retry-After`. They ask
before they send a document (`Expect: 100-continue`). HAProxy counts the bytes.
"""

from __future__ import annotations

import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from afpcluster.cluster.admin_socket import ask
from afpcluster.cluster.topology import Role
from benchmarks.claims import Claim
from benchmarks.services.chain import Chain, running
from benchmarks.services.heartbeat import sample

CLIENTS = 96
MOST_CARRIED = 1.3
"""Times the bytes of the documents that were converted, to afp2web: nothing is sent there in vain. What
clients send to the proxies is told: who is refused after a wait in their queue has sent a part already."""
_STATEMENTS = 33  # 96 pages
_HEADERS = ["-H", "Content-Type: application/vnd.ibm.modcap", "-H", "Expect: 100-continue"]
_BACKENDS = {"wrapper-service": ("wrapper", "wrapper_short"), "afp2web": ("afp2web", "afp2web_short")}


def overload(*, quick: bool) -> Iterator[Claim]:
    seconds = 5.0 if quick else 40.0
    document = sample(_STATEMENTS)
    with running(slow_start=True) as chain, ThreadPoolExecutor(CLIENTS) as threads:
        file = chain.folder / "document.afp"
        file.write_bytes(document)
        url = "http://{}:{}/wrapperservice/convert".format(*chain.vip)
        before = _carried(chain)
        end = time.monotonic() + seconds
        tallies = list(threads.map(lambda _: _client(url, file, end), range(CLIENTS)))
        after = _carried(chain)
    answers = sum(tallies, Counter())
    useful = answers[200] * len(document)
    told = ", ".join(f"{status}: {count}" for status, count in sorted(answers.items()))
    for service, backends in _BACKENDS.items():
        ratio = sum(after[backend] - before[backend] for backend in backends) / useful
        detail = f"{CLIENTS} clients, {seconds:.0f} s; answers {told}"
        limit = MOST_CARRIED if service == "afp2web" else None
        yield Claim("overload", f"bytes to {service}", ratio, "× useful", limit, detail=detail)


def _client(url: str, document: Path, end: float) -> Counter[int]:
    """Documents one after the other until `end`; how many answers of each status there were."""
    told = "%{http_code} %header{retry-after}"
    command = ["curl", "-s", "-o", "/dev/null", "-w", told, "--data-binary", f"@{document}", *_HEADERS, url]
    answers: Counter[int] = Counter()
    while time.monotonic() < end:
        status, wait = subprocess.check_output(command, text=True).split(" ")
        answers[int(status)] += 1
        if wait:
            time.sleep(max(0.0, min(float(wait), end - time.monotonic())))
    return answers


def _carried(chain: Chain) -> dict[str, int]:
    """Bytes of requests that HAProxy has sent to each service so far."""
    proxy = chain.topology.with_role(Role.PROXY)[0]
    table = ask(chain.folder / proxy.name / "admin.sock", "show stat").removeprefix("# ").splitlines()
    names = table[0].split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in table[1:]]
    return {row["pxname"]: int(row["bin"]) for row in rows if row["svname"] == "BACKEND"}
