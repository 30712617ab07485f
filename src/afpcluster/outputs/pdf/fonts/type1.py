"""Type 1 font programs, reduced to some glyphs (Adobe Type 1 Font Format, chapters 2, 6 and 7).

Rules: charstrings keep their own encryption and are copied as they are; only the eexec layer is taken
off and put on again. Subrs keep their numbers: unused ones become a bare `return`, and the tail of unused
ones is dropped. What cannot be read is a `ProgramError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from fontTools.encodings.StandardEncoding import StandardEncoding

from afpcluster.outputs.pdf.fonts.embedded_program import ProgramError

_EEXEC_KEY = 55665
_CHARSTRING_KEY = 4330
_WHITE = b" \t\r\n\0\f"
_TRAILER = re.compile(rb"[0\s]{256,}(?:cleartomark\s*)?\Z")
_ENCODING = re.compile(rb"/Encoding\s+256\s+array.*?\b(?:readonly\s+)?def\b", re.DOTALL)
_LEN_IV = re.compile(rb"/lenIV\s+(-?\d+)")
_SUBRS = re.compile(rb"/Subrs\s+(\d+)\s+array")
_SUBR = re.compile(rb"\s*dup\s+(\d+)\s+(\d+)\s+(\S+) ")
_CHARSTRINGS = re.compile(rb"/CharStrings\s+\d+\s+dict\s+dup\s+begin")
_CHARSTRING = re.compile(rb"[^/]*?/(\S+)\s+(\d+)\s+(\S+) ")
_STORE = re.compile(rb"\s*(noaccess\s+(?:put|def)|[^\s/]+)")
_ALWAYS_KEPT_SUBRS = frozenset(range(4))  # flex and hint replacement
_RETURN = b"\x0b"
_CALL_SUBR = 10
_ESCAPE = 12
_SEAC, _DIV, _CALL_OTHER_SUBR, _POP = 0x0C06, 0x0C0C, 0x0C10, 0x0C11


@dataclass(slots=True, frozen=True)
class Type1Subset:
    """The three lengths that PDF's /FontFile wants follow from these parts; there is no third one."""

    clear: bytes
    encrypted: bytes
    missing: tuple[str, ...]  # glyphs asked for that the program has not


@dataclass(slots=True)
class _Private:
    """The decrypted portion in parts. Charstrings and Subrs are still encrypted."""

    head: bytes  # up to the Subrs
    middle: bytes  # from behind the Subrs to the charstrings
    tail: bytes
    len_iv: int
    subrs: dict[int, bytes]
    subr_tokens: tuple[bytes, bytes]  # what reads a string, what stores it
    glyphs: dict[str, bytes]
    glyph_tokens: tuple[bytes, bytes]
    scans: dict[bytes, tuple[set[int], list[int]]] = field(default_factory=dict)  # see `_scan`


def subset_type1(data: bytes, glyphs: Iterable[str]) -> Type1Subset:
    """The program with .notdef (made empty) and these glyphs. Raises ProgramError."""
    clear, parts = _parsed(data)
    kept: dict[str, bytes] = {}
    subrs: set[int] = set(_ALWAYS_KEPT_SUBRS)
    wanted = list(dict.fromkeys(glyphs))
    missing = tuple([name for name in wanted if name not in parts.glyphs])
    for name in wanted:  # grows by the components of accented characters
        charstring = parts.glyphs.get(name)
        if charstring is None or name in kept:
            continue
        kept[name] = charstring
        wanted += _references(parts, charstring, subrs)
    kept[".notdef"] = _encrypted_charstring(b"\x8b\x8b\x0d\x0e", parts.len_iv)  # 0 0 hsbw endchar
    clear = _ENCODING.sub(b"/Encoding StandardEncoding def", clear, count=1)
    return Type1Subset(clear, _crypt(_rebuilt(parts, kept, subrs), _EEXEC_KEY, encrypt=True), missing)


@lru_cache(maxsize=16)  # documents of one origin share their fonts, and decryption is half of the cost
def _parsed(data: bytes) -> tuple[bytes, _Private]:
    """(clear text, decrypted portion in parts) of a program. Raises ProgramError."""
    clear, private = _split(data)
    return clear, _parse_private(private)


def _crypt(data: bytes, key: int, *, encrypt: bool) -> bytes:
    """Chapter 7.1: the cipher of eexec and of charstrings."""
    out = bytearray(len(data))
    for position, byte in enumerate(data):
        other = byte ^ key >> 8
        out[position] = other
        key = ((other if encrypt else byte) + key) * 52845 + 22719 & 0xFFFF
    return bytes(out)


def _split(data: bytes) -> tuple[bytes, bytes]:
    """(clear text up to and with eexec, decrypted rest)."""
    if data[:1] == b"\x80":
        data = _without_segments(data)
    start = data.find(b"eexec")
    if start < 0:
        raise ProgramError("no eexec portion")
    start += len(b"eexec")
    clear = data[:start] + b"\n"
    # One white space byte ends the token, CR LF counts as one; a cipher byte may look like white space.
    body = data[start + 1 :]
    if data[start : start + 2] == b"\r\n":
        body = data[start + 2 :]
    if re.match(rb"[\s]*[0-9A-Fa-f]{4}", body):
        trailer = _TRAILER.search(body)
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", body[: trailer.start()] if trailer else body)
        body = bytes.fromhex(digits[: len(digits) & ~1].decode())
    else:
        trailer = _TRAILER.search(body)
        body = body[: trailer.start()] if trailer else body
    return clear, _crypt(body, _EEXEC_KEY, encrypt=False)[4:]


def _without_segments(data: bytes) -> bytes:
    """PFB segments joined."""
    parts: list[bytes] = []
    position = 0
    while data[position : position + 1] == b"\x80" and data[position + 1 : position + 2] in (b"\1", b"\2"):
        size = int.from_bytes(data[position + 2 : position + 6], "little")
        parts.append(data[position + 6 : position + 6 + size])
        position += 6 + size
    return b"".join(parts)


def _parse_private(private: bytes) -> _Private:
    charstrings = _CHARSTRINGS.search(private)
    if charstrings is None:
        raise ProgramError("no CharStrings in the eexec portion")
    subrs_start = _SUBRS.search(private, 0, charstrings.start())
    head_end = subrs_end = charstrings.start()
    subrs: dict[int, bytes] = {}
    subr_tokens = (b"RD", b"NP")
    if subrs_start is not None:
        head_end, position = subrs_start.start(), subrs_start.end()
        while match := _SUBR.match(private, position):
            data, stored, position = _binary(private, match, 2)
            subrs[int(match[1])] = data
            subr_tokens = (match[3], stored)
        subrs_end = position
    glyphs: dict[str, bytes] = {}
    glyph_tokens = (b"RD", b"ND")
    position = charstrings.end()
    while match := _CHARSTRING.match(private, position):
        if b"end" in match[0][: match.start(1) - match.start() - 1].split():
            break
        data, stored, position = _binary(private, match, 2)
        glyphs[match[1].decode("latin-1")] = data
        glyph_tokens = (match[3], stored)
    if not glyphs:
        raise ProgramError("no glyph can be read from its CharStrings")
    len_iv = _LEN_IV.search(private)
    return _Private(
        private[:head_end],
        private[subrs_end : charstrings.start()],
        private[position:],
        int(len_iv[1]) if len_iv else 4,
        subrs,
        subr_tokens,
        glyphs,
        glyph_tokens,
    )


def _binary(private: bytes, match: re.Match[bytes], size_group: int) -> tuple[bytes, bytes, int]:
    """(binary data behind a match, the token that stores it, where the next thing begins). The token may
    be two: `noaccess put`."""
    start = match.end()
    end = start + int(match[size_group])
    if end > len(private):
        raise ProgramError("a charstring runs past the end of the program")
    stored = _STORE.match(private, end)
    if stored is None:
        raise ProgramError("a charstring is not followed by what stores it")
    return private[start:end], stored[1], stored.end()


def _encrypted_charstring(charstring: bytes, len_iv: int) -> bytes:
    if len_iv < 0:
        return charstring
    return _crypt(bytes(len_iv) + charstring, _CHARSTRING_KEY, encrypt=True)


def _references(parts: _Private, charstring: bytes, subrs: set[int]) -> list[str]:
    """The glyphs that a charstring is composed of; the Subrs it calls are added to `subrs`."""
    components: list[str] = []
    waiting = [charstring]
    while waiting:
        encrypted = waiting.pop()
        if encrypted not in parts.scans:
            plain = encrypted
            if parts.len_iv >= 0:
                plain = _crypt(encrypted, _CHARSTRING_KEY, encrypt=False)[parts.len_iv :]
            parts.scans[encrypted] = _scan(plain)
        called, accents = parts.scans[encrypted]
        components += [StandardEncoding[code] for code in accents if 0 <= code < 256]
        for number in called - subrs:
            subrs.add(number)
            if number in parts.subrs:
                waiting.append(parts.subrs[number])
    return components


def _scan(charstring: bytes) -> tuple[set[int], list[int]]:
    """(numbers of Subrs called, standard encoding codes of a `seac`), section 6.4. Follows the operand
    stack as far as calls need: hint replacement passes a Subr's number through OtherSubr 3."""
    stack: list[int] = []
    passed: list[int] = []  # the PostScript stack between callothersubr and pop
    called: set[int] = set()
    accents: list[int] = []
    position, end = 0, len(charstring)
    while position < end:
        byte = charstring[position]
        position += 1
        if byte >= 32:
            size = 0 if byte < 247 else 1 if byte < 255 else 4
            operand = charstring[position : position + size]
            position += size
            if byte < 247:
                stack.append(byte - 139)
            elif byte < 251:
                stack.append((byte - 247) * 256 + int.from_bytes(operand, "big") + 108)
            elif byte < 255:
                stack.append(-(byte - 251) * 256 - int.from_bytes(operand, "big") - 108)
            else:
                stack.append(int.from_bytes(operand, "big", signed=True))
            continue
        operator = byte
        if byte == _ESCAPE and position < end:
            operator = _ESCAPE << 8 | charstring[position]
            position += 1
        if operator == _CALL_SUBR and stack:
            called.add(stack.pop())
        elif operator == _CALL_OTHER_SUBR and len(stack) >= 2:
            stack.pop()
            count = max(0, stack.pop())
            passed = stack[len(stack) - count :][::-1] if count else []
            del stack[len(stack) - count :]
        elif operator == _POP:
            stack.append(passed.pop() if passed else 0)
        elif operator == _DIV and len(stack) >= 2:
            divisor = stack.pop()
            stack.append(stack.pop() // (divisor or 1))
        else:
            if operator == _SEAC:
                accents += stack[-2:]
            stack.clear()
    return called, accents


def _rebuilt(parts: _Private, glyphs: dict[str, bytes], subrs: set[int]) -> bytes:
    """The eexec portion's clear text with these glyphs and Subrs, behind the four bytes that start it.
    Zeros there make a cipher that no reader takes for hexadecimal."""
    out = [bytes(4), parts.head]
    if parts.subrs:
        count = max(subrs & parts.subrs.keys(), default=-1) + 1
        read, store = parts.subr_tokens
        unused = _encrypted_charstring(_RETURN, parts.len_iv)
        out.append(b"/Subrs %d array\n" % count)
        for number in range(count):
            data = parts.subrs.get(number, unused) if number in subrs else unused
            out.append(b"dup %d %d %b %b %b\n" % (number, len(data), read, data, store))
    out.append(parts.middle)
    read, store = parts.glyph_tokens
    out.append(b"/CharStrings %d dict dup begin\n" % len(glyphs))
    for name, data in sorted(glyphs.items()):
        out.append(b"/%b %d %b %b %b\n" % (name.encode("latin-1"), len(data), read, data, store))
    out.append(parts.tail)
    return b"".join(out)
