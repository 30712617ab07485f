"""Pages of text: families, styles, sizes, colours, alignment, decoration, directions, tables, borders."""

from __future__ import annotations

from fop_runs import NATIVE, PLAIN, TRUETYPE, Case, block

LINES = "The quick brown fox jumps over the lazy dog while seven wizards pack my box with five jugs. " * 3
EVERYWHERE = (NATIVE, PLAIN)
STYLES = ("normal", "italic")
WEIGHTS = ("normal", "bold")


def every_style(family: str) -> str:
    """A pangram, digits and signs of code page 500 in each style of a family."""
    text = "Quick wafting zephyrs vex bold Jim. 0123456789 (äöüß) éèà ñ £ § [a+b]*c = 7% &amp; more!"
    return "".join(
        block(
            text, font_family=family, font_style=style, font_weight=weight, space_after="8pt", font_size="8pt"
        )
        for style in STYLES
        for weight in WEIGHTS
    )


def sizes(*points: float) -> str:
    return "".join(
        block(f"Size {size} points", font_size=f"{size}pt", font_family=family)
        for size in points
        for family in ("Times", "Helvetica")
    )


def colours() -> str:
    rows = [
        ("#ff0000", "red"),
        ("#008000", "green"),
        ("#0000ff", "blue"),
        ("#808080", "grey"),
        ("#ffa500", "orange"),
        ("rgb-icc(100%,0%,50%,#CMYK,0,1,0.5,0)", "process"),
    ]
    shown = "".join(block(f"Words in {name}", color=value, font_size="16pt") for value, name in rows)
    boxes = "".join(
        block(f"On {name}", background_color=value, color="white", padding="4pt", margin="4pt")
        for value, name in rows[:5]
    )
    return shown + boxes


def alignments() -> str:
    return "".join(
        block(LINES, text_align=align, space_after="6pt", font_size="9pt", text_indent=indent)
        for align, indent in (("start", "20pt"), ("end", "0pt"), ("center", "0pt"), ("justify", "-10pt"))
    )


def decorations() -> str:
    lines = "".join(
        block(f"{kind} words here", text_decoration=kind, font_size="14pt", space_after="6pt")
        for kind in ("underline", "overline", "line-through")
    )
    spaced = block("Spaced letters", letter_spacing="3pt") + block("Wide words apart", word_spacing="12pt")
    tight = block("Tight letters together", letter_spacing="-0.4pt")
    shifted = block(
        'Base <fo:inline baseline-shift="super" font-size="6pt">up</fo:inline> and '
        '<fo:inline baseline-shift="sub" font-size="6pt">down</fo:inline> again'
    )
    return lines + spaced + tight + shifted


def leaders() -> str:
    return "".join(
        block(
            f'Chapter {number}<fo:leader leader-pattern="{pattern}" leader-length="150pt" '
            f'rule-style="{style}" rule-thickness="1pt"/>{number * 7}',
            space_after="4pt",
        )
        for number, (pattern, style) in enumerate(
            (
                ("dots", "solid"),
                ("rule", "solid"),
                ("rule", "dashed"),
                ("rule", "dotted"),
                ("rule", "double"),
                ("space", "solid"),
            ),
            1,
        )
    )


def borders(width: str) -> str:
    styles = ("solid", "dashed", "dotted", "double", "groove", "ridge", "inset", "outset")
    return "".join(
        block(style, border=f"{width} {style} #2040a0", padding="4pt", margin="6pt", font_size="8pt")
        for style in styles
    )


def sides() -> str:
    return "".join(
        block(f"only {side}", space_after="10pt", padding="3pt", **{f"border_{side}": "2pt solid black"})
        for side in ("top", "bottom", "left", "right")
    )


def table() -> str:
    colours = ("#eeeeee", "#ccddff", "#ffeecc")
    cells = "".join(
        "<fo:table-row>"
        + "".join(
            f'<fo:table-cell border="0.5pt solid #444444" padding="3pt" '
            f'background-color="{colours[(row + column) % 3]}">'
            + block(f"r{row}c{column}", text_align=("start", "center", "end")[column])
            + "</fo:table-cell>"
            for column in range(3)
        )
        + "</fo:table-row>"
        for row in range(12)
    )
    columns = "".join(f'<fo:table-column column-width="{width}pt"/>' for width in (60, 90, 110))
    return (
        f'<fo:table table-layout="fixed" width="260pt" border-collapse="collapse">{columns}'
        f"<fo:table-body>{cells}</fo:table-body></fo:table>"
    )


def container(turn: int) -> str:
    """Upright text, a turned container with border and background, upright text."""
    turned = (
        f'<fo:block-container reference-orientation="{turn}" inline-progression-dimension="120pt" '
        f'block-progression-dimension="100pt" border="1pt solid red" background-color="#f0f0d0">'
        + block("Turned words in a box that is itself turned", font_family="Times")
        + block("and coloured ones", color="blue", text_decoration="underline")
        + "</fo:block-container>"
    )
    return block("Before the box") + turned + block("Behind the box")


DOTS = {"inkP": 0.94}  # dots of a rule: round in FOP's PDF, and square in PTOCA, that has only rectangles
HAIRLINES = {
    "tone": 0.55
}  # FOP strokes what AFP fills; PDFium fills a rectangle of 0.5 points as a whole pixel

TEXT_CASES = [
    Case("Helvetica", every_style("Helvetica"), modes=EVERYWHERE),
    Case("Times", every_style("Times"), modes=EVERYWHERE),
    Case("Courier", every_style("Courier"), modes=EVERYWHERE),
    Case("sizes", sizes(6, 7, 8, 9, 10, 11, 12, 14, 18, 20, 24), height=500, modes=EVERYWHERE),
    Case("sizes that only outline fonts have", sizes(3, 4.5, 7.25, 13.3, 31), height=500),
    Case("colours", colours(), modes=EVERYWHERE),
    Case("alignment", alignments(), height=500, modes=EVERYWHERE),
    Case("decorations", decorations(), modes=EVERYWHERE),
    Case("leaders", leaders(), modes=EVERYWHERE, lowest=DOTS),
    Case("thin borders", borders("0.5pt"), lowest=HAIRLINES),
    Case("thick borders", borders("4pt"), height=500),
    Case("borders of one side", sides()),
    Case("table", table(), modes=EVERYWHERE),
    *(Case(f"container turned by {turn}", container(turn), modes=EVERYWHERE) for turn in (90, 180, 270)),
    *(Case(f"page turned by {turn}", alignments(), turn=turn) for turn in (90, 180, 270)),
    Case("landscape A4", alignments() + table(), width=841.89, height=595.28),
    Case("label", block("Tiny", font_size="7pt"), width=90, height=60),
    Case("A3", table(), width=841.89, height=1190.55),
]

if TRUETYPE.exists():
    TEXT_CASES += [
        Case(
            "TrueType font",
            block(
                "Zażółć gęślą jaźń — Ωμέγα кириллица “quotes” ½ → ∑", font_family="Outlines", font_size="14pt"
            )
            + block(LINES, font_family="Outlines")  # FOP does not justify it in AFP
            + block("Coloured", font_family="Outlines", color="#aa0044", font_size="30pt")
            + container(90).replace('"Times"', '"Outlines"'),
        )
    ]
