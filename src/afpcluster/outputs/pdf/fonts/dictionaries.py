"""What font dictionaries of all kinds have in common: descriptor (section 9.8), ToUnicode, widths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from afpcluster.display.face import FaceStyle, OutlineFace
from afpcluster.light import dataclass
from afpcluster.outputs.pdf.fonts.embedded_program import EmbeddedProgram
from afpcluster.pdf.cmap import to_unicode_cmap
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import Name, PdfDict, Raw, Ref, name_token, number, serialise

_FIXED_PITCH, _SERIF, _SYMBOLIC, _NONSYMBOLIC, _ITALIC = 1, 2, 4, 32, 64
_FORCE_BOLD = 1 << 18


@dataclass(slots=True, frozen=True)
class FontRules:
    """What font dictionaries must say beyond what viewers need. `lists_glyphs`: which glyphs a subset has.
    `always_text`: ToUnicode, even where glyph names say the same."""

    lists_glyphs: bool = False
    always_text: bool = False


def write_descriptor(
    file: PdfFile,
    name: Name,
    style: FaceStyle,
    program: EmbeddedProgram | None,
    program_ref: Ref | None,
    listed: PdfDict | None = None,
) -> Ref:
    """The font descriptor; `listed` are entries that tell the glyphs of a subset. An embedded program uses
    glyphs outside the standard Latin set, as far as readers must assume; a font that is not embedded does
    not."""
    flags = _SYMBOLIC if program is not None else _NONSYMBOLIC
    flags |= _FIXED_PITCH * style.fixed_pitch | _SERIF * style.serif | _FORCE_BOLD * style.bold
    flags |= _ITALIC * (style.italic_angle != 0)
    entries: PdfDict = {
        "Type": Raw(b"/FontDescriptor"),
        "FontName": name,
        "Flags": flags,
        "FontBBox": style.box,
        "ItalicAngle": style.italic_angle,
        "Ascent": style.ascent,
        "Descent": style.descent,
        "CapHeight": style.cap_height,
        "StemV": 140 if style.bold else 80,
    }
    if program is not None and program_ref is not None:
        entries[program.entry] = program_ref
    return file.add(entries | (listed or {}))


def glyph_list(names: Iterable[str]) -> PdfDict:
    """The CharSet of a descriptor (table 122)."""
    listed = sorted(set(names) - {".notdef"})
    return {"CharSet": b"".join([serialise(Name(name)) for name in listed])}


def cid_list(file: PdfFile, cids: Iterable[int]) -> PdfDict:
    """The CIDSet of a descriptor (table 124): a bit for each CID, the first the highest."""
    bits = bytearray(1)
    for cid in (0, *cids):
        bits.extend(bytes(max(0, cid // 8 + 1 - len(bits))))
        bits[cid // 8] |= 0x80 >> cid % 8
    return {"CIDSet": file.add_stream({}, bytes(bits))}


def write_to_unicode(
    file: PdfFile, unicode: Mapping[int, str], codes: Iterable[int], code_size: int
) -> Ref | None:
    """The ToUnicode CMap of these codes; None if nothing is known of any."""
    cmap = unicode_cmap(unicode, codes, code_size)
    return file.add_stream({}, cmap) if cmap is not None else None


def unicode_cmap(unicode: Mapping[int, str], codes: Iterable[int], code_size: int) -> bytes | None:
    """What ToUnicode says of these codes; None if nothing is known of any."""
    texts = {code: unicode[code] for code in codes if unicode.get(code)}
    return to_unicode_cmap(texts, code_size) if texts else None


def simple_widths(widths: Mapping[int, float], default: float, codes: Sequence[int]) -> PdfDict:
    """FirstChar, LastChar and Widths of these codes, in their order."""
    return listed_widths({code: width_of(widths.get(code, default)) for code in codes})


def listed_widths(widths: dict[int, bytes]) -> PdfDict:
    """FirstChar, LastChar and Widths, of the widths of codes in their order; codes in between count 0."""
    if not widths:
        return {"FirstChar": 0, "LastChar": 0, "Widths": [0]}
    first, last = next(iter(widths)), next(reversed(widths))
    listed = [widths.get(code, b"0") for code in range(first, last + 1)]
    return {"FirstChar": first, "LastChar": last, "Widths": Raw(b"[%b]" % b" ".join(listed))}


@lru_cache(maxsize=1024)
def width_of(width: float) -> bytes:
    """As it is written."""
    return number(round(width, 3)).encode()


def differences(names: Mapping[int, str]) -> Raw:
    """An encoding's Differences (section 9.6.6): a code, then the names from it on."""
    entries: list[bytes] = []
    following = -1
    for code, name in sorted(names.items()):
        if code != following:
            entries.append(b"%d" % code if not entries else b" %d" % code)
        entries.append(name_token(name))
        following = code + 1
    return Raw(b"[%b]" % b"".join(entries))


def used_glyphs(face: OutlineFace, codes: Iterable[int]) -> dict[int, str | int]:
    """The glyph of each code that shows one. Codes of two-byte faces without a table are glyph indexes."""
    if face.code_size == 2 and not face.glyphs:
        return {code: code for code in codes}
    return {code: face.glyphs[code] for code in codes if code in face.glyphs}
