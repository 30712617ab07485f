"""What is drawn once and used again: the key of a drawing, and a bounded cache."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

from afpcluster.document.resources import ResourceScope
from afpcluster.interpret.environment import Environment

T = TypeVar("T")


class Dependency(NamedTuple):
    """All that a drawing depends on: drawings with equal dependencies are the same. Every cache of the
    interpreter is keyed by one of these."""

    content: Hashable
    scope: int
    units: tuple[float, float] | None
    maps: tuple[tuple[int, bytes], ...]
    rest: tuple[Hashable, ...]


def dependency(
    content: Hashable,
    scope: ResourceScope,
    around: Environment | None,
    *rest: Hashable,
    fonts: bool = True,
) -> Dependency:
    """The key of a drawing of `content` (records, or their digest), whose names are looked up in `scope`.

    `around` is the environment that lends it units, fonts and resources, None where it has its own; with
    `fonts` False it shows no text, and only the resources of `around` count. `rest` is what else it is
    drawn by: its area, the include that brought it, its depth."""
    if around is None:
        return Dependency(content, scope.number, None, (), rest)
    maps = around.maps if fonts else around.data_maps
    return Dependency(content, scope.number, (around.x_unit, around.y_unit), maps, rest)


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
