"""Pictures made for tests, and their data taken out of files that Pillow writes."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence

from PIL import Image, TiffImagePlugin

from afpcluster.afp.framing import Record
from afpcluster.afp.ioca import ImageDataDescriptor
from afpcluster.afp.ioca_write import picture_data
from afpcluster.findings import Findings
from afpcluster.interpret.context import Context, DataObject, ObjectArea

_TIFF_COMPRESSION = {"G4": "group4", "MH": "group3", "MR": "group3", "TIFF 2": "tiff_ccitt"}
_ROWS_PER_STRIP, _T4_OPTIONS, _PHOTOMETRIC, _PREDICTOR = 278, 292, 262, 317
_STRIP_OFFSETS, _STRIP_COUNTS = 273, 279


def bilevel(width: int, height: int, seed: int = 1) -> Image.Image:
    """Runs of all lengths, rows like their neighbours and rows unlike them; black is 0."""
    chance = random.Random(seed)
    image = Image.new("1", (width, height), 255)
    for y in range(height):
        if y % 3:
            image.paste(image.crop((0, y - 1, width, y)), (chance.choice((0, 0, 1)), y))
            continue
        x, black = 0, chance.random() < 0.5
        while x < width:
            run = chance.choice((1, 2, 5, 63, 64, 130, 1800, 2560, 2700, chance.randint(1, width)))
            if black:
                image.paste(0, (x, y, min(x + run, width), y + 1))
            x, black = x + run, not black
    return image


def shapes(size: tuple[int, int] = (48, 32)) -> Image.Image:
    """A coloured picture that shows at once if it is turned, mirrored or of wrong colours."""
    image = Image.new("RGB", size, (240, 220, 60))
    image.paste((200, 30, 40), (0, 0, size[0] // 3, size[1] // 2))
    image.paste((30, 60, 200), (size[0] * 2 // 3, size[1] // 2, size[0], size[1]))
    return image


def ink_rows(image: Image.Image) -> bytes:
    """Rows padded to bytes, 1 is black."""
    return Image.frombytes("1", image.size, image.tobytes()).point(lambda value: 255 - value).tobytes()


def tiff_strip(image: Image.Image, compression: str, **tags: int) -> bytes:
    """The only strip of a TIFF of this Pillow compression."""
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    directory[_ROWS_PER_STRIP] = image.height
    for tag, value in tags.items():
        directory[{"options": _T4_OPTIONS, "photometric": _PHOTOMETRIC, "predictor": _PREDICTOR}[tag]] = value
    sink = io.BytesIO()
    image.save(sink, "TIFF", compression=compression, tiffinfo=directory)
    data = sink.getvalue()
    with Image.open(io.BytesIO(data)) as written:
        found = written.tag_v2
    (offset,), (count,) = found[_STRIP_OFFSETS], found[_STRIP_COUNTS]
    return data[offset : offset + count]


def fax_data(image: Image.Image, scheme: str) -> bytes:
    """CCITT data of a bilevel image: "G4", "MH", "MR" or "TIFF 2"."""
    options = {"options": int(scheme == "MR")} if scheme in ("MH", "MR") else {}
    return tiff_strip(image, _TIFF_COMPRESSION[scheme], photometric=0, **options)


def file_data(image: Image.Image, file_format: str, **options: object) -> bytes:
    sink = io.BytesIO()
    image.save(sink, file_format, **options)
    return sink.getvalue()


def image_object(
    segment: bytes | Sequence[Record],
    space: tuple[int, int] | None,
    area: ObjectArea | None = None,
    parameters: bytes = b"",
    resolution: int = 72,
) -> DataObject:
    """An image object; its presentation space has `resolution` image points per inch."""
    descriptor = None
    if space is not None:
        fields = ImageDataDescriptor(0, resolution * 10, resolution * 10, *space, parameters).encode()
        descriptor = Record(0xD3A6FB, 0, fields)
    data = picture_data(segment) if isinstance(segment, bytes) else list(segment)
    return DataObject("BIM", 0, area or ObjectArea(0.0, 0.0), descriptor, data)


class _NoFonts:
    def default(self, points: float) -> object:
        raise AssertionError("images need no fonts")


def context(**options: int) -> Context:
    return Context(Findings(), _NoFonts(), **options)  # type: ignore[arg-type]


def codes(found: Context) -> list[str]:
    """The codes of all findings, in order."""
    return [finding.code for finding in found.findings]
