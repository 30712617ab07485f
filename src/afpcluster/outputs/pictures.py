"""Pages -> PNG, JPEG and TIFF, drawn by PDFium from our PDF, a page at a time.

One page is one picture; of PNG and JPEG several pages are several files. TIFF holds all pages: bilevel ones
as CCITT G4, others deflated. Bilevel pictures show colours by how many of their pixels are black, so that
nothing is lost that is light, and not what is dark upon dark.
PDFium keeps what it reads of a file, and reads all pages in front of the one it draws. So there is one small
PDF after the other, each in a scratch file and with the fonts of its pages.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from afpcluster.display.items import Page
from afpcluster.findings import Findings, LimitError
from afpcluster.light import dataclass
from afpcluster.options import Colour, Format
from afpcluster.outputs.output import Maker, Sink, Takes, Writer
from afpcluster.outputs.parts import ZIP_MEDIA_TYPE, Folder, Parts, parts_to
from afpcluster.outputs.scratch import copy_all, scratch_file

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.TiffImagePlugin import AppendingTiffWriter

    from afpcluster.outputs.pdf import PacketMaker, PagePacket, PdfOutput

_MOST_PIXELS = 400_000_000  # of one page: 20,000 by 20,000
_MEDIA_TYPES = {Format.PNG: "image/png", Format.JPEG: "image/jpeg", Format.TIFF: "image/tiff"}
_SUFFIXES = {Format.PNG: "png", Format.JPEG: "jpg"}
_DARK, _LIGHT = 96, 240  # of 256 shades: below and above, bilevel pictures are black and white alone
_ORDER = ((0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5))  # Bayer's, of ordered dither
_THRESHOLDS = [bytes([_DARK + (2 * n + 1) * (_LIGHT - _DARK) // 32 for n in row]) for row in _ORDER]
_PAGES_AT_ONCE = 250  # of one PDF: so many that its fonts cost little, so few that it is small
_LARGEST_TIFF = 0xFFFFFFFF  # bytes: offsets are 32 bits
_BAND = 256  # rows at a time, in whole numbers of `_ORDER`


@dataclass(slots=True, frozen=True)
class PictureOutput:
    """`pdf` is what is drawn; `dpi` are pixels to the inch."""

    pdf: PdfOutput
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
        return _PictureMaker(self.pdf.maker())

    def writer(self, sink: Sink, findings: Findings) -> Writer:
        return _PictureWriter(self, sink, findings)


class _PicturePacket(NamedTuple):
    """A page, and the number of the PDF that it is in."""

    pdf: int
    page: PagePacket


class _PictureMaker:
    """Its maker begins anew with each PDF."""

    def __init__(self, maker: PacketMaker) -> None:
        self._maker = maker
        self._pdf = 0

    def restart(self) -> None:
        self._maker.restart()

    def packet(self, page: Page) -> _PicturePacket:
        pdf = (page.ordinal - 1) // _PAGES_AT_ONCE
        if pdf != self._pdf:
            self._pdf = pdf
            self.restart()
        packet = self._maker.packet(page)
        packet.links = ()  # which nobody sees, and which may lead to another PDF
        return _PicturePacket(pdf, packet)


class _PictureWriter:
    def __init__(self, output: PictureOutput, sink: Sink, findings: Findings) -> None:
        self._output = output
        self._findings = findings
        self._pictures = _Tiff(output, sink) if output.format is Format.TIFF else _Files(output, sink)
        self._pdf: _OpenPdf | None = None
        self._count = 0  # of the pictures so far
        self.step: Callable[[], None] = lambda: None

    @property
    def media_type(self) -> str:
        return self._pictures.media_type

    def add(self, packet: _PicturePacket) -> None:
        if self._pdf is None or self._pdf.number != packet.pdf:
            self._draw_pdf()
            scratch = scratch_file()
            self._pdf = _OpenPdf(packet.pdf, scratch, self._output.pdf.writer(scratch, self._findings))
        self._pdf.writer.add(packet.page)

    def begin_file(self, name: str) -> None:
        self._draw_pdf()  # the makers of the next file count from 0 again

    def finish(self) -> int:
        self._draw_pdf()
        return self._pictures.finish()

    def abandon(self) -> None:
        if self._pdf is not None:
            self._pdf.scratch.close()
        self._pictures.abandon()

    def _draw_pdf(self) -> None:
        """Draw the pages of the PDF that is open, if one is, and let go of it."""
        if self._pdf is None:
            return
        with self._pdf.scratch as scratch:
            with self._findings.kept():  # the next PDF meets the same fonts
                self._pdf.writer.finish()
            self._pdf = None
            with _opened(scratch) as pdf:
                for page in pdf:
                    self._count += 1
                    self._pictures.add(self._draw(page))
                    page.close()
                    self.step()

    def _draw(self, page: Any) -> Image:
        """A page of a PDF as a picture. Raises LimitError where it would be too large."""
        output = self._output
        width, height = page.get_size()
        scale = output.dpi / 72
        if width * height * scale * scale > _MOST_PIXELS:
            raise LimitError(
                "picture-too-large",
                f"Page {self._count} has {width:.0f} by {height:.0f} points; at {output.dpi} dpi it is too "
                "large a picture. Choose fewer dpi.",
            )
        picture: Image = page.render(scale=scale).to_pil()
        if output.colour is Colour.COLOUR:
            return picture.convert("RGB")
        grey = picture.convert("L")  # PDFium's own shades of grey are others than those of its colours
        if output.colour is Colour.GREY:
            return grey
        return dithered(grey)


class _OpenPdf(NamedTuple):
    """The PDF that is being written; its number among those of a print file."""

    number: int
    scratch: BinaryIO
    writer: Writer


class _Files:
    """A file for each picture, "0001.png" and so on; a single one is the output itself, unless that is a
    folder."""

    def __init__(self, output: PictureOutput, sink: Sink) -> None:
        self._output = output
        self._sink = sink
        self._suffix = _SUFFIXES[output.format]
        self._parts = parts_to(sink) if isinstance(sink, Folder) else None
        self._last = b""  # which waits for the next: it may be the only one
        self._count = 0

    @property
    def media_type(self) -> str:
        return self._output.media_type if self._parts is None else ZIP_MEDIA_TYPE

    def add(self, picture: Image) -> None:
        if self._count:
            self._parts = self._parts or parts_to(self._sink)
            self._put_last(self._parts)
        self._count += 1
        self._last = self._encoded(picture)

    def _put_last(self, parts: Parts) -> None:
        with parts.open(f"{self._count:04}.{self._suffix}") as part:
            part.write(self._last)

    def finish(self) -> int:
        if self._parts is None:
            self._sink.write(self._last)
            return len(self._last)
        self._put_last(self._parts)
        return self._parts.finish()

    def abandon(self) -> None:
        if self._parts is not None:
            self._parts.abandon()

    def _encoded(self, picture: Image) -> bytes:
        sink = io.BytesIO()
        resolution = (self._output.dpi, self._output.dpi)
        if self._output.format is Format.JPEG:
            grey = picture.convert("L") if picture.mode == "1" else picture
            grey.save(sink, format="JPEG", quality=90, dpi=resolution)
        else:
            picture.save(sink, format="PNG", compress_level=3, dpi=resolution)
        return sink.getvalue()


class _Tiff:
    """One file of all pictures."""

    def __init__(self, output: PictureOutput, sink: Sink) -> None:
        self.media_type = output.media_type
        self._sink = sink
        self._file = scratch_file()
        self._pages = appending(self._file)
        self._resolution = (output.dpi, output.dpi)
        self._compression = "group4" if output.colour is Colour.BILEVEL else "tiff_adobe_deflate"

    def add(self, picture: Image) -> None:
        """Raises LimitError where the file would be too large."""
        picture.save(self._pages, format="TIFF", compression=self._compression, dpi=self._resolution)
        if self._file.seek(0, os.SEEK_END) > _LARGEST_TIFF:
            raise LimitError(
                "tiff-too-large",
                "The pages do not fit into one TIFF file, which ends at 4 GB. Choose fewer pages, fewer dpi "
                "or another format, or split them.",
            )
        self._pages.newFrame()

    def finish(self) -> int:
        with self._file:
            return copy_all(self._file, self._sink)

    def abandon(self) -> None:
        self._file.close()


def appending(file: BinaryIO) -> AppendingTiffWriter:
    """Pillow's writer of several pages. That one looks for the last page from the first; this, from the last
    one that it knows."""
    from PIL.TiffImagePlugin import AppendingTiffWriter

    class Appending(AppendingTiffWriter):
        _known: int | None = None  # where the last page says that none follows

        def skipIFDs(self) -> None:
            if self._known is not None:
                self.f.seek(self._known)
            super().skipIFDs()
            self._known = self.whereToWriteNewIFDOffset

    return Appending(file)


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
