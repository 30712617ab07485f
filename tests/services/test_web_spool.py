"""A body that is kept: the same bytes from memory and from a file, however it came."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afpcluster.web import spool as spool_module
from afpcluster.web.spool import PIECE, Spool

_KIB = 1024


@given(st.lists(st.sampled_from([0, 1, 100, 16 * _KIB - 1, 16 * _KIB, 70_000]), max_size=12), st.booleans())
def test_what_is_kept_is_what_came(sizes: list[int], in_file: bool) -> None:
    pieces = [bytes([number + 1]) * size for number, size in enumerate(sizes)]
    whole = b"".join(pieces)

    async def live() -> None:
        spool = Spool(Path("/tmp"), 50_000 if in_file else 1 << 20, hashed=True)
        for piece in pieces:
            await spool.write(piece)
        await spool.finish()
        assert spool.size == len(whole)
        assert spool.sha256() == hashlib.sha256(whole).hexdigest()
        for _ in range(2):
            assert b"".join([piece async for piece in spool.pieces()]) == whole
        file = await spool.as_file()
        assert os.pread(file.fileno(), len(whole) + 1, 0) == whole
        assert b"".join([piece async for piece in spool.pieces()]) == whole
        spool.close()
        assert file.closed

    asyncio.run(live())


def test_a_large_piece_is_kept_as_it_came() -> None:
    async def live() -> None:
        spool = Spool(Path("/tmp"), 1 << 20)
        large = bytes(100_000)
        for piece in (large, b"a", b"b", large):
            await spool.write(piece)
        kept = [piece async for piece in spool.pieces()]
        assert [len(piece) for piece in kept] == [100_000, 2, 100_000]
        assert kept[0] is large

    asyncio.run(live())


def test_many_small_pieces_are_few() -> None:
    async def live() -> None:
        spool = Spool(Path("/tmp"), 1 << 20)
        for _ in range(100_000):
            await spool.write(b"123")
        assert len([piece async for piece in spool.pieces()]) <= 2

    asyncio.run(live())


@pytest.mark.parametrize(
    ("size", "memory", "in_memory"),
    [(PIECE, 1 << 20, True), (PIECE + 1, 1 << 20, False), (2000, 1000, False)],
)
def test_no_file_system_is_asked_for_a_small_file(
    tmp_path: Path, size: int, memory: int, *, in_memory: bool
) -> None:
    async def live() -> None:
        spool = Spool(tmp_path, memory)
        await spool.write(bytes(size))
        await spool.finish()
        file = await spool.as_file()
        assert (str(tmp_path) not in os.readlink(f"/proc/self/fd/{file.fileno()}")) == in_memory
        spool.close()

    asyncio.run(live())


def test_where_the_kernel_has_no_files_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_name: str) -> int:
        raise PermissionError

    monkeypatch.setattr(spool_module.os, "memfd_create", refuse)

    async def live() -> None:
        spool = Spool(tmp_path, 1000)
        await spool.write(b"abc")
        file = await spool.as_file()
        assert os.pread(file.fileno(), 10, 0) == b"abc"
        spool.close()

    asyncio.run(live())
