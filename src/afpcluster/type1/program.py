"""A Type 1 font program taken apart (Adobe Type 1 Font Format, chapters 2, 6 and 7).

Rules: what the program says is found by its keywords, as font renderers do it, and not by running
PostScript. Charstrings and Subrs stay encrypted until they are run. A damaged entry costs itself alone: the
next one is looked for behind it. PFB is a sequence of X'80', kind (1 text, 2 binary, 3 end), length (4
bytes, little-endian); where it is whole, it says where the eexec portion begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import lru_cache

from afpcluster.light import dataclass
from afpcluster.type1 import ProgramDataError
from afpcluster.type1.charstring import CharstringError, Glyph, run_charstring
from afpcluster.type1.cipher import decrypt_charstring, decrypt_eexec

_TEXT, _BINARY = 1, 2
_START_LIMIT = 4096  # bytes before the program that are looked through for its beginning
_PFB_START = re.compile(rb"\x80\x01.{4}\s*%!", re.DOTALL)
_BINARY_SEGMENT = re.compile(rb"\A\s*\x80\x02.{4}", re.DOTALL)
_KNOWN_HEADERS = (b"%!PS-AdobeFont", b"%!FontType")  # some viewers take nothing else for Type 1
_CURRENT_FILE = re.compile(rb"currentfile\s+eexec(?=\s)")
_COMMENT_STRING_EEXEC = re.compile(rb"%[^\r\n]*|\(|(?<![^\s\]})>])eexec(?=\s|\Z)")
_IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_HEXADECIMAL = re.compile(rb"\s*[0-9A-Fa-f]{4}")
_DIGITS = re.compile(rb"[0-9A-Fa-f\s]*")
_CHARSTRINGS = re.compile(rb"/CharStrings\s+\d+\s+dict\b")
_SUBRS = re.compile(rb"/Subrs\s+\d+\s+array\b")
_LEN_IV = re.compile(rb"/lenIV\s+(-?\d{1,4})\b")
_COMMENT = re.compile(rb"%[^\r\n]*")
_COMMENTS = re.compile(rb"(?:%[^\r\n]*|\s)*")  # before a Subr
_WORDS = re.compile(rb"(?:%[^\r\n]*|[^/%])*")  # before a charstring
_SUBR = re.compile(rb"dup\s{1,9}(\d{1,9})\s{1,9}(\d{1,9})\s{1,9}([^\s/]{1,32}) ")
_CHARSTRING = re.compile(rb"/([^\s/]{1,256})\s{1,9}(\d{1,9})\s{1,9}([^\s/]{1,32}) ")
_STORE = re.compile(rb"\s*((?:noaccess|readonly)\s+(?:put|def)|[!-.0-~]+)")
_END = b"end"


@dataclass(slots=True, frozen=True)
class Words:
    """The PostScript words around the binary data of an entry: what reads it, and what stores it."""

    read: bytes
    store: bytes


@dataclass(slots=True, eq=False)
class Type1Program:
    """The parts of a program. `glyphs` and `subrs` are encrypted charstrings."""

    clear: bytes  # text up to and with `eexec`, without a line end
    private: bytes = field(repr=False)  # the decrypted eexec portion as it stands
    head: bytes = field(repr=False)  # of the eexec portion, up to the Subrs
    len_iv: int
    subrs: Mapping[int, bytes] = field(repr=False)
    glyphs: Mapping[str, bytes] = field(repr=False)
    intact: bool  # every entry could be read
    _run: dict[str, Glyph | CharstringError] = field(default_factory=dict, repr=False)
    _plain: dict[int, bytes | None] = field(default_factory=dict, repr=False)

    def glyph(self, name: str) -> Glyph:
        """What a glyph of the program draws. Raises CharstringError."""
        found = self._run.get(name)
        if found is None:
            try:
                plain = decrypt_charstring(self.glyphs[name], self.len_iv)
                found = run_charstring(plain, self._subr)
            except CharstringError as error:
                found = error
            self._run[name] = found
        if isinstance(found, CharstringError):
            raise found
        return found

    def _subr(self, number: int) -> bytes | None:
        if number not in self._plain:
            cipher = self.subrs.get(number)
            self._plain[number] = None if cipher is None else decrypt_charstring(cipher, self.len_iv)
        return self._plain[number]


@lru_cache(maxsize=16)  # documents of one origin share their fonts, and decryption is half of the cost
def type1_program(data: bytes) -> Type1Program:
    """The program in a font file, PFB or PFA. Raises ProgramDataError."""
    clear, ciphers = _split(data)
    for cipher in ciphers:
        private = decrypt_eexec(cipher)
        if _CHARSTRINGS.search(private):
            return parse_private(clear, private)
    raise ProgramDataError("no CharStrings in the eexec portion")


def join_segments(data: bytes) -> bytes:
    """The program without PFB segment headers; data that is not PFB comes back as it is."""
    return b"".join(part for _, part in _segments(data)) or data


def pfb(data: bytes) -> bytes:
    """The program in PFB segments, whatever form it has. Raises ProgramDataError."""
    begun = data[_start(data) :]
    if _segments(begun):
        return begun
    clear, ciphers = _split(data)
    parts = ((_TEXT, clear + b"\n"), (_BINARY, next(ciphers)))
    segments = (bytes((0x80, kind)) + len(part).to_bytes(4, "little") + part for kind, part in parts)
    return b"".join(segments) + b"\x80\x03"


def _segments(data: bytes) -> list[tuple[int, bytes]]:
    """(kind, data) of the PFB segments; what is behind a break in their chain belongs to the last."""
    parts: list[tuple[int, bytes]] = []
    at = 0
    while data[at : at + 1] == b"\x80" and at + 6 <= len(data) and data[at + 1] in (_TEXT, _BINARY):
        end = at + 6 + int.from_bytes(data[at + 2 : at + 6], "little")
        if data[end : end + 1] not in (b"\x80", b""):
            end = len(data)
        parts.append((data[at + 1], data[at + 6 : end]))
        at = end
    return parts


def _split(data: bytes) -> tuple[bytes, Iterator[bytes]]:
    """(clear text up to and with eexec, what the encrypted portion may be, likeliest first)."""
    data = data[_start(data) :]
    segments = _segments(data)
    kinds = [kind for kind, _ in segments]
    border = kinds.index(_BINARY) if _BINARY in kinds else 0
    clear = b"".join(part for _, part in segments[:border]).rstrip()
    ciphers: list[bytes] = []
    if clear.endswith(b"eexec"):
        stop = next((at for at in range(border, len(kinds)) if kinds[at] != _BINARY), len(kinds))
        ciphers.append(b"".join(part for _, part in segments[border:stop]))
    else:
        data = join_segments(data)
        end = _end_of_clear_text(data)
        clear, behind = data[:end], _BINARY_SEGMENT.sub(b"", data[end:], count=1)
        # No cipher begins with white space, some say; others let one such byte end the word.
        ciphers += [behind.lstrip(), behind[2:] if behind[:2] == b"\r\n" else behind[1:]]
    if not clear.startswith(_KNOWN_HEADERS):
        clear = _KNOWN_HEADERS[0] + b"-1.0\n" + clear
    return clear, (_binary(cipher) for cipher in ciphers)


def _start(data: bytes) -> int:
    """Where the program begins: not all begin at the first byte."""
    pfb = _PFB_START.search(data, 0, _START_LIMIT)
    if pfb is not None:
        return pfb.start()
    return 0 if data[:1] == b"\x80" else max(data.find(b"%!", 0, _START_LIMIT), 0)


def _end_of_clear_text(data: bytes) -> int:
    """The place behind the word `eexec`, outside of comments and strings where it stands there at all."""
    at = 0
    while match := _COMMENT_STRING_EEXEC.search(data, at):
        at = match.end()
        if match[0] == b"(":
            depth = 1
            while depth and (mark := _IN_STRING.search(data, at)):
                depth += (mark[0] == b"(") - (mark[0] == b")")
                at = mark.end()
            if depth:
                break
        elif match[0] == b"eexec":
            return at
    anywhere = _CURRENT_FILE.search(data)
    if anywhere is None:
        raise ProgramDataError("no eexec portion")
    return anywhere.end()


def _binary(cipher: bytes) -> bytes:
    """An encrypted portion that may be written in hexadecimal (chapter 7.2)."""
    if not _HEXADECIMAL.match(cipher):
        return cipher
    match = _DIGITS.match(cipher)
    digits = b"".join(match[0].split()) if match else b""
    return bytes.fromhex(digits[: len(digits) & ~1].decode())


def parse_private(clear: bytes, private: bytes) -> Type1Program:
    """The program of this clear text and this decrypted eexec portion. Raises ProgramDataError."""
    charstrings = _CHARSTRINGS.search(private)
    if charstrings is None:
        raise ProgramDataError("no CharStrings in the eexec portion")
    end = charstrings.start()
    declared = _SUBRS.search(private, 0, end)
    subrs = _Entries(private, end, _COMMENTS, _SUBR)
    if declared is not None:
        subrs.read(declared.end())
    glyphs = _Entries(private, len(private), _WORDS, _CHARSTRING)
    glyphs.read(charstrings.end())
    if not glyphs.found:
        raise ProgramDataError("no glyph can be read from its CharStrings")
    len_iv = _LEN_IV.search(private, 0, end)
    numbered = {int(number): data for number, data in subrs.found.items()}
    return Type1Program(
        clear,
        private,
        private[: declared.start() if declared else end],
        int(len_iv[1]) if len_iv else 4,
        numbered,
        {name.decode("latin-1"): data for name, data in glyphs.found.items()},
        subrs.intact and glyphs.intact,
    )


class _Entries:
    """Charstrings one behind the other: a name or number, the length, the word that reads, the data, the
    word that stores. `before` is what may stand before an entry."""

    def __init__(
        self, text: bytes, limit: int, before: re.Pattern[bytes], pattern: re.Pattern[bytes]
    ) -> None:
        self._text, self._limit, self._before, self._pattern = text, limit, before, pattern
        self.words = Words(b"RD", b"NP" if pattern is _SUBR else b"ND")
        self.found: dict[bytes, bytes] = {}
        self.intact = True
        self.end = 0  # behind the last one

    def read(self, at: int) -> None:
        """Read all from `at` on."""
        self.end = at
        while True:
            before = self._before.match(self._text, at, self._limit)
            at = before.end() if before else at
            if before and _END in _COMMENT.sub(b"", before[0]).split():
                return
            match = self._pattern.match(self._text, at, self._limit)
            if match is None or not self._stored(match):
                match = self._next(match.end() if match else at)
                if match is None:
                    self.intact = self.intact and self._pattern.match(self._text, at, self._limit) is None
                    return
                self.intact = False
            at = self._take(match)

    def _take(self, match: re.Match[bytes]) -> int:
        """Keep an entry; the place behind it."""
        start, end = match.end(), match.end() + int(match[2])
        stored = self._stored(match)
        assert stored is not None
        if not self.found:
            self.words = Words(match[3], stored[1])
        self.found[match[1]] = self._text[start:end]
        self.end = stored.end()
        return self.end

    def _stored(self, match: re.Match[bytes]) -> re.Match[bytes] | None:
        """The word that stores the data of an entry; None where the entry cannot be right."""
        end = match.end() + int(match[2])
        stored = _STORE.match(self._text, end, self._limit) if end <= self._limit else None
        if stored and self.found and Words(match[3], stored[1]) != self.words:
            return None
        return stored

    def _next(self, at: int) -> re.Match[bytes] | None:
        """The next entry that can be read."""
        while match := self._pattern.search(self._text, at, self._limit):
            if self._stored(match):
                return match
            at = match.start() + 1
        return None
