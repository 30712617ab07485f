"""Pages of SVG: FOP draws it as GOCA in AFP (as an image in the bilevel mode), as paths in PDF.

Left out is what FOP loses on the way to GOCA: boxes and words that are turned, text anchors.
"""

from __future__ import annotations

from fop_runs import BILEVEL, NATIVE, PLAIN, TILED, Case, block

EVERYWHERE = (NATIVE, PLAIN, TILED)


def svg(content: str, width: float = 240, height: float = 180, view: str = "", **attributes: str) -> str:
    """A block with a drawing; `view` is its viewBox where that is not its size."""
    box = view or f"0 0 {width:g} {height:g}"
    size = f'width="{width:g}pt" height="{height:g}pt" viewBox="{box}"'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{content}</svg>'
    return block(f"<fo:instream-foreign-object>{drawing}</fo:instream-foreign-object>", **attributes)


def lines() -> str:
    widths = "".join(
        f'<line x1="10" y1="{10 + 12 * n}" x2="230" y2="{14 + 12 * n}" '
        f'stroke="black" stroke-width="{width}"/>'
        for n, width in enumerate((0.5, 1, 1.5, 2, 3, 4, 6))
    )
    colours = "".join(
        f'<line x1="{20 * n + 10}" y1="100" x2="{20 * n + 30}" y2="170" stroke="{colour}" stroke-width="3"/>'
        for n, colour in enumerate(("red", "lime", "blue", "cyan", "magenta", "gold", "#555555", "#123456"))
    )
    return svg(widths + colours)


def dashes() -> str:
    return svg(
        "".join(
            f'<line x1="10" y1="{15 + 18 * n}" x2="230" y2="{15 + 18 * n}" stroke="navy" '
            f'stroke-width="2" stroke-dasharray="{pattern}"/>'
            for n, pattern in enumerate(("2,2", "4,2", "8,4", "8,3,2,3", "12,4", "1,1", "8,3,2,3,2,3"))
        )
    )


def shapes(fill: str, stroke: str) -> str:
    style = f'fill="{fill}" stroke="{stroke}" stroke-width="2"'
    return svg(
        f'<rect x="10" y="10" width="60" height="40" {style}/>'
        f'<rect x="90" y="10" width="60" height="40" rx="10" ry="6" {style}/>'
        f'<circle cx="200" cy="30" r="24" {style}/>'
        f'<ellipse cx="50" cy="110" rx="40" ry="20" {style}/>'
        f'<polygon points="110,90 160,100 150,140 100,130" {style}/>'
        f'<polyline points="170,90 180,140 200,95 215,140 230,90" {style}/>'
    )


def paths() -> str:
    style = 'fill="none" stroke="black" stroke-width="1.5"'
    filled = 'fill="#88aacc" stroke="none"'
    return svg(
        f'<path d="M10 60 C 40 0 80 120 110 60 S 180 0 230 60" {style}/>'
        f'<path d="M10 100 Q 60 70 110 100 T 230 100" {style}/>'
        f'<path d="M20 160 A 40 25 0 0 1 100 160" {style}/>'
        f'<path d="M120 160 a 30 20 30 1 0 60 0 z" {filled}/>'
        f'<path d="M190 120 h 40 v 40 h -40 z M200 130 h 20 v 20 h -20 z" fill-rule="evenodd" {filled}/>'
    )


def transforms() -> str:
    box = '<path d="M0 0 H40 V20 H0 Z" fill="#cc6644"/><line x2="40" y2="20" stroke="black"/>'
    placed = (
        "translate(10 10)",
        "translate(80 10) rotate(30)",
        "translate(150 20) scale(1.5 0.7)",
        "translate(20 90) skewX(30)",
        "matrix(0 1 -1 0 140 90)",
        "translate(190 80) rotate(-60)",
    )
    return svg("".join(f'<g transform="{value}">{box}</g>' for value in placed))


def scaled_views() -> str:
    content = (
        '<rect x="1" y="1" width="98" height="98" fill="none" stroke="black" stroke-width="2"/>'
        '<circle cx="50" cy="50" r="30" fill="orange"/>'
    )
    return "".join(svg(content, size, size, view="0 0 100 100", space_after="6pt") for size in (20, 60, 120))


def turned_drawing(turn: int) -> str:
    return (
        block("before")
        + f'<fo:block-container reference-orientation="{turn}" inline-progression-dimension="150pt" '
        f'block-progression-dimension="150pt" border="1pt solid black">'
        + svg(
            '<polygon points="0,0 100,0 50,80" fill="green"/><line y2="80" x2="100" stroke="red"/>', 100, 80
        )
        + "</fo:block-container>"
        + block("behind")
    )


def words() -> str:
    return svg(
        '<text x="10" y="30" font-family="Helvetica" font-size="14">Words in a drawing</text>'
        '<text x="10" y="60" font-family="Times" font-size="20" fill="red">Red Times</text>'
        '<text x="120" y="100" font-family="Courier" font-size="12" font-weight="bold">bold</text>'
        '<text x="30" y="170" font-family="Helvetica" fill="navy">blue '
        '<tspan fill="green">and green</tspan></text>'
    )


def chart() -> str:
    """Bars on a grid with an axis: what business graphics look like."""
    grid = "".join(
        f'<line x1="20" x2="230" y1="{y}" y2="{y}" stroke="#bbbbbb" stroke-width="0.5"/>'
        for y in range(20, 170, 25)
    )
    bars = "".join(
        f'<rect x="{30 + 25 * n}" y="{165 - height}" width="18" height="{height}" fill="{colour}"/>'
        for n, (height, colour) in enumerate(
            ((40, "#336699"), (75, "#cc3333"), (120, "#339933"), (30, "#ffcc00"), (140, "#993399"))
        )
    )
    axis = '<path d="M20 10 V 165 H 235" fill="none" stroke="black" stroke-width="1.5"/>'
    return svg(grid + bars + axis)


DASHES = {"tone": 0.6}  # GOCA has standard line types only: FOP chooses the nearest

DRAWING_CASES = [
    Case("lines", lines(), modes=EVERYWHERE),
    Case("dashes", dashes(), modes=EVERYWHERE, lowest=DASHES),
    Case(
        "outlined shapes", shapes("none", "black"), modes=(*EVERYWHERE, BILEVEL)
    ),  # only black: FOP drops light colours
    Case("filled shapes", shapes("#ffcc66", "none"), modes=EVERYWHERE),
    Case("filled and outlined shapes", shapes("lightblue", "darkred"), modes=EVERYWHERE),
    Case("paths", paths(), modes=EVERYWHERE),
    Case("transforms", transforms(), modes=EVERYWHERE),
    Case("scaled views", scaled_views(), modes=EVERYWHERE),
    *(Case(f"drawing turned by {turn}", turned_drawing(turn), modes=EVERYWHERE) for turn in (90, 180, 270)),
    Case("words in a drawing", words(), modes=EVERYWHERE),
    Case("chart", chart(), modes=EVERYWHERE),
]
