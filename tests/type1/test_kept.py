"""What is made of parts of programs is made once, and long parts are not kept."""

from __future__ import annotations

import pytest

from afpcluster.type1.kept import kept


@pytest.mark.parametrize(("length", "times"), [(1, 1), (4096, 1), (4097, 2)])
def test_short_parts_are_kept(length: int, times: int) -> None:
    made: list[int] = []

    @kept
    def make(data: bytes, name: int) -> bytes:
        made.append(name)
        return data

    assert make(bytes(length), 7) == make(bytes(length), 7) == bytes(length)
    assert made == [7] * times
