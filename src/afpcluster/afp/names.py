"""Names in structured fields: 8-byte tokens and fully qualified names, EBCDIC unless said otherwise.

MO:DCA "External Resource Naming Conventions": code page 500, padded with X'40' (or X'00' by some).
"""

from __future__ import annotations

_ENCODING = "cp500"


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


def decode_text(data: bytes, code_page: int = 500) -> str:
    """Character data of a triplet in a coded character set identified by a CCSID or code page number."""
    if code_page in (1200, 1201, 13488, 17584, 61952):
        return data.decode("utf-16-be", "replace").rstrip("\0 ")
    if code_page in (1208, 65001):
        return data.decode("utf-8", "replace").rstrip("\0 ")
    for name in (f"cp{code_page}", f"cp{code_page:03d}", f"iso8859-{code_page - 4360}"):
        try:
            return data.decode(name, "replace").rstrip("\0 ")
        except LookupError:
            continue
    return data.decode(_ENCODING, "replace").rstrip("\0 ")
