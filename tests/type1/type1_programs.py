"""Type 1 programs made on the spot from readable charstrings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from fontTools.misc import eexec
from fontTools.misc.psCharStrings import T1CharString

Code = Sequence[int | str]

URW = Path("/usr/share/fonts/type1/urw-base35")
needs_urw = pytest.mark.skipif(not URW.is_dir(), reason="needs Debian's fonts-urw-base35")

# The Subrs that Type 1 programs begin with (Adobe Type 1 Font Format, chapter 8), and the usual Subr 4.
STANDARD_SUBRS: tuple[Code, ...] = (
    (3, 0, "callothersubr", "pop", "pop", "setcurrentpoint", "return"),
    (0, 1, "callothersubr", "return"),
    (0, 2, "callothersubr", "return"),
    ("return",),
    (1, 3, "callothersubr", "pop", "callsubr", "return"),
)
BOX: Code = (400, "hlineto", 300, "vlineto", -400, "hlineto", "closepath")
NOTDEF: Code = (0, 250, "hsbw", *BOX, "endchar")
# A font with all that charstrings can do.
FLEX: Code = (
    *(1, "callsubr", 50, 0, "rmoveto", 2, "callsubr", -40, 0, "rmoveto", 2, "callsubr"),
    *(20, 5, "rmoveto", 2, "callsubr", 20, 0, "rmoveto", 2, "callsubr", 20, 0, "rmoveto", 2, "callsubr"),
    *(20, -5, "rmoveto", 2, "callsubr", 10, 0, "rmoveto", 2, "callsubr", 50, 110, 0, 0, "callsubr"),
)
RICH_GLYPHS: dict[str, Code] = {
    "A": (0, 500, "hsbw", 10, 20, "hstem", 0, "vmoveto", 5, 4, "callsubr", *BOX, "endchar"),  # hints replaced
    "B": (0, 600, "hsbw", 6, "callsubr", "endchar"),  # a Subr that calls another
    "C": (10, 700, "hsbw", 0, "hmoveto", *FLEX, 300, "vlineto", -110, "hlineto", "closepath", "endchar"),
    "D": (1, 3, "div", 801, 2, "div", "hsbw", 7, 3, "div", "vmoveto", *BOX, "endchar"),
    "acute": (50, 300, "hsbw", 700, "vmoveto", 7, "callsubr", "endchar"),
    "Aacute": (0, 500, "hsbw", 50, 100, 100, 65, 194, "seac"),
    "E": (8, "callsubr", 9, "callsubr", "callsubr", "endchar"),  # a Subr leaves the number of the next
    "F": (5, 6, 300, 0, "sbw", 0, "vmoveto", "dotsection", *BOX, "endchar"),
}
RICH_SUBRS: tuple[Code, ...] = (
    *STANDARD_SUBRS,
    (30, 20, "hstem", 100, 50, "vstem", "return"),  # 5
    (0, "vmoveto", 7, "callsubr", "return"),
    (*BOX, "return"),
    (0, 400, "hsbw", "return"),
    (0, "vmoveto", 10, "return"),
    (*BOX, "return"),  # 10
    (1, "hlineto", "return"),  # used by no glyph
)

HEADER = (
    b"%!PS-AdobeFont-1.0: Made\n11 dict begin\n/FontName /Made def\n/PaintType 0 def\n/FontType 1 def\n"
    b"/FontMatrix [0.001 0 0 0.001 0 0] readonly def\n/FontBBox {0 0 1000 1000} readonly def\n"
    b"/Encoding StandardEncoding def\ncurrentdict end\n"
)
TAIL = b"end end readonly put noaccess put dup/FontName get exch definefont pop mark currentfile closefile\n"
TRAILER = (b"0" * 64 + b"\n") * 8 + b"cleartomark\n"


def compiled(code: Code) -> bytes:
    """A charstring, not encrypted."""
    charstring = T1CharString(program=list(code))
    charstring.compile()
    return bytes(charstring.bytecode)


def encrypted(code: Code, len_iv: int = 4) -> bytes:
    plain = compiled(code)
    return plain if len_iv < 0 else bytes(eexec.encrypt(bytes(len_iv) + plain, 4330)[0])


def private(
    glyphs: Mapping[str, Code],
    subrs: Sequence[Code] = STANDARD_SUBRS,
    *,
    len_iv: int = 4,
    subrs_head: bytes = b"/Subrs %d array\n",
    glyphs_head: bytes = b"2 index /CharStrings %d dict dup begin\n",
    put: bytes = b"NP",
) -> bytes:
    """The text of an eexec portion."""
    out = [
        b"dup /Private 15 dict dup begin\n/RD {string currentfile exch readstring pop} executeonly def\n",
        b"/ND {noaccess def} executeonly def\n/NP {noaccess put} executeonly def\n",
        b"/BlueValues [-20 0] def\n/MinFeature{16 16} def\n/password 5839 def\n",
        b"/lenIV %d def\n" % len_iv if len_iv != 4 else b"",
        subrs_head % len(subrs),
    ]
    for number, code in enumerate(subrs):
        data = encrypted(code, len_iv)
        out.append(b"dup %d %d RD %b %b\n" % (number, len(data), data, put))
    out.append(b"ND\n" + glyphs_head % (len(glyphs) + 1))
    for name, code in {".notdef": NOTDEF, **glyphs}.items():
        data = encrypted(code, len_iv)
        out.append(b"/%b %d RD %b ND\n" % (name.encode("latin-1"), len(data), data))
    return b"".join(out) + TAIL


def pfa(text: bytes, *, header: bytes = HEADER, behind: bytes = b"\n", trailer: bytes = TRAILER) -> bytes:
    """A program in one piece, its eexec portion binary; `behind` stands behind the word eexec."""
    return header + b"currentfile eexec" + behind + cipher(text) + trailer


def pfb(text: bytes, *, header: bytes = HEADER, behind: bytes = b"\n") -> bytes:
    """A program in segments."""
    parts = ((1, header + b"currentfile eexec" + behind), (2, cipher(text)), (1, TRAILER))
    return (
        b"".join([b"\x80" + bytes((kind,)) + len(part).to_bytes(4, "little") + part for kind, part in parts])
        + b"\x80\x03"
    )


def cipher(text: bytes) -> bytes:
    return bytes(eexec.encrypt(bytes(4) + text, 55665)[0])
