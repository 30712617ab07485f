"""A bounded cache: what was used last is kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """At most `size` values by key; the one used least recently goes first. With `weight`, no more than
    `heaviest` of it is kept."""

    def __init__(self, size: int, weight: Callable[[T], int] | None = None, heaviest: int = 0) -> None:
        self._size = size
        self._weight, self._heaviest = weight, heaviest
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._weights: dict[Hashable, int] = {}
        self._total = 0

    def get(self, key: Hashable) -> T | None:
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: Hashable, value: T) -> None:
        self._values[key] = value
        if self._weight is not None:
            weight = self._weight(value)
            self._total += weight - self._weights.get(key, 0)
            self._weights[key] = weight
        while len(self._values) > self._size or (self._total > self._heaviest and self._values):
            oldest, _ = self._values.popitem(last=False)
            self._total -= self._weights.pop(oldest, 0)
