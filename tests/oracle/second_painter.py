"""Pages of the display list drawn to a bitmap by another way than the product's: for tests alone.

Cairo paints paths and images, FreeType reads glyph outlines from the *source* fonts, Pillow decodes images.
Nothing of `outputs` takes part, so what is lost between display list and PDF is seen as missing ink.
Colours are approximate: the picture is for comparing where there is ink.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any

import cairocffi as cairo
import freetype
import numpy as np
import pypdfium2
from PIL import Image as PillowImage
from second_decoder import decoded

from afpcluster.display.colour import Colour, as_rgb
from afpcluster.display.face import Face, OutlineFace, ProgramKind, RasterFace
from afpcluster.display.geometry import Matrix, rotation
from afpcluster.display.items import (
    Cap,
    ClipPath,
    Close,
    Curve,
    EmbeddedPdf,
    GlyphRun,
    Group,
    Image,
    ImageModel,
    Item,
    Join,
    Line,
    Link,
    Move,
    Page,
    Paint,
    Path,
    Rectangle,
    Segment,
    Shared,
    TilePattern,
)

_TWINS = FilePath("/usr/share/fonts/type1/urw-base35")
_STANDARD = {
    "Helvetica": "NimbusSans-Regular",
    "Helvetica-Bold": "NimbusSans-Bold",
    "Helvetica-Oblique": "NimbusSans-Italic",
    "Helvetica-BoldOblique": "NimbusSans-BoldItalic",
    "Times-Roman": "NimbusRoman-Regular",
    "Times-Bold": "NimbusRoman-Bold",
    "Times-Italic": "NimbusRoman-Italic",
    "Times-BoldItalic": "NimbusRoman-BoldItalic",
    "Courier": "NimbusMonoPS-Regular",
    "Courier-Bold": "NimbusMonoPS-Bold",
    "Courier-Oblique": "NimbusMonoPS-Italic",
    "Courier-BoldOblique": "NimbusMonoPS-BoldItalic",
    "Symbol": "StandardSymbolsPS",
    "ZapfDingbats": "D050000L",
}
_CAPS = {Cap.BUTT: 0, Cap.ROUND: 1, Cap.SQUARE: 2}
_JOINS = {Join.MITRE: 0, Join.ROUND: 1, Join.BEVEL: 2}
_LAB_LIGHTNESS = 100


@dataclass(slots=True)
class Painted:
    """A picture of a page in grey, and what of it cannot be compared: items that nothing here can draw."""

    pixels: Any
    unknown: list[str] = field(default_factory=list)


def paint(page: Page, dpi: float) -> Painted:
    """The page on white, at this resolution."""
    scale = dpi / 72
    width, height = math.ceil(page.width * scale), math.ceil(page.height * scale)
    surface = cairo.ImageSurface(cairo.FORMAT_RGB24, width, height)
    painter = _Painter(cairo.Context(surface), scale)
    painter.context.set_source_rgb(1, 1, 1)
    painter.context.paint()
    painter.context.scale(scale, scale)
    painter.items(page.items)
    surface.flush()
    rows = np.frombuffer(surface.get_data(), np.uint8).reshape(height, surface.get_stride())
    pixels = rows[:, : width * 4].reshape(height, width, 4)[:, :, :3].min(axis=2)
    return Painted(pixels.copy(), painter.unknown)


class _Painter:
    def __init__(self, context: Any, scale: float) -> None:
        self.context = context
        self.unknown: list[str] = []
        self._scale = scale  # pixels to a point

    def items(self, items: Sequence[Item]) -> None:
        for item in items:
            self.context.save()
            getattr(self, f"_{type(item).__name__.lower()}")(item)
            self.context.restore()

    # Nesting

    def _group(self, group: Group) -> None:
        if group.multiply:
            self.context.push_group()
        self._transform(group.matrix)
        if group.clip is not None:
            self.context.rectangle(*group.clip)
            self.context.clip()
        self.items(group.items)
        if group.multiply:
            self.context.pop_group_to_source()
            self.context.set_operator(cairo.OPERATOR_MULTIPLY)
            self.context.paint()

    def _shared(self, shared: Shared) -> None:
        self._transform(shared.matrix)
        self.items(shared.shared.items)

    def _clippath(self, clip: ClipPath) -> None:
        self._outline(clip.segments)
        self._fill_rule(clip.even_odd)
        self.context.clip()
        self.items(clip.items)

    def _link(self, link: Link) -> None:
        pass

    def _transform(self, matrix: Matrix) -> None:
        if abs(matrix.a * matrix.d - matrix.b * matrix.c) < 1e-12:
            self.context.rectangle(0, 0, 0, 0)  # nothing has an area here
            self.context.clip()
            return
        self.context.transform(cairo.Matrix(*matrix))

    # Paths

    def _rectangle(self, item: Rectangle) -> None:
        """Viewers show thin rules at least a pixel wide."""
        self.context.set_source_rgb(*_rgb(item.colour))
        a, b, c, d, _, _ = self.context.get_matrix().as_tuple()
        width = item.width and max(item.width, 1 / max(math.hypot(a, b), 1e-6))
        height = item.height and max(item.height, 1 / max(math.hypot(c, d), 1e-6))
        self.context.rectangle(item.x, item.y, width, height)
        self.context.fill()

    def _path(self, path: Path) -> None:
        if path.fill is not None:
            self._outline(path.segments)
            self._fill_rule(path.even_odd)
            self._source(path.fill)
            self.context.fill()
        stroke = path.stroke
        if stroke is not None:
            self._outline(path.segments)
            self.context.set_source_rgb(*_rgb(stroke.colour))
            across = abs(np.linalg.det(np.array(tuple(self.context.get_matrix())[:4]).reshape(2, 2))) ** 0.5
            self.context.set_line_width(max(stroke.width, 1 / max(across, 1e-6)))  # a pixel at least
            self.context.set_line_cap(_CAPS[stroke.cap])
            self.context.set_line_join(_JOINS[stroke.join])
            if any(stroke.dashes):
                self.context.set_dash(stroke.dashes, stroke.dash_phase)
            self.context.stroke()

    def _outline(self, segments: Sequence[Segment]) -> None:
        self.context.new_path()
        for segment in segments:
            match segment:
                case Move():
                    self.context.move_to(*segment)
                case Line():
                    self.context.line_to(*segment)
                case Curve():
                    self.context.curve_to(*segment)
                case Close():
                    self.context.close_path()

    def _fill_rule(self, even_odd: bool) -> None:
        rule = cairo.FILL_RULE_EVEN_ODD if even_odd else cairo.FILL_RULE_WINDING
        self.context.set_fill_rule(rule)

    def _source(self, fill: Paint) -> None:
        if not isinstance(fill, TilePattern):
            self.context.set_source_rgb(*_rgb(fill))
            return
        extents = (0, 0, fill.width, fill.height)
        surface = cairo.RecordingSurface(cairo.CONTENT_COLOR_ALPHA, extents)
        inner = _Painter(cairo.Context(surface), self._scale)
        inner.items(fill.cell.items)
        self.unknown += inner.unknown
        pattern = cairo.SurfacePattern(surface)
        pattern.set_extend(cairo.EXTEND_REPEAT)
        matrix = cairo.Matrix(*fill.matrix)
        matrix.invert()
        pattern.set_matrix(matrix)
        self.context.set_source(pattern)

    # Images

    def _image(self, item: Image) -> None:
        data = item.image
        try:
            picture = decoded(data)
        except (OSError, ValueError, SyntaxError) as error:
            self.unknown.append(f"{data.encoding} image: {error}")
            return
        if data.model is ImageModel.STENCIL:
            self._transform(item.matrix)
            self.context.set_source_rgb(*_rgb(item.colour))
            self._mask(picture)
            return
        if data.mask is not None:
            cover = decoded(data.mask).resize(picture.size)
            picture = picture.convert("RGB")
            picture.putalpha(cover)
        self._transform(item.matrix)
        self._picture(picture)

    def _mask(self, cover: PillowImage.Image) -> None:
        """Paint the source through a picture on the unit square, in which 255 lets it through."""
        pattern = _pattern(_alpha_surface(cover), cover.size, self._pixels_across(cover.size))
        self.context.mask(pattern)

    def _picture(self, picture: PillowImage.Image) -> None:
        surface = _colour_surface(picture)
        self.context.set_source(_pattern(surface, picture.size, self._pixels_across(picture.size)))
        self.context.rectangle(0, 0, 1, 1)
        self.context.clip()
        self.context.paint()

    def _pixels_across(self, size: tuple[int, int]) -> float:
        """Pixels of the page to a sample of a picture on the unit square."""
        a, b, c, d, _, _ = self.context.get_matrix().as_tuple()
        return min(math.hypot(a, b) / size[0], math.hypot(c, d) / size[1])

    def _embeddedpdf(self, item: EmbeddedPdf) -> None:
        """The page as PDFium shows it in the file that it comes from."""
        self._transform(item.matrix)
        try:
            document = pypdfium2.PdfDocument(item.data)
            page = document[item.page]
            page.set_cropbox(*page.get_mediabox())
            picture = page.render(scale=3, fill_color=(0, 0, 0, 0), maybe_alpha=True).to_pil()
        except pypdfium2.PdfiumError as error:
            self.unknown.append(f"embedded PDF: {error}")
            return
        self._picture(picture.convert("RGBA"))

    # Text

    def _glyphrun(self, run: GlyphRun) -> None:
        self.context.set_source_rgb(*_rgb(run.colour))
        for code, x, y, direction in _glyphs(run):
            self.context.save()
            self.context.translate(x, y)
            self._transform(rotation(direction))
            self.context.scale(run.stretch, 1)
            self._glyph(run.face, run.size, code)
            self.context.restore()

    def _glyph(self, face: Face, size: float, code: int) -> None:
        """One glyph at the origin, the baseline along x."""
        if isinstance(face, RasterFace):
            glyph = face.glyphs.get(code)
            if glyph is None or not glyph.width or not glyph.height:
                return
            pel = size / face.pels_per_em
            self.context.translate(glyph.left * pel, -glyph.top * pel)
            self.context.scale(glyph.width * pel, glyph.height * pel)
            self._mask(PillowImage.frombytes("1", (glyph.width, glyph.height), glyph.bits).convert("L"))
            return
        try:
            outline = _glyph_outline(face.program.kind, face.program.name, face.program.data,
                                     face.program.index, _glyph_of(face, code))  # fmt: skip
        except (freetype.FT_Exception, KeyError, ValueError) as error:
            self.unknown.append(f"{face.program.kind} {face.program.name}: {error}")
            return
        if not outline:
            return
        self.context.scale(size, -size)
        self.context.new_path()
        for name, points in outline:
            getattr(self.context, name)(*points)
        self._fill_rule(False)
        self.context.fill()


def _rgb(colour: Colour) -> tuple[float, float, float]:
    found = as_rgb(colour)
    if found is None:
        return (colour.components[0] / _LAB_LIGHTNESS,) * 3
    return found


# ------------------------------------------------------------------ glyphs


def _glyphs(run: GlyphRun) -> Iterator[tuple[int, float, float, float]]:
    """Code, origin and direction of each glyph, as the items' docstring has it."""
    size = run.face.code_size
    codes = [int.from_bytes(run.codes[at : at + size], "big") for at in range(0, len(run.codes), size)]
    spacing, own_gaps, turn, placements, _ = run.arrangement
    if placements is not None:
        for code, (x, y) in zip(codes, placements, strict=False):
            yield code, run.x + x, run.y + y, run.direction + turn
        return
    gaps: dict[int, float] = {}
    for index, gap in own_gaps:
        gaps[index] = gaps.get(index, 0.0) + gap
    along = rotation(run.direction)
    advance = 0.0
    for index, code in enumerate(codes):
        advance += gaps.get(index, 0.0)
        x, y = along.apply(advance, 0)
        yield code, run.x + x, run.y + y, run.direction
        width = run.face.widths.get(code, run.face.default_width)
        advance += width * run.size / 1000 * run.stretch + spacing


def _glyph_of(face: OutlineFace, code: int) -> str | int | None:
    if face.code_size == 2 and not face.glyphs:
        return code
    return face.glyphs.get(code)


@lru_cache(64)
def _font(kind: ProgramKind, name: str, data: bytes, index: int) -> Any:
    if kind is ProgramKind.STANDARD:
        data, index = (_TWINS / f"{_STANDARD[name]}.t1").read_bytes(), 0
    return freetype.Face(io.BytesIO(data), index)


@lru_cache(64)
def _glyphs_by_cid(data: bytes) -> dict[int, int]:
    """CID -> glyph index of a CID-keyed CFF."""
    from fontTools.cffLib import CFFFontSet

    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(data), None)
    charset = fonts[0].charset
    return {int(name[3:]) if name != ".notdef" else 0: index for index, name in enumerate(charset)}


@lru_cache(4096)
def _glyph_outline(
    kind: ProgramKind, name: str, data: bytes, index: int, glyph: str | int | None
) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Calls of a cairo context that draw the glyph with an em of 1. Raises where the font cannot be read."""
    if glyph is None:
        return ()
    font = _font(kind, name, data, index)
    if kind is ProgramKind.CID_CFF and isinstance(glyph, int):
        glyph = _glyphs_by_cid(data).get(glyph, 0)
    number = font.get_name_index(glyph.encode()) if isinstance(glyph, str) else glyph
    if isinstance(glyph, str) and not number and glyph != ".notdef":
        return ()
    font.load_glyph(number, freetype.FT_LOAD_NO_SCALE | freetype.FT_LOAD_NO_BITMAP)
    em = font.units_per_EM or 1000
    calls: list[tuple[str, tuple[float, ...]]] = []
    place = (0.0, 0.0)

    def point(vector: Any) -> tuple[float, float]:
        return vector.x / em, vector.y / em

    def move(to: Any, _: Any) -> None:
        nonlocal place
        place = point(to)
        calls.append(("move_to", place))

    def line(to: Any, _: Any) -> None:
        nonlocal place
        place = point(to)
        calls.append(("line_to", place))

    def conic(control: Any, to: Any, _: Any) -> None:
        nonlocal place
        (cx, cy), (x, y), (sx, sy) = point(control), point(to), place
        calls.append(
            ("curve_to", (sx + 2 / 3 * (cx - sx), sy + 2 / 3 * (cy - sy),
                          x + 2 / 3 * (cx - x), y + 2 / 3 * (cy - y), x, y))
        )  # fmt: skip
        place = (x, y)

    def cubic(first: Any, second: Any, to: Any, _: Any) -> None:
        nonlocal place
        calls.append(("curve_to", (*point(first), *point(second), *point(to))))
        place = point(to)

    font.glyph.outline.decompose(None, move, line, conic, cubic)
    return tuple(calls)


# ------------------------------------------------------------------ surfaces


def _alpha_surface(cover: PillowImage.Image) -> Any:
    width, height = cover.size
    stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_A8, width)
    rows = np.zeros((height, stride), np.uint8)
    rows[:, :width] = np.asarray(cover)
    return cairo.ImageSurface(cairo.FORMAT_A8, width, height, bytearray(rows.tobytes()), stride)


def _colour_surface(picture: PillowImage.Image) -> Any:
    width, height = picture.size
    channels = np.asarray(picture.convert("RGBA")).astype(np.uint16)
    alpha = channels[:, :, 3:]
    premultiplied = channels[:, :, :3] * alpha // 255
    pixels = np.dstack((premultiplied[:, :, ::-1], alpha)).astype(np.uint8)
    return cairo.ImageSurface(cairo.FORMAT_ARGB32, width, height, bytearray(pixels.tobytes()), width * 4)


def _pattern(surface: Any, size: tuple[int, int], pixels_across: float) -> Any:
    """A surface on the unit square; samples are seen as squares where they are larger than a pixel."""
    pattern = cairo.SurfacePattern(surface)
    pattern.set_filter(cairo.FILTER_NEAREST if pixels_across >= 1 else cairo.FILTER_GOOD)
    pattern.set_matrix(cairo.Matrix(xx=size[0], yy=size[1]))
    return pattern
