"""The item kinds of the display list and the page that holds them; units in the package docstring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field
from enum import StrEnum
from typing import NamedTuple

from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.face import Face
from afpcluster.display.facts import PageFacts
from afpcluster.display.geometry import IDENTITY, Box, Matrix, Point
from afpcluster.display.place import NOWHERE, GroupStart, Place
from afpcluster.light import dataclass


class Arrangement(NamedTuple):
    """How the glyphs of a run stand and read, where they do not just follow each other.

    `spacing` is added to the width of every glyph, `gaps[i]` is in front of glyph i (an index counts glyphs,
    not bytes). With `placements`, glyph i stands at the run's (x, y) + placements[i] (in page axes), turned
    by the run's direction + `rotation`, and nothing else moves it. `text` is what the run reads as, where
    that is not its codes through face.unicode.
    """

    spacing: float = 0.0
    gaps: tuple[tuple[int, float], ...] = ()
    rotation: float = 0.0
    placements: Sequence[Point] | None = None
    text: str | None = None


PLAIN = Arrangement()


class GlyphRun(NamedTuple):
    """A string of glyphs on one baseline.

    (x, y) is the origin of the first glyph. Glyphs advance towards `direction` by their width, as far as
    `arrangement` says nothing else; nearly all runs are `PLAIN`. `stretch` scales glyphs and widths along
    the baseline. A tuple, because a page has hundreds.
    """

    face: Face
    size: float
    x: float
    y: float
    codes: bytes
    colour: Colour = BLACK
    direction: float = 0.0
    stretch: float = 1.0
    arrangement: Arrangement = PLAIN


class Rectangle(NamedTuple):
    """A filled rectangle: rules, fills, bars. The commonest path by far, hence its own kind, and a tuple."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour = BLACK


class Move(tuple[float, float]):
    """Path segment: begin a subpath at (x, y)."""

    __slots__ = ()


class Line(tuple[float, float]):
    """Path segment: a straight line to (x, y)."""

    __slots__ = ()


class Curve(tuple[float, float, float, float, float, float]):
    """Path segment: a cubic Bézier curve (x1, y1, x2, y2, x3, y3)."""

    __slots__ = ()


class Close(tuple[()]):
    """Path segment: a straight line back to the start of the subpath."""

    __slots__ = ()


Segment = Move | Line | Curve | Close


class Cap(StrEnum):
    BUTT = "butt"
    ROUND = "round"
    SQUARE = "square"


class Join(StrEnum):
    MITRE = "mitre"
    ROUND = "round"
    BEVEL = "bevel"


@dataclass(slots=True, frozen=True)
class Stroke:
    """How a line is drawn: width and dashes in points (a dash list of () is solid)."""

    colour: Colour = BLACK
    width: float = 1.0
    cap: Cap = Cap.BUTT
    join: Join = Join.MITRE
    dashes: tuple[float, ...] = ()
    dash_phase: float = 0.0


@dataclass(slots=True, eq=False, weakref_slot=True)
class SharedItems:
    """Items used more than once (overlay, page segment, pattern cell), which outputs store once.

    They are finished when made and have no name: what they draw is their identity, never where they came
    from, since the same overlay draws other things where its fonts and page segments are others. `amount` is
    how much they draw."""

    items: list[Item]
    amount: int = field(init=False)

    def __post_init__(self) -> None:
        self.amount = amount_of(self.items)


@dataclass(slots=True, eq=False)
class TilePattern:
    """A repeated cell as paint. The cell's origin is that of the system its user is painted in (of the
    innermost group, or of the page), moved by `matrix`. `cell` paints `width` by `height`, repeated at these
    steps."""

    width: float
    height: float
    cell: SharedItems
    matrix: Matrix = IDENTITY


Paint = Colour | TilePattern


@dataclass(slots=True)
class Path:
    """An outline that is filled, stroked or both (fill first)."""

    segments: list[Segment]
    fill: Paint | None = None
    stroke: Stroke | None = None
    even_odd: bool = False


class Encoding(StrEnum):
    """How `ImageData.data` is compressed."""

    RAW = "raw"  # rows padded to bytes, components interleaved
    CCITT = "ccitt"  # T.4 or T.6, see CcittParameters
    JPEG = "jpeg"
    JPX = "jpx"  # JPEG 2000
    PNG = "png"  # zlib data of rows, each behind its filter type, as in IDAT chunks of PNG
    JBIG2 = "jbig2"  # embedded organisation, without file header


class ImageModel(StrEnum):
    """What a sample means."""

    STENCIL = "stencil"  # 1 bit: 1 paints `Image.colour`, 0 leaves what is below
    GRAY = "gray"
    RGB = "rgb"
    CMYK = "cmyk"
    LAB = "lab"
    INDEXED = "indexed"  # `palette` holds RGB triples


@dataclass(slots=True, frozen=True)
class CcittParameters:
    """As in PDF's CCITTFaxDecode: k < 0 is G4 (MMR), 0 is G3 one-dimensional, > 0 is G3 mixed."""

    k: int
    black_is_1: bool = False
    byte_align: bool = False
    end_of_line: bool = False
    columns: int = 0  # of the coded rows, where these are padded to a whole byte; 0 is the image's width


@dataclass(slots=True, eq=False, weakref_slot=True)
class ImageData:
    """Pixels as they came where possible. `key` identifies the content, so that equal images are stored
    once. `inverted` reads sample value v as maximum - v (after decoding)."""

    key: str
    width: int
    height: int
    encoding: Encoding
    model: ImageModel
    bits: int  # per component
    data: bytes = field(repr=False)
    ccitt: CcittParameters | None = None
    palette: bytes | None = None
    inverted: bool = False
    mask: ImageData | None = None  # a STENCIL of its own size: 1 shows the image, 0 what is below


@dataclass(slots=True)
class Image:
    """An image: `matrix` maps the unit square (0,0 = upper left corner, 1,1 = lower right) to the page."""

    image: ImageData
    matrix: Matrix
    colour: Colour = BLACK  # for stencils


@dataclass(slots=True)
class EmbeddedPdf:
    """Page `page` (from 0) of a PDF file, its whole MediaBox; `matrix` maps the unit square to the page,
    like `Image`."""

    key: str
    data: bytes = field(repr=False)
    matrix: Matrix
    page: int = 0


@dataclass(slots=True)
class Group:
    """Items in a coordinate system of their own, optionally clipped to a box in that system. `multiply`
    paints them as a whole so that what lies beneath shines through: colours multiplied, white leaves it.
    `origin` is the place in the input that the items come from, for findings of outputs; `description` is
    what the input says in words of the picture that they are."""

    items: list[Item]
    matrix: Matrix = IDENTITY
    clip: Box | None = None
    multiply: bool = False
    origin: int | None = None
    description: str = ""


@dataclass(slots=True)
class Shared:
    """One use of shared items."""

    shared: SharedItems
    matrix: Matrix = IDENTITY


@dataclass(slots=True)
class ClipPath:
    """Items shown only inside a path."""

    segments: list[Segment]
    items: list[Item]
    even_odd: bool = False


@dataclass(slots=True)
class Link:
    """An active area: a URI, or a page of this document (from 1)."""

    box: Box
    uri: str | None = None
    page: int | None = None


Item = GlyphRun | Rectangle | Path | Image | EmbeddedPdf | Group | Shared | ClipPath | Link


@dataclass(slots=True)
class Page:
    """One page: `width` and `height` in points, `number` from 1 in the whole file. `groups` begin with it,
    `ordinal` counts the pages of the output from 1,
    `attributes` are its own tags (name, value), `place` is where it stands in the file, and `facts` are those
    of the file's pages that are on it, where the output asks for them."""

    number: int
    width: float
    height: float
    items: list[Item]
    groups: tuple[GroupStart, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    place: Place = NOWHERE
    ordinal: int = 0
    facts: tuple[PageFacts, ...] = ()


def amount_of(items: Iterable[Item]) -> int:
    """How much is drawn, in segments of paths: those of paths, and for each other item what it costs; what is
    used more than once counts as often as that."""
    total = 0
    for item in items:
        if isinstance(item, Shared):
            total += item.shared.amount
        elif isinstance(item, Group | ClipPath):
            total += amount_of(item.items)
        elif isinstance(item, Path):
            total += len(item.segments)
        else:
            total += _AMOUNT_OF_ITEM
    return total


_AMOUNT_OF_ITEM = 4
