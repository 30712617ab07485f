"""The memory that bodies leave goes to the next ones, not back to the kernel each time.

glibc gives back what is free at the heap's end beyond twice the largest block so far (mallopt(3),
`M_TRIM_THRESHOLD`). So for each body of 600 KB the kernel had to clear 300 pages anew: a quarter of the
processor time of such a document in either service.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress

KEPT_BYTES = 16 * 1024 * 1024
"""At most this much is free at the heap's end for good."""
_LARGE_BYTES = 4 * 1024 * 1024
"""Larger blocks than any of a body in memory come from the kernel and go back to it, as always."""
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


def keep_heap() -> None:
    """For this process, from now on. Nothing happens where the C library is not glibc."""
    with suppress(AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
