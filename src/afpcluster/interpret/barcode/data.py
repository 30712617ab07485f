"""From the data bytes of a bar code to characters, and from characters to what symbols hold.

Linear codes: code page 500 (its digits are those of 893), Code 128 and GS1 DataBar code page 1303 (BCOCA
"Valid Code Pages and Type Styles", "Code 128 Code Page"). Two-dimensional codes hold bytes, translated from
EBCDIC on request, with escape sequences that switch the encoding (ECI, PDF417: GLI).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from afpcluster.interpret.barcode.symbol import BarCodeError, Request
from afpcluster.interpret.barcode.zint import Segment

FNC1, FNC2, FNC3, FNC4 = "\uf001", "\uf002", "\uf003", "\uf004"
"""Function characters of Code 128 as characters of a private area."""

_CODE_128_DIFFERENCES = {
    0x22: "\x1c", 0x4F: "|", 0x5A: "!", 0x8F: FNC1, 0xB0: "^", 0xBA: "[", 0xBB: "]",
    0xBE: FNC4, 0xEA: FNC2, 0xFA: FNC3, 0xFF: "\x7f",
}  # fmt: skip
_CODE_128 = {code: bytes((code,)).decode("cp500") for code in range(256)} | _CODE_128_DIFFERENCES


def plain_text(request: Request) -> str:
    """The characters of a linear code's data in code page 500.

    Retired item 21 let producers send ASCII, with a flag; some do without it. The digits X'30'..X'39' are
    control characters in EBCDIC, which no linear code holds, so they give ASCII away.
    """
    data = request.special
    if request.ascii:
        return data.decode("cp850")
    if re.fullmatch(rb"[ -~]*[0-9][ -~]*", data):
        request.report("EC-2100", "the data is ASCII where EBCDIC is due, and was read as ASCII")
        return data.decode("ascii")
    return data.decode("cp500")


def code_128_text(data: bytes) -> str:
    """The characters of data in code page 1303; function characters are FNC1..FNC4."""
    text = "".join([_CODE_128[code] for code in data])
    bad = [c for c in text if ord(c) > 0x7F and c not in (FNC1, FNC2, FNC3, FNC4)]
    if bad:
        raise BarCodeError("EC-2100", f"{bad[0]!r} is no character of the Code 128 code page")
    return text


def latin_from_ebcdic(data: bytes) -> bytes:
    """EBCDIC code page 500 to ASCII code page 819 (ISO 8859-1): both have the same 256 characters."""
    return data.decode("cp500").encode("latin-1")


def gli_0_from_ebcdic(data: bytes) -> bytes:
    """EBCDIC code page 500 to GLI 0 (code page 437); characters it lacks become X'7F'."""
    return bytes((c.encode("cp437", "ignore") or b"\x7f")[0] for c in data.decode("cp500"))


_ECI_ESCAPE = re.compile(rb"\\(?:(\d{6})|(\\))")


def eci_segments(data: bytes) -> list[Segment]:
    """Split data at its escape sequences: backslash and six digits switch the ECI, two are a backslash."""
    segments = [Segment(b"")]
    at = 0
    while (found := data.find(b"\\", at)) >= 0:
        match = _ECI_ESCAPE.match(data, found)
        if match is None:
            raise BarCodeError(
                "EC-2100",
                "a backslash (X'5C') must be followed by six digits or another backslash: byte "
                f"{found} of the data. Set the flag that ignores escape sequences if it is only a character",
            )
        last = segments[-1]
        segments[-1] = last._replace(data=last.data + data[at:found] + (match[2] or b""))
        if match[1]:
            segments.append(Segment(b"", int(match[1])))
        at = match.end()
    segments[-1] = segments[-1]._replace(data=segments[-1].data + data[at:])
    kept = [segment for segment in segments if segment.data]
    return kept or segments[:1]


_GLI_ESCAPE = re.compile(rb"\\(?:(\d{3})|(\\))")


class GliData:
    """Data of a PDF417 symbol after its escape sequences were read (BCOCA "PDF417")."""

    __slots__ = ("reader_init", "segments", "unknown")

    def __init__(self, data: bytes, ignore_escapes: bool) -> None:
        self.segments = [Segment(b"")]
        self.reader_init = False
        self.unknown: list[int] = []
        if ignore_escapes:
            self.segments = [Segment(data)]
            return
        at = 0
        while (found := data.find(b"\\", at)) >= 0:
            self._append(data[at:found])
            at = self._escape(data, found)
        self._append(data[at:])
        self.segments = [s for s in self.segments if s.data] or self.segments[:1]

    def _append(self, data: bytes) -> None:
        last = self.segments[-1]
        self.segments[-1] = last._replace(data=last.data + data)

    def _escape(self, data: bytes, at: int) -> int:
        """Take one escape sequence, with the values that belong to it; the position behind it."""
        code, end = _codeword(data, at)
        if code is None:
            self._append(b"\\")
        elif code in (922, 923, 928):
            raise BarCodeError("EC-2100", f"\\{code} belongs into the Macro PDF417 Control Block")
        elif code == 921:
            if at:
                raise BarCodeError("EC-2100", "\\921 (reader initialization) must begin the data")
            self.reader_init = True
        elif code in (925, 926, 927):
            values = []
            for _ in range(2 if code == 926 else 1):
                value, end = _codeword(data, end)
                if value is None or value > 899:
                    raise BarCodeError("EC-2100", f"\\{code} needs a value \\000 to \\899 behind it")
                values.append(value)
            self.segments.append(Segment(b"", _gli(code, values)))
        else:
            self.unknown.append(code)
        return end


def _codeword(data: bytes, at: int) -> tuple[int | None, int]:
    """The number of the escape sequence at `at` (None: an escaped backslash) and the position behind."""
    match = _GLI_ESCAPE.match(data, at)
    if match is None:
        raise BarCodeError(
            "EC-2100",
            "a backslash (X'5C') must be followed by three digits or another backslash: byte "
            f"{at} of the data",
        )
    return (int(match[1]) if match[1] else None), match.end()


def _gli(code: int, values: list[int]) -> int:
    """GLI number of an escape sequence (PDF417 2.2.6)."""
    if code == 927:
        return values[0]
    if code == 926:
        return (values[0] + 1) * 900 + values[1]
    return 810_900 + values[0]


_KATAKANA_290 = (
    " ｡｢｣､･ｦｧｨｩ£.<(+|&ｪｫｬｭｮｯ·ｰ·!¥*);¬-/abcdefgh·,%_>?[ijklmnop`:#@'=\"]ｱｲｳｴｵｶｷｸｹｺqｻｼｽｾ"
    "ｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉr·ﾊﾋﾌ·‾ﾍﾎﾏﾐﾑﾒﾓﾔﾕsﾖﾗﾘﾙ^··tuvwxyzﾚﾛﾜﾝﾞﾟ{ABCDEFGHI······}JKLMNOPQR······$·STUVWXYZ······"
    "0123456789······"
)
_LATIN_1027 = (
    " ·｡｢｣､･ｦｧｨ·.<(+|&ｩｪｫｬｭｮｯｰｱ!$*);¬-/ｲｳｴｵｶｷｸｹ·,%_>?ｺｻｼｽｾｿﾀﾁﾂ`:#@'=\"·abcdefghiﾃﾄﾅﾆﾇﾈ"
    "·jklmnopqrﾉﾊﾋﾌﾍﾎ‾·stuvwxyzﾏﾐﾑ[ﾒﾓ^·¥ﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ]ﾞﾟ{ABCDEFGHI······}JKLMNOPQR······\\·STUVWXYZ······"
    "0123456789······"
)
"""Code points X'40' on; · where QR Code's default encoding lacks the character, or the page has none."""


def _japanese(data: bytes, page: str | None) -> bytes:
    """EBCDIC to code page 897 (ECI 000020, JIS X 0201). `page` None is code page 500."""
    found = bytearray()
    for code in data:
        character = page[code - 0x40] if page and code >= 0x40 else bytes((code,)).decode("cp500")
        try:
            if character in "\\~·" or len(encoded := character.encode("shift_jis")) != 1:
                raise ValueError(character)
        except ValueError as error:
            raise BarCodeError("EC-2100", f"X'{code:02X}' has no place in the encoding of QR Code") from error
        found += encoded
    return bytes(found)


QR_CONVERSIONS: dict[int, Callable[[bytes], bytes]] = {
    0: lambda data: data,
    1: lambda data: _japanese(data, None),
    2: lambda data: _japanese(data, _KATAKANA_290),
    3: lambda data: _japanese(data, _LATIN_1027),
}
"""BCOCA "QR Code Special-Function Parameters", byte 6; X'04' on are for line data only."""
