"""A TrueType or OpenType file -> a PDF that shows every glyph -> the program in it, compared with the file by
FreeType."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pikepdf

from afpcluster.display.face import OutlineFace
from afpcluster.display.items import GlyphRun, Page
from afpcluster.findings import Findings
from afpcluster.fonts.unicode.truetype import CharacterFace, character_face
from afpcluster.outputs.pdf import PdfOutput
from benchmarks.fonts.comparison import Comparison
from benchmarks.fonts.freetype_font import FreeTypeFont

_NEAR = 0.51  # of 1/1000 em: what a width may be rounded by
_CID_RANGE = re.compile(r"<([0-9A-F]{4})><([0-9A-F]{4})>(\d+)")


def compare(path: Path) -> Comparison:
    """Each glyph of a file, of a collection those of its first font."""
    data = path.read_bytes()
    return compare_font(data, character_face(data, path.stem))


def compare_font(data: bytes, read: CharacterFace) -> Comparison:
    """Each glyph of the font that was read from `data`; that some have no text is no fault."""
    source = FreeTypeFont(data, read.face.program.index)
    findings = Findings()
    glyphs = range(source.count)
    pdf = _pdf(read.face, glyphs, findings)
    shown = dict(_shown(pdf, source))
    scale = 1000 / source.units_per_em
    wrong = [glyph for glyph in glyphs if abs(shown.get(glyph, -1.0) - source.advance(glyph) * scale) > _NEAR]
    told = tuple(f"{one.code}: {one.message}" for one in findings if one.code != "text-not-searchable")
    return Comparison(len(glyphs), tuple([f"glyph {glyph}" for glyph in wrong]), told)


def _pdf(face: OutlineFace, glyphs: range, findings: Findings) -> bytes:
    """A page that shows these glyphs."""
    sink = io.BytesIO()
    output = PdfOutput()
    writer = output.writer(sink, findings)
    codes = b"".join([glyph.to_bytes(2, "big") for glyph in glyphs])
    writer.add(output.maker().packet(Page(1, 600, 800, [GlyphRun(face, 10, 10, 100, codes)])))
    writer.finish()
    return sink.getvalue()


def _shown(pdf: bytes, source: FreeTypeFont) -> Iterator[tuple[int, float]]:
    """(glyph of the source, width) of the glyphs in the PDF whose outline is that of the source."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        (font,) = opened.pages[0].Resources.Font.values()
        descendant = font.DescendantFonts[0]
        descriptor = descendant.FontDescriptor
        widths = _widths(descendant)
        if "/FontFile2" in descriptor:
            embedded = FreeTypeFont(descriptor.FontFile2.read_bytes())
            table = descendant.CIDToGIDMap.read_bytes()
            places = {at // 2: table[at] << 8 | table[at + 1] for at in range(0, len(table), 2)}
            cids: Mapping[int, int] = {glyph: glyph for glyph in range(source.count)}
        elif "/FontFile3" in descriptor:
            embedded = FreeTypeFont(descriptor.FontFile3.read_bytes())
            cids = _cids(font.Encoding, source.count)
            places = {cid: cid for cid in cids.values()}  # FreeType finds glyphs of a bare CFF by CID
        else:
            return
        for glyph, cid in cids.items():
            if embedded.outline(places.get(cid, 0)) == source.outline(glyph):
                yield glyph, widths.get(cid, float(descendant.DW))


def _cids(encoding: Any, count: int) -> dict[int, int]:
    """Code -> CID of a font's encoding."""
    if isinstance(encoding, pikepdf.Name):
        assert str(encoding) == "/Identity-H"
        return {code: code for code in range(count)}
    found: dict[int, int] = {}
    for first, last, cid in _CID_RANGE.findall(encoding.read_bytes().decode("ascii")):
        start = int(first, 16)
        found |= {code: int(cid) + code - start for code in range(start, int(last, 16) + 1)}
    return found


def _widths(descendant: Any) -> dict[int, float]:
    """The W array (PDF 32000-1 section 9.7.4.3) in the one form that is written here."""
    entries = list(descendant.get("/W", ()))
    return {
        int(first) + at: float(width)
        for first, widths in zip(entries[::2], entries[1::2], strict=True)
        for at, width in enumerate(widths)
    }
