"""Images of a QR Code with Image: object areas in the symbol's own coordinates.

BCOCA "QR Code with Image Special-Function Parameters". Offsets and extents are lengths or percentages of
the symbol; the image itself is the resource that the bar code's environment maps to the local identifier.
Mapping options have the IPDS values, not those of MO:DCA.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from afpcluster.afp import modca
from afpcluster.afp.bcoca import PERCENT_BASE, ImageInformation, QrCodeImages
from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.afp.units import POINTS_PER_BASE
from afpcluster.display.geometry import turned_at
from afpcluster.display.items import Group, Item
from afpcluster.document.objects import ObjectNode, nest
from afpcluster.interpret.barcode.symbol import BarCodeError, Symbol
from afpcluster.interpret.container.objects import draw_container
from afpcluster.interpret.context import Context, DataObject, FoundResource, MappingOption, ObjectArea
from afpcluster.interpret.image.ioca import draw_image

_BIM, _BOC = CODES["BIM"], CODES["BOC"]
_BLOCK = 0x16  # bytes of an image information block, its length byte not counted
_SYMBOL_SYSTEM = 0xF0
_MAPPING = {
    0x10: MappingOption.SCALE_TO_FIT,
    0x20: MappingOption.CENTER_AND_TRIM,
    0x30: MappingOption.POSITION_AND_TRIM,
    0x60: MappingOption.SCALE_TO_FILL,
}


def draw_images(
    data_object: DataObject,
    context: Context,
    parameters: QrCodeImages,
    symbol: Symbol,
    report: Callable[[str, str], None],
) -> list[Item]:
    """The images beside a symbol, from its origin. An image that cannot be shown is reported."""
    items: list[Item] = []
    for block in _blocks(parameters):
        try:
            items += _image(data_object, context, block, symbol)
        except BarCodeError as error:
            report(error.condition, f"{error.message}; the image beside the QR Code is not shown")
    return items


def _blocks(parameters: QrCodeImages) -> Iterator[ImageInformation]:
    groups = parameters.rest[: parameters.groups_length]
    at = 0
    while at < len(groups):
        length = groups[at]
        if length < _BLOCK or at + 1 + length > len(groups):
            raise BarCodeError("EC-0F30", f"an image information block has an impossible length, {length}")
        yield ImageInformation.decode(groups[at + 1 : at + 1 + length])
        at += 1 + length


def _image(data_object: DataObject, context: Context, block: ImageInformation, symbol: Symbol) -> list[Item]:
    found = data_object.resources.get(block.local_id)
    if found is None:
        raise BarCodeError("EC-0F31", f"image X'{block.local_id:04X}' is not mapped")
    if block.coordinate_system != _SYMBOL_SYSTEM:
        raise BarCodeError("EC-0F36", f"coordinate system X'{block.coordinate_system:02X}' is not X'F0'")
    if block.mapping not in _MAPPING:
        raise BarCodeError("EC-0F3A", f"mapping option X'{block.mapping:02X}' is unknown")
    size = (symbol.width, symbol.height)
    x, y = _lengths((block.x_offset, block.y_offset), block.offset_base, block.offset_units, size, "EC-0F32")
    extents = (block.x_extent, block.y_extent)
    width, height = _lengths(extents, block.extent_base, block.extent_units, size, "EC-0F37")
    area = ObjectArea(width, height, _MAPPING[block.mapping])
    items = _draw(data_object, found, area, context)
    turned = turned_at(modca.degrees(block.orientation), x, y)
    return [Group(items, turned)] if items else []


def _lengths(
    values: tuple[int, int], base: int, units: int, size: tuple[float, float], condition: str
) -> tuple[float, float]:
    """Points of two values in units of ten inches, ten centimetres or one percent of the symbol."""
    if units == 0:
        raise BarCodeError(condition, "no units per unit base")
    if base == PERCENT_BASE:
        return values[0] * size[0] / 100 / units, values[1] * size[1] / 100 / units
    if base not in POINTS_PER_BASE:
        raise BarCodeError(condition, f"unit base X'{base:02X}' is unknown")
    unit = POINTS_PER_BASE[base] / units
    return values[0] * unit, values[1] * unit


def _draw(data_object: DataObject, found: FoundResource, area: ObjectArea, context: Context) -> list[Item]:
    """The image object or object container of a resource in this area."""
    nodes = [n for n in nest(found.records, context.findings) if isinstance(n, ObjectNode)]
    node = next((n for n in nodes if n.type in (_BIM, _BOC)), None)
    if node is None:
        offset = data_object.offset
        node = ObjectNode(Record(_BOC, offset, b""), [Record(CODES["OCD"], offset, found.data)])
    descriptors = [r for r in node.flat() if r.type in (CODES["IDD"], CODES["CDD"])]
    image = DataObject(
        mnemonic(node.type),
        node.begin.offset,
        area,
        descriptors[0] if descriptors else None,
        node.all(CODES["IPD"], CODES["OCD"]),
        triplets=modca.begin_triplets(node.begin.data),
    )
    return draw_image(image, context) if node.type == _BIM else draw_container(image, context)
