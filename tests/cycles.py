"""What is left for the garbage collector: objects that hold each other, so that no counter falls to zero."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_in_cycles() -> Iterator[list[str]]:
    """The types of the objects that nobody holds after the block, and that are there nevertheless; known when
    it has ended."""
    found: list[str] = []
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found += sorted({f"{type(left).__module__}.{type(left).__qualname__}" for left in gc.garbage})
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
