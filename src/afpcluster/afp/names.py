"""Names in structured fields: 8-byte tokens and fully qualified names, EBCDIC unless said otherwise.

MO:DCA "External Resource Naming Conventions": code page 500, padded with X'40' (or X'00' by some).
"""

from __future__ import annotations

from functools import lru_cache

from afpcluster.afp import code_pages

_ENCODING = "cp500"


@lru_cache(1024)  # a file has few names, and says them on page after page
def decode_name(data: bytes) -> str:
    """A token name without padding. X'FF…' (no name) is ''. Never fails: controls become '?'."""
    if data[:2] == b"\xff\xff":
        return ""
    data = data.split(b"\0", 1)[0] if b"\0" in data else data
    text = data.decode(_ENCODING).rstrip()
    return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)


def encode_name(name: str, length: int = 8) -> bytes:
    """A token name padded to `length`; longer names are refused by ValueError."""
    data = name.encode(_ENCODING)
    if len(data) > length:
        raise ValueError(f"name {name!r} is longer than {length} bytes")
    return data.ljust(length, b"\x40")


def decode_text(data: bytes, code_page: int = code_pages.DEFAULT) -> str:
    """Character data of a triplet in a coded character set identified by a CCSID or code page number; of one
    that is not known as in code page 500."""
    text = code_pages.decode(data, code_page)
    if text is None:
        text = data.decode(_ENCODING)
    return text.rstrip("\0 ")
