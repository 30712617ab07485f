"""An image segment as rasters: each untiled image content, tile or mask with all parameters that apply.

Image data parameters in front of the first tile are the defaults of all tiles (IOCA "Image Data
Parameters"). Nothing is decompressed here. What is out of place or damaged is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field, replace

from afpcluster.afp.declare import DecodeError
from afpcluster.afp.ioca import (
    SPEC,
    BandImage,
    BandImageData,
    ColourNames,
    ExternalAlgorithm,
    Field,
    IdeStructure,
    ImageEncoding,
    ImageSize,
    IncludeTile,
    Parameter,
    TilePosition,
    TileSetColour,
    TileSize,
    colour_names,
    short_fields,
)
from afpcluster.findings import Reporter, Severity
from afpcluster.light import dataclass


@dataclass(slots=True)
class Raster:
    """An untiled image content, a tile or a transparency mask.

    `width` and `height` are image points of its own (0: unknown, the data must tell), `x` and `y` and
    the extent of a point, `scale`, are points of the presentation space. `data` is compressed as
    `encoding` says; with bands, `bands[n]` is the data of band n (from 1).
    """

    offset: int
    tiled: bool = False
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    scale: int = 1
    encoding: ImageEncoding = field(default_factory=ImageEncoding)
    ide_size: int = 1
    structure: IdeStructure | None = None
    band_bits: tuple[int, ...] = ()
    colour_names: tuple[str, ...] = ()
    sampling: tuple[tuple[int, int], ...] = ()  # horizontal and vertical samples of each component
    algorithm: ExternalAlgorithm | None = None
    colour: TileSetColour | None = None
    include: int | None = None
    data: bytearray = field(default_factory=bytearray, repr=False)
    bands: dict[int, bytearray] = field(default_factory=dict, repr=False)
    mask: Raster | None = None
    sized: bool = False  # by an Image Size, in a tile by a Tile Size
    positioned: bool = False  # by a Tile Position
    given: set[int] = field(default_factory=set)  # codes of the parameters that it has itself

    def starting(self, offset: int) -> Raster:
        """A tile of this content: the parameters so far are its defaults."""
        return replace(self, offset=offset, tiled=True, data=bytearray(), bands={}, mask=None, given=set())


class _Reader:
    """Gathers the rasters of a segment; `here` is what parameters apply to at the moment."""

    def __init__(self, report: Reporter, content: Raster | None) -> None:
        self.report = report
        self.rasters: list[Raster] = []
        self.content = content
        self.tile: Raster | None = None
        self.mask: Raster | None = None
        self.before = 0  # rasters in front of the content
        self.begun = False  # by a Begin Image Content: a tile resource has none

    @property
    def here(self) -> Raster | None:
        return self.mask or self.tile or self.content

    def finish_tile(self, ended: bool = False) -> None:
        """What is open, a mask or tile, ends here; `ended` by its own end."""
        if self.mask is not None:
            self.end_missing("A transparency mask has no End Transparency Mask")
        elif self.tile is not None and not ended:
            self.end_missing("A tile has no End Tile")
        self.mask = None
        if self.tile is not None:
            if not self.tile.positioned:
                self.report(
                    "ioca-tile-unplaced",
                    "A tile has no Tile Position; it lies in the upper left corner",
                    "IOCA Tile Position",
                    severity=Severity.SUBSTITUTED,
                    offset=self.tile.offset,
                )
            self.rasters.append(self.tile)
            self.tile = None

    def end_missing(self, what: str) -> None:
        self.report(
            "ioca-end-missing",
            f"{what}; what came is shown",
            "IOCA Chapter 6 EC-xx0F",
            severity=Severity.INFO,
        )

    def begin_mask(self, offset: int) -> None:
        """A transparency mask is of the tile or untiled image content around it, which has one at most."""
        self.mask = Raster(offset)
        owner = self.tile or self.content
        if owner is None or owner.mask is not None:
            self.mask_misplaced("stands outside of an image" if owner is None else "is there twice", offset)
        if owner is not None and owner.mask is None:
            owner.mask = self.mask

    def mask_misplaced(self, what: str, offset: int) -> None:
        self.report(
            "ioca-mask-misplaced",
            f"A transparency mask {what}; it hides nothing",
            "IOCA Transparency Masks",
            offset=offset,
        )

    def finish_content(self) -> None:
        self.finish_tile()
        content = self.content
        if content is not None and content.tiled and content.mask is not None:
            self.mask_misplaced("of a tiled image is in no tile", content.mask.offset)
        if content is not None and content.tiled and (content.data or content.bands):
            self.report(
                "ioca-data-outside-tile",
                "Image data of a tiled image is in no tile; it is shown only where there are no tiles",
                "IOCA Tile TOC, EC-9201",
                offset=content.offset,
            )
            content.tiled = len(self.rasters) > self.before
        if content is not None and not content.tiled:
            if not content.sized and (content.data or content.bands):
                self.report(
                    "ioca-size-missing",
                    "An image has no Image Size; its data and its presentation space say how large it is",
                    "IOCA Image Size, EC-940F",
                    severity=Severity.SUBSTITUTED,
                    offset=content.offset,
                )
            self.rasters.append(content)
        self.content, self.before = None, len(self.rasters)

    def take(self, item: Field) -> None:
        """Apply one field."""
        code = item.code
        if code == Parameter.BEGIN_IMAGE_CONTENT:
            self.finish_content()
            self.content, self.begun = Raster(item.offset), True
        elif code == Parameter.END_IMAGE_CONTENT:
            self.finish_content()
        elif code == Parameter.BEGIN_TILE:
            self.finish_tile()
            content = self.content or Raster(item.offset)
            content.tiled = True
            self.content, self.tile = content, content.starting(item.offset)
        elif code == Parameter.END_TILE:
            self.finish_tile(ended=True)
        elif code == Parameter.BEGIN_TRANSPARENCY_MASK:
            self.begin_mask(item.offset)
        elif code == Parameter.END_TRANSPARENCY_MASK:
            self.mask = None
        elif code not in _IGNORED:
            self.describe(item)

    def describe(self, item: Field) -> None:
        """Apply a parameter or data to the raster at hand."""
        here = self.here
        if here is None:
            here = self.content = Raster(item.offset)
        apply = _PARAMETERS.get(item.code)
        if apply is None:
            self.report(
                "ioca-parameter-unknown",
                f"Image parameter X'{item.code:02X}' is unknown; it is skipped",
                SPEC,
                offset=item.offset,
            )
            return
        if item.code in here.given and item.code not in _SEVERAL:
            self.report(
                "ioca-parameter-repeated",
                f"Image parameter X'{item.code:02X}' is there more than once; the last one counts",
                SPEC,
                severity=Severity.SUBSTITUTED,
                offset=item.offset,
            )
        here.given.add(item.code)
        try:
            apply(here, item.data)
        except (DecodeError, UnicodeDecodeError) as error:
            self.report(
                "ioca-parameter-bad", f"{error}; the image parameter is skipped", SPEC, offset=item.offset
            )


def _size(raster: Raster, data: bytes) -> None:
    size = ImageSize.decode(data)
    raster.width, raster.height, raster.sized = size.x_size, size.y_size, True


def _encoding(raster: Raster, data: bytes) -> None:
    raster.encoding = ImageEncoding.decode(data)


def _ide_size(raster: Raster, data: bytes) -> None:
    if not data:
        raise DecodeError("IDE Size is empty")
    raster.ide_size = data[0]


def _structure(raster: Raster, data: bytes) -> None:
    raster.structure = IdeStructure.decode(data)


def _band_image(raster: Raster, data: bytes) -> None:
    raster.band_bits = tuple(BandImage.decode(data).bits)


def _colour_names(raster: Raster, data: bytes) -> None:
    raster.colour_names = colour_names(ColourNames.decode(data).names)


def _algorithm(raster: Raster, data: bytes) -> None:
    raster.algorithm = ExternalAlgorithm.decode(data)


def _subsampling(raster: Raster, data: bytes) -> None:
    for code, ratios in short_fields(data):
        if code == _SAMPLING_RATIOS:
            raster.sampling = tuple(zip(ratios[::2], ratios[1::2], strict=False))


def _tile_position(raster: Raster, data: bytes) -> None:
    position = TilePosition.decode(data)
    raster.x, raster.y, raster.positioned = position.x, position.y, True


def _tile_size(raster: Raster, data: bytes) -> None:
    size = TileSize.decode(data)
    raster.width, raster.height, raster.sized = size.x_size, size.y_size, True
    raster.scale = size.relative_resolution or 1


def _tile_colour(raster: Raster, data: bytes) -> None:
    raster.colour = TileSetColour.decode(data)


def _include(raster: Raster, data: bytes) -> None:
    raster.include = IncludeTile.decode(data).identifier


def _tile_toc(raster: Raster, data: bytes) -> None:
    raster.tiled = True  # its table only repeats what the tiles say themselves


def _lookup_table(raster: Raster, data: bytes) -> None:
    """Retired: receivers are allowed to ignore it (IOCA Appendix G). 0 and 1 are the standard tables."""
    if data and data[0] > 1:
        raise DecodeError(f"Colours by a lookup table (LUT-ID {data[0]}) are retired")


def _image_data(raster: Raster, data: bytes) -> None:
    raster.data += data


def _band_data(raster: Raster, data: bytes) -> None:
    band = BandImageData.decode(data)
    raster.bands.setdefault(band.band, bytearray()).extend(band.data)


_SAMPLING_RATIOS = 0x01

_PARAMETERS: dict[int, Callable[[Raster, bytes], None]] = {
    Parameter.IMAGE_SIZE: _size,
    Parameter.IMAGE_ENCODING: _encoding,
    Parameter.IDE_SIZE: _ide_size,
    Parameter.IDE_STRUCTURE: _structure,
    Parameter.BAND_IMAGE: _band_image,
    Parameter.NCOLOUR_NAMES: _colour_names,
    Parameter.EXTERNAL_ALGORITHM: _algorithm,
    Parameter.IMAGE_SUBSAMPLING: _subsampling,
    Parameter.TILE_POSITION: _tile_position,
    Parameter.TILE_SIZE: _tile_size,
    Parameter.TILE_SET_COLOUR: _tile_colour,
    Parameter.INCLUDE_TILE: _include,
    Parameter.TILE_TOC: _tile_toc,
    Parameter.IMAGE_LUT_ID: _lookup_table,
    Parameter.IMAGE_DATA: _image_data,
    Parameter.BAND_IMAGE_DATA: _band_data,
}
_IGNORED = (Parameter.BEGIN_SEGMENT, Parameter.END_SEGMENT)
_SEVERAL = (Parameter.IMAGE_DATA, Parameter.BAND_IMAGE_DATA)


def rasters(items: Iterable[Field], report: Reporter, defaults: Raster | None = None) -> list[Raster]:
    """All rasters of a segment in painting order. An end that is missing ends with the data. `defaults` are
    the parameters that apply to a tile resource (IOCA "Include Tile", note 5)."""
    reader = _Reader(report, defaults)
    for item in items:
        reader.take(item)
    if reader.begun and reader.content is not None:
        reader.end_missing("The image has no End Image Content")
    reader.finish_content()
    return reader.rasters
