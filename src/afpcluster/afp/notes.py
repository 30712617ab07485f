"""Comments: the data of No Operation (NOP) fields as text. They may hold anything, and nothing says what."""

from __future__ import annotations

from afpcluster.afp import code_pages

_ENCODINGS = ("ascii", "utf-8", f"cp{code_pages.DEFAULT}", "latin-1")
_LAYOUT = str.maketrans("", "", "\t\r\n\x85")


def note_text(data: bytes) -> str:
    """Comment data as text in the first encoding in which all of it is printable: ASCII, UTF-8, EBCDIC,
    Latin-1; else in hexadecimal."""
    data = data.rstrip(b"\0")
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.translate(_LAYOUT).isprintable():
            return text.rstrip()
    return f"X'{data.hex().upper()}'"
