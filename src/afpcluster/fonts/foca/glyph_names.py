"""Which glyph of a Type 1 program is a character: what the font name map (FNN) says, read leniently, else
by the text that the character stands for.

Rules: a name that the program has counts as it is. Other spellings are tried only where it has not: without
padding and slash, from EBCDIC, then the Adobe Glyph List's name of the text. The first that the program has
is the glyph.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from afpcluster.heavy import agl

_GLYPH_NAME = re.compile(rb"[!-$&'*-.0-;=?-Z\\^-z|~]+")  # a PostScript name: no blanks, no delimiters
_PADDING = " \t\r\n\0/"
_NOT_ASCII = 0x80
_EBCDIC = "cp500"


def is_glyph_name(name: bytes) -> bool:
    """Whether a program can have a glyph of this name at all, as PostScript writes it."""
    return _GLYPH_NAME.fullmatch(name) is not None


def find_glyph(name: bytes, text: str, present: Collection[str]) -> str | None:
    """The glyph of a character that FNN calls `name` (nothing where it does not) and that stands for `text`
    (nothing where that is not known); None where the program, whose glyphs are `present`, has none."""
    return next((spelling for spelling in _spellings(name, text) if spelling in present), None)


def _spellings(name: bytes, text: str) -> Iterator[str]:
    plain = name.decode("latin-1")
    yield plain
    yield _trimmed(plain)
    if any(byte >= _NOT_ASCII for byte in name):
        yield _trimmed(name.decode(_EBCDIC))
    if len(text) == 1:
        code = ord(text)
        yield agl.UV2AGL.get(code, "")
        yield f"uni{code:04X}" if code < 0x10000 else f"u{code:X}"


def _trimmed(name: str) -> str:
    """Without what stands in front of and behind a name where fields are padded or miscounted."""
    name = name.lstrip(_PADDING)
    end = next((at for at, character in enumerate(name) if character <= " "), len(name))
    return name[:end]
