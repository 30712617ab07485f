"""What is drawn once and used again: the key of a drawing."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from afpcluster.document.resources import ResourceScope
from afpcluster.interpret.environment import Environment


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
