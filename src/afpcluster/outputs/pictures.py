"""Pages -> PNG, JPEG and TIFF, drawn by PDFium from our PDF, a page at a time.

One page is one picture; of PNG and JPEG several pages are several files. TIFF holds all pages: bilevel ones
as CCITT G4, others deflated. Bilevel pictures show colours by how many of their pixels are black, so that
nothing is lost that is light, and not what is dark upon dark. The PDF is worked on in a scratch file.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from afpcluster.findings import Findings, LimitError
from afpcluster.light import dataclass
from afpcluster.options import Colour, Format
from afpcluster.outputs.output import Holding, Maker, Merging, Output, Packet, Sink, Takes, Writer
from afpcluster.outputs.parts import ZIP_MEDIA_TYPE, Folder, Parts, parts_to
from afpcluster.outputs.scratch import copy_all, scratch_file

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_PIXELS = 400_000_000  # of one page: 20,000 by 20,000
_MEDIA_TYPES = {Format.PNG: "image/png", Format.JPEG: "image/jpeg", Format.TIFF: "image/tiff"}
_SUFFIXES = {Format.PNG: "png", Format.JPEG: "jpg"}
_DARK, _LIGHT = 96, 240  # of 256 shades: below and above, bilevel pictures are black and white alone
_ORDER = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))  # Bayer's, of ordered dither
_THRESHOLDS = [bytes([_DARK + (2 * n + 1) * (_LIGHT - _DARK) // 32 for n in row]) for row in _ORDER]
_PAGES_AT_ONCE = 1000  # that PDFium reads of a file before it is opened anew
_BAND = 256  # rows at a time, in whole numbers of `_ORDER`


@dataclass(slots=True, frozen=True)
class PictureOutput:
    """`pdf` is what is drawn; `dpi` are pixels to the inch."""

    pdf: Output
    format: Format
    dpi: int
    colour: Colour

    @property
    def takes(self) -> Takes:
        return self.pdf.takes

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self.format]

    def maker(self) -> Maker:
        return self.pdf.maker()

    def writer(self, sink: Sink, findings: Findings) -> Writer:
        return _PictureWriter(self, sink, findings)


class _PictureWriter:
    def __init__(self, output: PictureOutput, sink: Sink, findings: Findings) -> None:
        self._output = output
        self._sink = sink
        self._scratch = scratch_file()
        self._pdf = output.pdf.writer(self._scratch, findings)
        self._parts: Parts | None = None
        self.step: Callable[[], None] = lambda: None
        self.media_type = output.media_type

    def add(self, packet: Packet) -> None:
        self._pdf.add(packet)

    def begin_file(self, name: str) -> None:
        if isinstance(self._pdf, Merging):
            self._pdf.begin_file(name)

    def finish(self) -> int:
        with self._scratch:
            self._pdf.finish()
            with _opened(self._scratch) as pdf:
                count = len(pdf)
            if self._output.format is Format.TIFF:
                return self._tiff(count)
            if count == 1 and not isinstance(self._sink, Folder):
                (picture,) = self._pictures(count)
                data = self._encoded(picture)
                self._sink.write(data)
                return len(data)
            return self._files(count)

    def abandon(self) -> None:
        if isinstance(self._pdf, Holding):
            self._pdf.abandon()
        self._scratch.close()
        if self._parts is not None:
            self._parts.abandon()

    def _pictures(self, count: int) -> Iterator[Image]:
        """The pages, of so many. PDFium keeps what it reads of a file, some kilobytes a page, until that is
        closed."""
        for first in range(0, count, _PAGES_AT_ONCE):
            with _opened(self._scratch) as pdf:
                for number in range(first, min(first + _PAGES_AT_ONCE, count)):
                    yield self._draw(pdf, number)

    def _files(self, count: int) -> int:
        """A file for each page, "0001.png" and so on."""
        self.media_type = ZIP_MEDIA_TYPE
        parts = self._parts = parts_to(self._sink)
        suffix = _SUFFIXES[self._output.format]
        for number, picture in enumerate(self._pictures(count), 1):
            with parts.open(f"{number:04}.{suffix}") as part:
                part.write(self._encoded(picture))
        return parts.finish()

    def _tiff(self, count: int) -> int:
        from PIL.TiffImagePlugin import AppendingTiffWriter

        output = self._output
        compression = "group4" if output.colour is Colour.BILEVEL else "tiff_adobe_deflate"
        with scratch_file() as file:
            with AppendingTiffWriter(file) as pages:
                for picture in self._pictures(count):
                    picture.save(pages, format="TIFF", compression=compression, dpi=(output.dpi, output.dpi))
                    pages.newFrame()
            return copy_all(file, self._sink)

    def _draw(self, pdf: Any, number: int) -> Image:
        """Page `number`, from 0, as a picture. Raises LimitError where it would be too large."""
        output = self._output
        page = pdf[number]
        width, height = page.get_size()
        scale = output.dpi / 72
        if width * height * scale * scale > _MOST_PIXELS:
            raise LimitError(
                "picture-too-large",
                f"Page {number + 1} has {width:.0f} by {height:.0f} points; at {output.dpi} dpi it is too "
                "large a picture. Choose fewer dpi.",
            )
        picture: Image = page.render(scale=scale).to_pil()
        page.close()
        self.step()
        if output.colour is Colour.COLOUR:
            return picture.convert("RGB")
        grey = picture.convert("L")  # PDFium's own shades of grey are others than those of its colours
        if output.colour is Colour.GREY:
            return grey
        return dithered(grey)

    def _encoded(self, picture: Image) -> bytes:
        output, sink = self._output, io.BytesIO()
        resolution = (output.dpi, output.dpi)
        if output.format is Format.JPEG:
            grey = picture.convert("L") if picture.mode == "1" else picture
            grey.save(sink, format="JPEG", quality=90, dpi=resolution)
        else:
            picture.save(sink, format="PNG", compress_level=3, dpi=resolution)
        return sink.getvalue()


def dithered(grey: Image) -> Image:
    """The picture in black and white: black is what is darker than the threshold of its place."""
    from PIL import Image, ImageChops

    width, height = grey.size
    rows = b"".join([(row * (width // len(row) + 1))[:width] for row in _THRESHOLDS])
    thresholds = Image.frombytes("L", (width, _BAND), rows * (_BAND // len(_ORDER)))
    made = Image.new("1", grey.size)
    for top in range(0, height, _BAND):
        band = grey.crop((0, top, width, min(top + _BAND, height)))
        below = ImageChops.subtract(thresholds.crop((0, 0, *band.size)), band)
        made.paste(below.point(lambda missing: 255 * (missing == 0), "1"), (0, top))
    return made


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(file)
    try:
        yield document
    finally:
        document.close()
