"""Build the font resources of `afpcluster sample` from Open Sans (Apache-2.0, Debian: fonts-open-sans).

Writes src/afpcluster/sample/fonts/*.afp: two outline character sets (Type 1, all characters of the code
page), one code page and two coded fonts, as FOCA objects without a resource group around them. The
results are in the tree; run this only to change them: python tools/build_sample_fonts.py [FONT_FOLDER].

Type 1 programs have no hints and whole-number coordinates on an em of 1000 (Adobe Type 1 Font Format).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fontTools.misc.eexec import encrypt
from fontTools.pens.basePen import BasePen
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.qu2cuPen import Qu2CuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tools")]
TARGET = ROOT / "src/afpcluster/sample/fonts"

from sample_gcgids import GCGIDS  # noqa: E402

from afpcluster.afp import foca  # noqa: E402
from afpcluster.afp.framing import encode as record  # noqa: E402

EM = 1000
GCSGID = 695  # the characters of international Latin-1 with the euro
CODE_PAGE = "T1001148"
EURO_AT = 0x9F  # where CCSID 1148 differs from 500


def characters() -> dict[int, str]:
    """Code point -> character of the code page (CCSID 1148: international Latin-1 with the euro)."""
    table = {code: bytes([code]).decode("cp500") for code in range(0x40, 0xFF)}
    table[EURO_AT] = "€"
    return table


@dataclass(slots=True)
class Glyph:
    name: str
    gcgid: str
    charstring: bytes
    width: int
    box: tuple[int, int, int, int]  # left, bottom, right, top


class Type1Pen(BasePen):  # type: ignore[misc]
    """Draws into a Type 1 charstring: relative moves, shortest operator that says the same."""

    def __init__(self, glyphs: Any, width: int, left: int) -> None:
        super().__init__(glyphs)
        self.code = bytearray(_number(left) + _number(width) + b"\x0d")  # hsbw
        self._at = (left, 0)

    def _delta(self, point: tuple[float, float]) -> tuple[int, int]:
        x, y = round(point[0]), round(point[1])
        delta = (x - self._at[0], y - self._at[1])
        self._at = (x, y)
        return delta

    def _put(self, operator: int, *operands: int) -> None:
        self.code += b"".join(map(_number, operands)) + bytes([operator])

    def _straight(self, point: tuple[float, float], both: int, horizontal: int, vertical: int) -> None:
        dx, dy = self._delta(point)
        if dy == 0:
            self._put(horizontal, dx)
        elif dx == 0:
            self._put(vertical, dy)
        else:
            self._put(both, dx, dy)

    def _moveTo(self, point: tuple[float, float]) -> None:
        self._straight(point, 21, 22, 4)

    def _lineTo(self, point: tuple[float, float]) -> None:
        if (round(point[0]), round(point[1])) != self._at:
            self._straight(point, 5, 6, 7)

    def _curveToOne(
        self, one: tuple[float, float], two: tuple[float, float], three: tuple[float, float]
    ) -> None:
        a, b, c = self._delta(one), self._delta(two), self._delta(three)
        if a[0] == 0 and c[1] == 0:
            self._put(30, a[1], *b, c[0])  # vhcurveto
        elif a[1] == 0 and c[0] == 0:
            self._put(31, a[0], *b, c[1])  # hvcurveto
        else:
            self._put(8, *a, *b, *c)

    def _closePath(self) -> None:
        self.code.append(9)

    def finish(self) -> bytes:
        return bytes(self.code) + b"\x0e"


def _number(value: int) -> bytes:
    if -107 <= value <= 107:
        return bytes([value + 139])
    if 108 <= value <= 1131:
        value -= 108
        return bytes([(value >> 8) + 247, value & 255])
    if -1131 <= value <= -108:
        value = -value - 108
        return bytes([(value >> 8) + 251, value & 255])
    return b"\xff" + value.to_bytes(4, "big", signed=True)


def glyphs(font: TTFont) -> list[Glyph]:
    """Every character of the code page once, and .notdef first."""
    cmap, outlines, scale = font.getBestCmap(), font.getGlyphSet(), EM / font["head"].unitsPerEm
    found = [_glyph(outlines, ".notdef", ".notdef", "", scale)]
    seen: set[str] = set()
    for character in characters().values():
        name = GCGIDS[character][1]
        if name not in seen:
            seen.add(name)
            source = (
                "hyphen" if name == "softhyphen" else "space" if name == "nbspace" else cmap[ord(character)]
            )
            found.append(_glyph(outlines, source, name, GCGIDS[character][0], scale))
    return found


def _glyph(outlines: Any, source: str, name: str, gcgid: str, scale: float) -> Glyph:
    recording = DecomposingRecordingPen(outlines)
    outlines[source].draw(TransformPen(recording, (scale, 0, 0, scale, 0, 0)))
    bounds = BoundsPen(None)
    recording.replay(bounds)
    left, bottom, right, top = (round(v) for v in bounds.bounds or (0, 0, 0, 0))
    width = round(outlines[source].width * scale)
    pen = Type1Pen(None, width, left)
    recording.replay(Qu2CuPen(pen, max_err=0.8, all_cubic=True))
    return Glyph(name, gcgid, pen.finish(), width, (left, bottom, right, top))


def type1(name: str, full_name: str, weight: str, drawn: list[Glyph]) -> bytes:
    """The font program as PFB: clear text, encrypted part, trailer, each behind its segment header."""
    box = [f(g.box[i] for g in drawn) for i, f in enumerate((min, min, max, max))]
    clear = (
        f"%!PS-AdobeFont-1.0: {name}\n%Digitized data copyright (c) 2010-2011, Google Corporation."
        " Apache License 2.0.\n11 dict begin\n/FontInfo 5 dict dup begin\n/FullName ("
        + full_name
        + ") readonly"
        f" def\n/FamilyName (Open Sans) readonly def\n/Weight ({weight}) readonly def\n/ItalicAngle 0 def\n"
        "/isFixedPitch false def\nend readonly def\n"
        f"/FontName /{name} def\n/PaintType 0 def\n/FontType 1 def\n/FontMatrix [0.001 0 0 0.001 0 0]"
        " readonly def\n/Encoding StandardEncoding def\n/FontBBox {"
        + " ".join(map(str, box))
        + "} readonly def\n"
        "currentdict end\ncurrentfile eexec\n"
    ).encode("ascii")
    private = bytearray(
        b"dup /Private 8 dict dup begin\n/RD {string currentfile exch readstring pop} executeonly def\n"
        b"/ND {noaccess def} executeonly def\n/NP {noaccess put} executeonly def\n/BlueValues [] def\n"
        b"/MinFeature {16 16} def\n/password 5839 def\n/Subrs 0 array\nND\n"
        + f"2 index /CharStrings {len(drawn)} dict dup begin\n".encode("ascii")
    )
    for glyph in drawn:
        body, _ = encrypt(b"\0\0\0\0" + glyph.charstring, 4330)
        private += f"/{glyph.name} {len(body)} RD ".encode("ascii") + body + b" ND\n"
    private += b"end\nend\nreadonly put\nnoaccess put\ndup/FontName get exch definefont pop\n"
    private += b"mark currentfile closefile\n"
    hidden, _ = encrypt(b"\0\0\0\0" + bytes(private), 55665)
    trailer = (b"0" * 64 + b"\n") * 8 + b"cleartomark\n"
    parts = ((1, clear), (2, hidden), (1, trailer))
    return b"".join(_segment(kind, data) for kind, data in parts) + b"\x80\x03"


def _segment(kind: int, data: bytes) -> bytes:
    return b"\x80" + bytes([kind]) + len(data).to_bytes(4, "little") + data


def ebcdic(text: str, size: int) -> bytes:
    return text.encode("cp500").ljust(size, b"\x40")


def character_set(name: str, program_name: str, program: bytes, drawn: list[Glyph], weight: int) -> bytes:
    """A font character set object (FOCA "Font Character Set"): BFN FND FNC FNO FNP FNI FNN FNG EFN."""
    listed = sorted((g for g in drawn if g.gcgid), key=lambda g: g.gcgid.encode("cp500"))
    by_name = {g.name: g for g in listed}
    ascent = max(g.box[3] for g in listed)
    descent = -min(g.box[1] for g in listed)
    name_map = _name_map(listed)
    pattern = _pattern(program_name + ".PFB", program)
    descriptor = foca.FontDescriptor(
        typeface=ebcdic("OPEN SANS LATIN1", 32),
        weight=weight,
        width=5,
        maximum_size=7200,
        nominal_size=100,
        minimum_size=10,
        maximum_horizontal_size=14400,
        nominal_horizontal_size=67,
        minimum_horizontal_size=20,
        design_class=8,
        design_subclass=5,
        design_group=0,
        design_flags=0,
        character_set_id=GCSGID,
    )
    control = foca.FontControl(
        technology=foca.PatternTechnology.TYPE1,
        flags=0,
        x_unit_base=foca.UnitBase.RELATIVE,
        y_unit_base=foca.UnitBase.RELATIVE,
        x_units=EM,
        y_units=EM,
        maximum_box_width=0,
        maximum_box_height=0,
        orientation_group_length=foca.FontOrientation.shape.size,
        index_group_length=foca.CharacterMetrics.shape.size,
        map_group_length=0,
        outline_data_count=len(pattern),
        name_data_count=len(name_map),
        name_count=len(listed),
    )
    orientation = foca.FontOrientation(
        rotation=0,
        maximum_baseline_offset=ascent,
        maximum_increment=max(g.width for g in listed),
        space_increment=by_name["space"].width,
        maximum_baseline_extent=ascent + descent,
        flags=0,
        em_space_increment=EM,
        figure_space_increment=by_name["zero"].width,
        baseline_increment=round(1.2 * EM),
        minimum_a_space=min(g.box[0] for g in listed),
    )
    position = foca.FontPosition(
        lowercase_height=by_name["x"].box[3],
        cap_m_height=by_name["H"].box[3],
        maximum_ascender=ascent,
        maximum_descender=descent,
        underscore_width=50,
        underscore_position=-100,
    )
    return b"".join(
        [
            record(foca.BFN, ebcdic(name, 8)),
            record(foca.FND, descriptor.encode()),
            record(foca.FNC, _retired(control.encode(), 0)),
            record(foca.FNO, orientation.encode()),
            record(foca.FNP, _retired(position.encode(), 15)),
            record(foca.FNI, b"".join(map(_metrics, listed))),
            record(foca.FNN, name_map),
            *(record(foca.FNG, part) for part in _split(pattern, 12000)),
            record(foca.EFN, ebcdic(name, 8)),
        ]
    )


def _retired(data: bytes, at: int) -> bytes:
    """The data with the retired parameter at this offset set to the 1 that it must have."""
    return data[:at] + b"\x01" + data[at + 1 :]


def _metrics(glyph: Glyph) -> bytes:
    left, bottom, right, top = glyph.box
    return foca.CharacterMetrics(
        gcgid=ebcdic(glyph.gcgid, 8),
        increment=glyph.width,
        ascender=top,
        descender=-bottom,
        a_space=left,
        b_space=right - left,
        c_space=glyph.width - right,
        baseline_offset=top,
    ).encode()


def _name_map(listed: list[Glyph]) -> bytes:
    """The Font Name Map: formats, GCGIDs with offsets, then the names with their lengths."""
    start = foca.NameMapHeader.shape.size + foca.NameMapping.shape.size * len(listed)
    mappings, names = bytearray(), bytearray()
    for glyph in listed:
        mappings += foca.NameMapping(gcgid=ebcdic(glyph.gcgid, 8), offset=start + len(names)).encode()
        name = glyph.name.encode("ascii")
        names += bytes([len(name) + 1]) + name
    return foca.NameMapHeader(character_format=2, technology_format=3).encode() + mappings + names


def _pattern(identifier: str, program: bytes) -> bytes:
    """The outline font object of the Font Patterns: length, checksum, identifier, program."""
    checksum = bytes(sum(program[i::4]) & 0xFF for i in range(4))
    name = identifier.encode("ascii")
    header = foca.OutlineObjectHeader(
        length=foca.OutlineObjectHeader.shape.size + len(name) + len(program),
        checksum=int.from_bytes(checksum, "big"),
        identifier_length=2 + len(name),
    )
    return header.encode() + name + program


def _split(data: bytes, size: int) -> Iterable[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def code_page() -> bytes:
    """The code page object (FOCA "Code Page"): BCP CPD CPC CPI ECP, groups in order of their GCGID."""
    groups = sorted((ebcdic(GCGIDS[c][0], 8), code) for code, c in characters().items())
    descriptor = foca.CodePageDescriptor(
        description=ebcdic("LATIN-1 WITH EURO", 32),
        gcgid_length=8,
        number_of_code_points=len(groups),
        character_set_id=GCSGID,
        code_page_id=1148,
        encoding_scheme=0x6100,
    )
    control = foca.CodePageControl(
        default_gcgid=ebcdic("SP010000", 8),
        default_flags=0,
        index_group_length=foca.CodePageEntry.shape.size,
        space_section=0x40,
        space_code=0x40,
    )
    entries = (foca.CodePageEntry(gcgid=gcgid, flags=0, code=code) for gcgid, code in groups)
    return b"".join(
        [
            record(foca.BCP, ebcdic(CODE_PAGE, 8)),
            record(foca.CPD, descriptor.encode()),
            record(foca.CPC, control.encode()[:13]),  # the Unicode value is for groups with Unicode values
            record(foca.CPI, b"".join(entry.encode() for entry in entries)),
            record(foca.ECP, ebcdic(CODE_PAGE, 8)),
        ]
    )


def coded_font(name: str, character_set_name: str, points: float) -> bytes:
    """A coded font object (FOCA "Coded Font"): BCF CFC CFI ECF."""
    section = foca.CodedFontSection(
        character_set=ebcdic(character_set_name, 8),
        code_page=ebcdic(CODE_PAGE, 8),
        vertical_size=round(points * 20),
    )
    return b"".join(
        [
            record(foca.BCF, ebcdic(name, 8)),
            record(foca.CFC, bytes([foca.CodedFontSection.shape.size, 1])),
            record(foca.CFI, section.encode()),
            record(foca.ECF, ebcdic(name, 8)),
        ]
    )


def main(folder: Path) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    (TARGET / f"{CODE_PAGE}.afp").write_bytes(code_page())
    for style, weight in (("Regular", 5), ("Bold", 7)):
        drawn = glyphs(TTFont(folder / f"OpenSans-{style}.ttf"))
        program = type1(f"OpenSansSample-{style}", f"Open Sans Sample {style}", style, drawn)
        name = f"CZSAMP{style[0]}0"
        (TARGET / f"{name}.afp").write_bytes(character_set(name, f"OSS{style[0]}", program, drawn, weight))
    (TARGET / "XZSAMPR9.afp").write_bytes(coded_font("XZSAMPR9", "CZSAMPR0", 9))
    for path in sorted(TARGET.glob("*.afp")):
        print(f"{path.stat().st_size:8} {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/truetype/open-sans"))
