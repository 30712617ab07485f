"""Coded character sets: the characters of a code page by its number (CPGID) or of a CCSID.

One table for names, tags and text. Python's codecs have most pages; the others are in `code_page_tables`, as
they differ from those. What no table has is None: the caller says so. MO:DCA "Coded Graphic Character Set
Global Identifier Triplet X'01'": a CCSID is given in place of a code page with character set 0.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from afpcluster.light import dataclass

DEFAULT = 500
"""The code page of names where none is declared (MO:DCA "External Resource Naming Conventions")."""

UTF16 = frozenset({1200, 1201, 61952})
UTF8 = frozenset({1208, 1209, 65001})

BASES = ("latin-1", "cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140", "cp1252", "iso8859-13")
"""Codecs of Python that the single-byte tables build on."""

ORDERS = ("big5", "gb2312", "gbk", "euc_kr", "johab", "shift_jis", "cp932", "cp950", "cp949")
"""Codecs of Python whose order of characters the double-byte tables build on."""

# Number -> codec of Python, where it is not cpNUMBER.
_NAMED_CODECS = {
    37: "cp037", 367: "ascii", 813: "iso8859-7", 819: "latin-1", 878: "koi8-r", 912: "iso8859-2",
    913: "iso8859-3", 914: "iso8859-4", 915: "iso8859-5", 916: "iso8859-8", 920: "iso8859-9",
    923: "iso8859-15", 1089: "iso8859-6", 1168: "koi8-u", 1275: "mac-roman",
}  # fmt: skip
_MIXED_CODECS = {
    **dict.fromkeys(UTF16, "utf-16-be"), **dict.fromkeys(UTF8, "utf-8"), 1232: "utf-32-be",
    932: "cp932", 936: "gbk", 942: "cp932", 943: "cp932", 949: "cp949", 950: "cp950", 954: "euc_jp",
    970: "euc_kr", 1363: "cp949", 1370: "cp950", 1375: "big5hkscs", 1381: "gb2312", 1383: "gb2312",
    1386: "gbk", 1392: "gb18030", 5050: "euc_jp",
}  # fmt: skip
# CCSIDs of text that changes between one and two bytes by shift codes -> (single-byte, double-byte) page.
_SHIFTED = {
    930: (290, 300), 931: (37, 300), 933: (833, 834), 935: (836, 837), 937: (37, 835), 939: (1027, 300),
    1364: (833, 834), 1371: (1140, 835), 1388: (836, 837), 1390: (290, 300), 1399: (1027, 300),
    5026: (290, 300), 5035: (1027, 300),
}  # fmt: skip
_FORMERLY = {29: 871, 38: 500, 260: 37, 283: 284, 286: 273, 287: 277, 288: 278, 289: 284, 1380: 1385}
"""Older number -> the page that is the same, or has all its characters in their places."""

_VARIANT = 4096
"""CCSIDs that differ by a multiple of it are variants of each other (MO:DCA "Coded Character Sets")."""

_WIDE_SPACE = "\u3000"


@dataclass(slots=True, frozen=True, eq=False)
class CharacterCodes:
    """A code page: its graphic characters by code point of `code_size` bytes."""

    number: int
    code_size: int
    characters: Mapping[int, str]

    @property
    def space(self) -> int:
        """The code point of the space."""
        if self.code_size == 2:
            return next((code for code in (0x4040, 0x8140) if code in self.characters), 0xA1A1)
        return 0x40 if self.characters.get(0x40) == " " else 0x20


@lru_cache(maxsize=64)
def character_codes(number: int) -> CharacterCodes | None:
    """The code page with this CPGID; None where it is not known."""
    number = _FORMERLY.get(number, number)
    if number in _entries("double_byte.txt"):
        return CharacterCodes(number, 2, MappingProxyType(_double_byte(number)))
    single = _single_byte(number)
    if single is None:
        return character_codes(number % _VARIANT) if number >= _VARIANT and number % _VARIANT else None
    return CharacterCodes(number, 1, MappingProxyType(single))


def decode(data: bytes, number: int) -> str | None:
    """Character data in a CCSID or code page; None where that is not known. What is no character in it
    becomes U+FFFD."""
    codec = _MIXED_CODECS.get(number)
    if codec is not None:
        return data.decode(codec, "replace")
    if number in _SHIFTED:
        return _decode_shifted(data, *_SHIFTED[number])
    table = _decoding_table(number)
    if table is not None:
        return codecs.charmap_decode(data, "replace", table)[0]
    page = character_codes(number)
    if page is not None:
        return _decode_double_byte(data, page)
    return decode(data, number % _VARIANT) if number >= _VARIANT and number % _VARIANT else None


def is_known(number: int) -> bool:
    """Whether there is a code page with this number, or a CCSID."""
    return decode(b"", number) is not None


def is_graphic(character: str) -> bool:
    """Whether it is no control character."""
    return character >= " " and character != "\x7f" and not "\x80" <= character < "\xa0"


@lru_cache(maxsize=64)
def _decoding_table(number: int) -> str | None:
    """The characters of all 256 code points of a single-byte page, in order."""
    page = character_codes(number)
    if page is None or page.code_size == 2:
        return None
    return "".join([page.characters.get(code, "\ufffd") for code in range(256)])


def _decode_double_byte(data: bytes, page: CharacterCodes) -> str:
    codes = [data[at] << 8 | data[at + 1] for at in range(0, len(data) - 1, 2)]
    return "".join([page.characters.get(code, "\ufffd") for code in codes])


def _decode_shifted(data: bytes, single: int, double: int) -> str:
    parts = re.split(rb"\x0e([^\x0f]*)\x0f?", data)
    return "".join(
        (decode(part, double if number % 2 else single) or "").replace(_WIDE_SPACE, " ")
        for number, part in enumerate(parts)
    )


def _single_byte(number: int) -> dict[int, str] | None:
    entry = _entries("single_byte.txt").get(number)
    if entry is None:
        try:
            return characters_of_codec(_NAMED_CODECS.get(number, f"cp{number}"))
        except LookupError:
            return None
    base, *items = entry.split()
    characters = characters_of_codec(base) if base != "none" else {}
    for item in items:
        code, text = int(item[:2], 16), item[2:]
        if text:
            characters[code] = chr(int(text[2:], 16)) if len(text) > 2 else text
        else:
            characters.pop(code, None)
    return characters


def characters_of_codec(codec: str) -> dict[int, str]:
    """The graphic characters of a single-byte codec of Python. Raises LookupError where it has none."""
    texts = {code: bytes((code,)).decode(codec, "ignore") for code in range(256)}
    return {code: text for code, text in texts.items() if text and is_graphic(text)}


def _double_byte(number: int) -> dict[int, str]:
    trail, *lines = _entries("double_byte.txt")[number].split("\n")
    seconds = trail_bytes(trail)
    following = dict(zip(seconds, seconds[1:] + seconds[:1], strict=True))
    found = {0x4040: _WIDE_SPACE} if lines[0] < "8" else {}  # EBCDIC
    for line in lines:
        start, *parts = line.split(" ")
        code = int(start, 16)
        characters = parts[0]
        if len(parts) == 3:
            order, places = order_of_codec(parts[0])
            place = places[parts[1]]
            characters = order[place : place + int(parts[2])]
        for character in characters:
            found[code] = character
            second = following[code & 0xFF]
            code = (code & 0xFF00) + (0x100 if second == seconds[0] else 0) + second
    return found


@lru_cache(maxsize=len(ORDERS))
def order_of_codec(codec: str) -> tuple[str, Mapping[str, int]]:
    """The characters of the two-byte codes of a codec of Python in the order of their codes, and the place
    of each."""
    texts = (
        bytes((first, second)).decode(codec, "ignore")
        for first in range(0x81, 0xFF)
        for second in range(0x31, 0xFF)
    )
    order = "".join(text for text in texts if len(text) == 1)
    return order, {character: place for place, character in reversed(list(enumerate(order)))}


def trail_bytes(ranges: str) -> list[int]:
    """The second bytes of double-byte codes that "41-7E 80-FE" stands for."""
    return [
        second
        for low, high in re.findall(r"(\w\w)-(\w\w)", ranges)
        for second in range(int(low, 16), int(high, 16) + 1)
    ]


@lru_cache(maxsize=2)
def _entries(file: str) -> dict[int, str]:
    """Number -> the text of its entry. An entry begins with [NUMBER …]."""
    text = Path(__file__).with_name("code_page_tables").joinpath(file).read_text("utf-8")
    return {
        int(entry.split(None, 1)[0]): entry.split(None, 1)[1].replace("= ", "", 1).replace("]", "", 1).strip()
        for entry in text.split("\n\n[")[1:]
    }
