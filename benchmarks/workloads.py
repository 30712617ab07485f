"""Files to measure with: samples of a given length, made once per run, and the private corpus."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from afpcluster.sample import write_sample

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
