"""Files to measure with: samples of a given length, made once per run, and the private corpus."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from afpcluster.afp.ptoca import TextBuilder
from afpcluster.sample import write_sample
from afpcluster.sample.records import enclosed, map_coded_fonts, page_descriptors, text_object
from afpcluster.sample.typefaces import Style, encode_text

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
PAGES_PER_STATEMENT = 2.95


@dataclass(frozen=True, slots=True)
class Workload:
    """A file and its pages (0: not counted)."""

    name: str
    path: Path
    pages: int = 0


def statements(folder: Path, count: int) -> Workload:
    """A sample of so many statements."""
    path = folder / f"statements-{count}.afp"
    with path.open("wb") as sink:
        pages = write_sample(sink, statements=count, seed=1)
    return Workload(f"{count:,} statements", path, pages)


def text_page(folder: Path) -> Workload:
    """A page of forty lines in a font that is named only, so that a standard one stands in."""
    text = TextBuilder().control("SCFL", Style.SMALL).control("AMI", 1_000)
    for line in range(1, 41):
        text.control("AMB", 1_000 + 300 * line).text(encode_text(f"This is line {line} of a page of text."))
    environment = enclosed("BAG", "AEG", [map_coded_fonts([Style.SMALL]), *page_descriptors()])
    page = enclosed("BPG", "PAGE", [environment, text_object("TEXT", text.records())])
    path = folder / "text.afp"
    path.write_bytes(enclosed("BDT", "TEXT", [page], bytes(2)))
    return Workload("a page of text", path, 1)


def sample_of_pages(folder: Path, pages: int) -> Workload:
    """A sample of about so many pages."""
    return statements(folder, max(1, round(pages / PAGES_PER_STATEMENT)))


def real_files() -> list[Workload]:
    """The real documents of the corpus, as far as they are there and AFP."""
    paths = sorted((CORPUS / "real").glob("*.afp"))
    return [Workload(path.stem, path) for path in paths if path.read_bytes()[:1] == b"\x5a"]


def fop_pairs() -> list[tuple[Path, Path]]:
    """AFP files of Apache FOP and its PDF files of the same documents."""
    paths = sorted((CORPUS / "fop").glob("*.afp"))
    return [(path, path.with_suffix(".pdf")) for path in paths if path.with_suffix(".pdf").exists()]
