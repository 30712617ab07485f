"""Valid AFP files to mutate: tiny pages that together use every kind of object, and private real ones.

A tiny file converts in about a millisecond, so that a million inputs are feasible. Real files come
from ../shared/corpus where it is there, cut down to their first page and what is small in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from benchmarks.fuzz.mutate import split
from benchmarks.fuzz.seed_pages import SEEDS

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
_SMALL_RECORD = 3_000
_SMALL_FILE = 24_000

_BEGIN_PAGE, _END_PAGE = b"\xd3\xa8\xaf", b"\xd3\xa9\xaf"
_BEGIN_RESOURCE, _END_RESOURCE = b"\xd3\xa8\xce", b"\xd3\xa9\xce"


@cache
def own_seeds() -> dict[str, bytes]:
    """Seeds of our own making by name."""
    return {name: make() for name, make in SEEDS.items()}


@cache
def corpus_seeds() -> dict[str, bytes]:
    """Small versions of the private files, empty where they are not there."""
    found = {}
    for path in sorted(CORPUS.rglob("*.afp")):
        small = b"".join(_first_page(split(path.read_bytes())))
        if 0 < len(small) <= _SMALL_FILE:
            found[path.stem] = small
    return found


def _first_page(records: list[bytes]) -> Iterator[bytes]:
    """The file without its later pages, without big resources and with big records cut short."""
    resource: list[bytes] | None = None
    pages, inside = 0, True
    for record in records:
        kind = record[3:6]
        if kind == _BEGIN_RESOURCE:
            resource = []
        if resource is not None:
            resource.append(record)
            if kind == _END_RESOURCE:
                if sum(map(len, resource)) <= _SMALL_RECORD:
                    yield from resource
                resource = None
            continue
        if kind == _BEGIN_PAGE:
            pages += 1
            inside = pages == 1
        if inside:
            yield record if len(record) <= _SMALL_RECORD else _shortened(record)
        if kind == _END_PAGE:
            inside = True


def _shortened(record: bytes) -> bytes:
    return record[:1] + (_SMALL_RECORD - 1).to_bytes(2, "big") + record[3:_SMALL_RECORD]
