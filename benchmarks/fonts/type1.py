"""A Type 1 file -> a PDF that shows every glyph -> the programs in it, compared with the file by FreeType."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf

from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind
from afpcluster.display.items import GlyphRun, Page
from afpcluster.findings import Findings
from afpcluster.outputs.pdf import PdfOutput
from benchmarks.fonts.comparison import Comparison
from benchmarks.fonts.freetype_font import FreeTypeFont

_CODES = 250  # of one face


def compare(path: Path) -> Comparison:
    """Each glyph of a file."""
    data = path.read_bytes()
    source = FreeTypeFont(data)
    names = source.names()
    widths = {name: source.width(name) for name in names}
    findings = Findings()
    pdf = _pdf(FontProgram(path.stem, ProgramKind.TYPE1, path.stem, data), widths, findings)
    shown = dict(_shown(pdf, source))
    wrong = tuple(name for name in names if shown.get(name) != widths[name])
    return Comparison(len(names), wrong, tuple(f"{found.code}: {found.message}" for found in findings))


def _pdf(program: FontProgram, widths: dict[str, int], findings: Findings) -> bytes:
    """A page for every face of the program."""
    sink = io.BytesIO()
    output = PdfOutput()
    maker, writer = output.maker(), output.writer(sink, findings)
    names = list(widths)
    for number, start in enumerate(range(0, len(names), _CODES), 1):
        glyphs: dict[int, str | int] = dict(enumerate(names[start : start + _CODES]))
        advances = {code: float(widths[str(name)]) for code, name in glyphs.items()}
        face = OutlineFace(f"face {number}", program, 1, glyphs, advances, {})
        writer.add(maker.packet(Page(number, 600, 800, [GlyphRun(face, 10, 10, 100, bytes(glyphs))])))
    writer.finish()
    return sink.getvalue()


def _shown(pdf: bytes, source: FreeTypeFont) -> Iterator[tuple[str, float]]:
    """(name, width) of the glyphs in the PDF whose outline and own width are those of the source."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            for font in page.Resources.Font.values():
                descriptor = font.FontDescriptor
                if "/FontFile" not in descriptor:
                    continue
                embedded = FreeTypeFont(descriptor.FontFile.read_bytes())
                code, first = 0, int(font.FirstChar)
                for entry in font.Encoding.Differences:
                    if isinstance(entry, pikepdf.Name):
                        name = str(entry)[1:]
                        if embedded.glyph(name) == source.glyph(name):
                            yield name, float(font.Widths[code - first])
                        code += 1
                    else:
                        code = int(entry)
