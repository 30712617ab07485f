"""CPU time per page in one process, against the floor; and what a second process brings.

The floor is what cannot be saved: deflating the finished content streams and writing them, with their
page objects and the page tree, through the PDF writer alone. No fonts, no images, no interpretation.
"""

from __future__ import annotations

import gc
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing import Process
from pathlib import Path

from afpcluster.conversion.work import Work
from afpcluster.convert import convert
from afpcluster.options import Options
from afpcluster.outputs.pdf import PacketMaker, PagePacket
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.page_tree import PageTree
from afpcluster.pdf.values import Raw
from benchmarks.claims import Claim
from benchmarks.workloads import Workload, real_files, statements

FLOOR_LIMIT = 8.0
TWO_PROCESSES_LIMIT = 1.7
_FLOORS = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of a conversion and of its floor."""

    pages: int
    conversion: float
    floor: float

    @property
    def ratio(self) -> float:
        return self.conversion / self.floor


def cpu_per_page(folder: Path, *, quick: bool) -> Iterator[Claim]:
    """Statements against the floor, then the real files for information."""
    repeats = 2 if quick else 5
    work = statements(folder, 20 if quick else 200)
    cost = measure(work, repeats)
    detail = f"{cost.pages} pages, floor {cost.floor / cost.pages * 1000:.3f} ms/page"
    yield Claim("speed", work.name, cost.conversion / cost.pages * 1000, "ms/page", detail=detail)
    limit = None if quick else FLOOR_LIMIT  # a few pages say little
    yield Claim("speed", f"{work.name}: times the floor", cost.ratio, "×", limit)
    for real in [] if quick else real_files():
        cost = measure(real, 1)
        if cost.pages:
            detail = f"{cost.pages} pages, {cost.ratio:.1f} × the floor"
            yield Claim("speed", real.name, cost.conversion / cost.pages * 1000, "ms/page", detail=detail)


def measure(work: Workload, repeats: int) -> Cost:
    """The round with the median ratio of several, after one run to warm up. A round is one conversion and
    as many floors as take about as long, so that both meet the same machine."""
    data = work.path.read_bytes()
    packets = finished_packets(data)

    def run_conversion() -> None:
        convert(io.BytesIO(data), io.BytesIO(), Options(raise_faults=True))

    def run_floors() -> None:
        for _ in range(_FLOORS):
            write_floor(packets)

    run_conversion()
    gc.collect()
    gc.freeze()  # the packets are the benchmark's: the collector must not walk them during a conversion
    rounds = [Cost(len(packets), _cpu(run_conversion), _cpu(run_floors) / _FLOORS) for _ in range(repeats)]
    gc.unfreeze()
    return sorted(rounds, key=lambda cost: cost.ratio)[repeats // 2]


def finished_packets(data: bytes) -> list[PagePacket]:
    """The pages of a file as packets whose content streams are finished but not deflated."""
    work = Work(io.BytesIO(data), Options(raise_faults=True))
    maker = PacketMaker(compress=False)
    return [maker.packet(page) for _, page in work.pages() if page is not None]


def write_floor(packets: list[PagePacket]) -> int:
    """Deflate and write the content streams alone; the size of the file."""
    file = PdfFile(io.BytesIO())
    pages = PageTree(file)
    for packet in packets:
        page = file.allocate()
        content = file.add_stream({}, packet.content.data)
        file.write(
            page,
            {
                "Type": Raw(b"/Page"),
                "Parent": pages.add(page),
                "MediaBox": [0, 0, packet.width, packet.height],
                "Contents": content,
                "Resources": {},
            },
        )
    return file.finish(file.add({"Type": Raw(b"/Catalog"), "Pages": pages.finish()}))


def two_processes(folder: Path, *, quick: bool) -> Iterator[Claim]:
    """Wall time of a large file with one and with two processes, and what two processors of this machine give
    at most: conversions of the file by two processes that have nothing to do with each other."""
    work = statements(folder, 120 if quick else 3_000)

    def at_once() -> None:
        both = [Process(target=_convert_file, args=(work.path, folder / f"{n}.pdf", 1)) for n in range(2)]
        for process in both:
            process.start()
        for process in both:
            process.join()

    def alone(processes: int) -> None:
        _convert_file(work.path, folder / "0.pdf", processes)

    repeats = 1 if quick else 2
    one, two = (min(_wall(partial(alone, count)) for _ in range(repeats)) for count in (1, 2))
    detail = f"{work.pages:,} pages: {one:.1f} s alone, {two:.1f} s in two"
    limit = None if quick else TWO_PROCESSES_LIMIT
    yield Claim("parallel", "two processes against one", one / two, "×", limit, True, detail)
    given = 2 * one / min(_wall(at_once) for _ in range(repeats))
    yield Claim("parallel", "what the machine gives", given, "×", detail="two files at once against one")


def _convert_file(path: Path, result: Path, processes: int) -> None:
    with path.open("rb") as source, result.open("wb") as sink:
        convert(source, sink, Options(processes=processes, raise_faults=True))


def _cpu(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def _wall(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
