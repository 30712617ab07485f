"""What libtiff, which decodes for Pillow, says of damaged data.

By itself it writes to the process's stderr and often goes on, so that nobody else hears of it. Its handler of
errors is ours: messages go to whoever listens, and nowhere else. TIFFError(3TIFF).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import _imaging

_LONGEST = 200
_Handler = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p)
_libraries = ctypes.CDLL(_imaging.__file__)  # a name is looked up in all that Pillow is linked with
_listener: list[str] | None = None


def _hear(module: bytes | None, template: bytes, arguments: int) -> None:
    """Called by libtiff with the parts of a message, the last one a va_list."""
    if _listener is not None:
        text = ctypes.create_string_buffer(_LONGEST)
        _libraries.vsnprintf(text, ctypes.c_size_t(_LONGEST), template, ctypes.c_void_p(arguments))
        _listener.append(text.value.decode("latin-1"))


@contextmanager
def heard() -> Iterator[list[str]]:
    """The messages that come meanwhile; one listener in a process at a time."""
    global _listener
    before, _listener = _listener, []
    try:
        yield _listener
    finally:
        _listener = before


_handler = _Handler(_hear)  # kept, as libtiff has no reference of its own
if hasattr(_libraries, "TIFFSetErrorHandler"):  # not where Pillow has a libtiff of its own inside
    _libraries.TIFFSetErrorHandler(_handler)
