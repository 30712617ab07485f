"""Python values as PDF objects (section 7.3).

None, bool, int, float, bytes (a string object), str (a text string), list, tuple and dict mean what they
look like; dict keys are names. `Name`, `Ref` and `Raw` are what Python has no value for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias


class Name(str):
    """A name object, without its slash."""

    __slots__ = ()


class Ref(int):
    """An indirect reference to the object of this number (generation 0)."""

    __slots__ = ()


class Raw(bytes):
    """Bytes that are PDF syntax already."""

    __slots__ = ()


Value: TypeAlias = "bool | int | float | bytes | str | Sequence[Value] | Mapping[str, Value] | None"
PdfDict: TypeAlias = "dict[str, Value]"


@lru_cache(maxsize=1024)  # sizes of pages and scales come again on every page
def number(value: float, decimals: int = 3) -> str:
    """The shortest decimal text of `value` with at most `decimals` places: PDF has no exponents.

    >>> number(0.5), number(-0.0001), number(12.0)
    ('.5', '0', '12')
    """
    if type(value) is int:
        return str(value)
    whole = int(value)
    if whole == value:
        return str(whole)
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    if text.startswith("0."):
        return text[1:]
    if text.startswith("-0"):
        return "-" + text[2:] if len(text) > 2 else "0"
    return text


def numbers(values: Sequence[float], decimals: int = 3) -> str:
    """Several numbers with a space between them."""
    return " ".join([number(value, decimals) for value in values])


_STRING_ESCAPES = re.compile(rb"[\\()\r]")
_STRING_ESCAPED = {b"\\": b"\\\\", b"(": b"\\(", b")": b"\\)", b"\r": b"\\r"}


def escape_string(data: bytes) -> bytes:
    """The inside of a literal string (section 7.3.4.2). Only what a reader would misread is escaped."""
    if 0x5C in data or 0x28 in data or 0x29 in data or 0x0D in data:  # four quick looks beat one pattern
        return _STRING_ESCAPES.sub(lambda match: _STRING_ESCAPED[match[0]], data)
    return data


def text_string(text: str) -> bytes:
    """A text string's bytes (section 7.9.2.2): ASCII as it is, else UTF-16BE with a byte order mark."""
    if text.isascii() and (text.isprintable() or not text):
        return text.encode("ascii")
    return b"\xfe\xff" + text.encode("utf-16-be", "replace")


@lru_cache(maxsize=4096)
def name_token(name: str) -> bytes:
    """A name object's syntax (section 7.3.5)."""
    escaped = bytearray(b"/")
    for byte in name.encode("utf-8"):
        if 0x21 <= byte <= 0x7E and byte not in b"#/%()<>[]{}":
            escaped.append(byte)
        else:
            escaped += b"#%02X" % byte
    return bytes(escaped)


def _array(value: Sequence[Any], out: list[bytes]) -> None:
    out.append(b"[")
    for item in value:
        write = _CONTAINERS.get(type(item), _atom)
        write(item, out)
    out.append(b"]")


def _dictionary(value: Mapping[str, Any], out: list[bytes]) -> None:
    append = out.append
    append(b"<<")
    for key, item in value.items():
        append(name_token(key))
        kind = type(item)
        # Behind a name, the commonest first.
        if kind is Ref:
            append(b" %d 0 R" % item)
        elif kind is int:
            append(b" %d" % item)
        elif kind is Raw and item[0] not in _REGULAR_END:
            append(item)
        else:
            write = _CONTAINERS.get(kind, _atom)
            write(item, out)
    append(b">>")


def _atom(value: Any, out: list[bytes]) -> None:
    token = _ATOMS[type(value)](value)
    # Two regular tokens in a row need white space between them (section 7.2.2); nothing else does.
    if token[0] in _REGULAR_END and out[-1][-1] in _REGULAR_END:
        out.append(b" ")
    out.append(token)


_ATOMS: dict[type, Callable[[Any], bytes]] = {
    type(None): lambda value: b"null",
    bool: lambda value: b"true" if value else b"false",
    int: lambda value: b"%d" % value,
    float: lambda value: number(value, 5).encode(),
    bytes: lambda value: b"(" + escape_string(value) + b")",
    str: lambda value: b"(" + escape_string(text_string(value)) + b")",
    Name: name_token,
    Ref: lambda value: b"%d 0 R" % value,
    Raw: bytes,
}
_CONTAINERS: dict[type, Callable[[Any, list[bytes]], None]] = {
    dict: _dictionary,
    list: _array,
    tuple: _array,
}
_REGULAR_END = frozenset(range(0x21, 0x7F)) - frozenset(b"[]<>()/")


def serialise(value: Value) -> bytes:
    """The PDF syntax of `value`, as compact as it gets. Raises KeyError for a type PDF has no word for."""
    out = [b"<"]
    write = _CONTAINERS.get(type(value), _atom)
    write(value, out)
    return b"".join(out[1:])
