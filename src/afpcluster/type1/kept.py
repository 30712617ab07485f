"""What is made of parts of Type 1 programs, kept for the next subset that has them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

_MOST = 2048
_SHORT = 4096  # bytes: longer parts, as of a font that is made to hurt, would hold memory for ever


def kept(make: Callable[[bytes, K], bytes]) -> Callable[[bytes, K], bytes]:
    """A function of the data of a part and its name, which remembers what it made of short data."""
    known = lru_cache(_MOST)(make)

    @wraps(make)
    def answer(data: bytes, name: K) -> bytes:
        return known(data, name) if len(data) <= _SHORT else make(data, name)

    return answer
