"""Pages of images made here: formats, colour models, scaling, turned containers."""

from __future__ import annotations

import io
from base64 import b64encode
from functools import cache
from typing import Any

from fop_runs import BILEVEL, NATIVE, PLAIN, TILED, Case, block
from PIL import Image, ImageDraw

COLOURED = (NATIVE, PLAIN, TILED)
ALL = (*COLOURED, BILEVEL)
SIZE = (96, 64)


@cache
def picture(mode: str) -> Image.Image:
    """Something that shows being mirrored, turned, cropped or recoloured."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    for x in range(SIZE[0]):
        draw.line([(x, 40), (x, 63)], fill=(x * 255 // SIZE[0], 128, 255 - x * 2))
    draw.rectangle([0, 0, 20, 20], fill="red")
    draw.rectangle([75, 0, 95, 20], fill="green")
    draw.ellipse([30, 5, 65, 35], fill="blue")
    draw.line([(0, 39), (95, 22)], fill="black", width=3)
    return image.convert(mode)


def data_uri(mode: str, kind: str) -> str:
    """The picture in a file format, within the document."""
    options: dict[str, Any] = {"quality": 92, "subsampling": 0} if kind == "JPEG" else {}
    if kind == "TIFF" and mode == "1":
        options = {"compression": "group4", "tiffinfo": {262: 0}}  # 0 is white: FOP's PDF knows no other
    return uri_of(picture(mode), kind, **options)


def uri_of(image: Image.Image, kind: str, **options: Any) -> str:
    sink = io.BytesIO()
    image.save(sink, kind, dpi=(96, 96), **options)
    return f"url('data:image/{kind.lower()};base64,{b64encode(sink.getvalue()).decode()}')"


def graphic(mode: str, kind: str, **attributes: str) -> str:
    shown = " ".join(f'{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f'<fo:external-graphic src="{data_uri(mode, kind)}" {shown}/>'


def plain(mode: str, kind: str) -> str:
    """At the size of its own resolution, and twice as large."""
    large = graphic(mode, kind, content_width="200%", content_height="200%")
    return block(graphic(mode, kind), space_after="12pt") + block(large)


def see_through() -> str:
    """Half of the picture over a coloured background."""
    image = picture("RGBA").copy()
    image.putalpha(Image.new("L", SIZE, 0).point(lambda _: 0))
    image.paste(picture("RGB").crop((0, 0, 48, 64)), (0, 0))
    return f'<fo:external-graphic src="{uri_of(image, "PNG")}"/>'


def scaled() -> str:
    """Uniformly: FOP stretches none in AFP, it asks for "scale to fit" whatever the FO says."""
    narrow = graphic("RGB", "PNG", content_width="50pt")
    tall = graphic("RGB", "JPEG", content_height="110pt")
    return block(narrow, space_after="10pt") + block(tall)


def turned(turn: int) -> str:
    return (
        block("before")
        + f'<fo:block-container reference-orientation="{turn}" inline-progression-dimension="120pt" '
        'block-progression-dimension="150pt" border="1pt solid black">'
        + block(graphic("RGB", "PNG"), space_after="6pt")
        + block(graphic("RGB", "JPEG"))
        + "</fo:block-container>"
        + block("behind")
    )


def background() -> str:
    """The same image many times: a background that repeats behind text."""
    return block(
        "Words over a picture " * 12,
        background_image=data_uri("RGB", "PNG"),
        background_repeat="repeat",
        padding="40pt 10pt",
        color="#600000",
    )


IMAGE_CASES = [
    Case("PNG in colour", plain("RGB", "PNG"), modes=COLOURED),
    Case("PNG in grey", plain("L", "PNG"), modes=COLOURED),
    Case("PNG with a palette", plain("P", "PNG"), modes=COLOURED),
    Case("PNG bilevel", plain("1", "PNG"), modes=ALL),
    Case("JPEG in colour", plain("RGB", "JPEG"), modes=COLOURED),
    Case("JPEG in grey", plain("L", "JPEG"), modes=COLOURED),
    Case("PNG with transparency", block(see_through(), background_color="#ffdd99"), modes=COLOURED),
    Case("JPEG in CMYK", plain("CMYK", "JPEG"), modes=COLOURED),
    Case("GIF", plain("P", "GIF"), modes=COLOURED),
    Case("TIFF in colour", plain("RGB", "TIFF"), modes=COLOURED),
    Case("TIFF in G4", plain("1", "TIFF"), modes=ALL),
    Case("scaled images", scaled(), modes=COLOURED),
    *(Case(f"images turned by {turn}", turned(turn), modes=COLOURED) for turn in (90, 180, 270)),
    Case("image behind words", background(), modes=COLOURED),
    Case("page turned with images", plain("RGB", "PNG"), turn=90, modes=COLOURED),
]
