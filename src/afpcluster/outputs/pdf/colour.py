"""Colours as content stream operators (section 8.6.8)."""

from __future__ import annotations

from functools import lru_cache

from afpcluster.display.colour import Colour, ColourSpace
from afpcluster.outputs.pdf.packet import LAB_NAME
from afpcluster.pdf.values import Raw, Value, numbers

_FILL = {ColourSpace.GRAY: "g", ColourSpace.RGB: "rg", ColourSpace.CMYK: "k"}

# The D50 white point and the range that display colours have.
LAB_SPACE: Value = [
    Raw(b"/Lab"),
    {"WhitePoint": [0.9642, 1, 0.8249], "Range": [-128, 127, -128, 127]},
]


@lru_cache(maxsize=1024)
def fill_operator(colour: Colour) -> bytes:
    """Make `colour` the colour of fills, text and stencils."""
    components = numbers(colour.components)
    if colour.space is ColourSpace.LAB:
        return f"/{LAB_NAME} cs {components} sc".encode()
    return f"{components} {_FILL[colour.space]}".encode()


@lru_cache(maxsize=1024)
def stroke_operator(colour: Colour) -> bytes:
    """Make `colour` the colour of lines."""
    components = numbers(colour.components)
    if colour.space is ColourSpace.LAB:
        return f"/{LAB_NAME} CS {components} SC".encode()
    return f"{components} {_FILL[colour.space].upper()}".encode()
