"""Bar code objects: one symbol for every Bar Code Data, all with the descriptor's type and measures.

BCOCA "Bar Code Symbol Descriptor (BSD)", "Bar Code Symbol Data (BSA)". Exception conditions whose standard
action ends the object become findings, and the data is shown as text in place of the symbol; the others are
findings and the standard action is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import NamedTuple

from afpcluster.afp import bcoca
from afpcluster.afp import triplets as t
from afpcluster.afp.bcoca import BarCodeSymbolData, BarCodeSymbolDescriptor
from afpcluster.afp.bcoca import BarCodeType as T
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.framing import Record
from afpcluster.afp.units import MOST, POINTS_PER_BASE
from afpcluster.display.colour import BLACK, Colour
from afpcluster.display.geometry import translation
from afpcluster.display.items import Group, Item, Rectangle
from afpcluster.findings import Reporter, Severity
from afpcluster.fonts.font import Font
from afpcluster.interpret.barcode.blanks import without_blanks
from afpcluster.interpret.barcode.code_128 import draw_code_128
from afpcluster.interpret.barcode.databar import draw_databar
from afpcluster.interpret.barcode.datamatrix import draw_data_matrix
from afpcluster.interpret.barcode.linear import draw_linear
from afpcluster.interpret.barcode.matrix import draw_aztec, draw_han_xin, draw_qr_code
from afpcluster.interpret.barcode.maxicode import draw_maxicode
from afpcluster.interpret.barcode.pdf417 import draw_pdf417
from afpcluster.interpret.barcode.postal import draw_postal
from afpcluster.interpret.barcode.retail import draw_retail
from afpcluster.interpret.barcode.symbol import MIL, BarCodeError, Hri, Request, Symbol, path_of
from afpcluster.interpret.barcode.text import draw_label, draw_text, hri_label, is_crowded
from afpcluster.interpret.colour import OBJECT_DEFAULT, named_colour, specified_colour
from afpcluster.interpret.context import Context, DataObject


class Maker(NamedTuple):
    """Who makes the symbols of a type, with which modifiers. `matrix`: bars touch in two directions."""

    draw: Callable[[Request], Symbol]
    modifiers: Container[int]
    matrix: bool = False
    hri: bool = True


_ONLY_0, _0_1, _0_2, _1_2 = (0,), (0, 1), (0, 1, 2), (1, 2)
_DESCRIPTOR_SIZE = 23  # bytes of a BDD without triplets
MAKERS: dict[int, Maker] = {
    T.CODE_39: Maker(draw_linear, _1_2),
    T.MSI: Maker(draw_linear, range(1, 10)),
    T.UPC_A: Maker(draw_retail, _ONLY_0),
    T.UPC_E: Maker(draw_retail, _ONLY_0),
    T.UPC_SUPPLEMENT_2: Maker(draw_retail, _0_2),
    T.UPC_SUPPLEMENT_5: Maker(draw_retail, _0_2),
    T.EAN_8: Maker(draw_retail, _ONLY_0),
    T.EAN_13: Maker(draw_retail, _ONLY_0),
    T.INDUSTRIAL_2_OF_5: Maker(draw_linear, _1_2),
    T.MATRIX_2_OF_5: Maker(draw_linear, _1_2),
    T.INTERLEAVED_2_OF_5: Maker(draw_linear, range(1, 5)),
    T.CODABAR: Maker(draw_linear, _1_2),
    T.CODE_128: Maker(draw_code_128, range(2, 7)),
    T.EAN_SUPPLEMENT_2: Maker(draw_retail, _0_1),
    T.EAN_SUPPLEMENT_5: Maker(draw_retail, _0_1),
    T.POSTNET: Maker(draw_postal, range(5), hri=False),
    T.RM4SCC: Maker(draw_postal, _0_1, hri=False),
    T.JAPAN_POSTAL: Maker(draw_postal, _0_1, hri=False),
    T.DATA_MATRIX: Maker(draw_data_matrix, _0_1, matrix=True, hri=False),
    T.MAXICODE: Maker(draw_maxicode, _ONLY_0, matrix=True, hri=False),
    T.PDF417: Maker(draw_pdf417, _0_1, matrix=True, hri=False),
    T.AUSTRALIA_POST: Maker(draw_postal, range(1, 9)),
    T.QR_CODE: Maker(draw_qr_code, (0x02, 0x12), matrix=True, hri=False),
    T.CODE_93: Maker(draw_linear, _ONLY_0),
    T.INTELLIGENT_MAIL: Maker(draw_postal, range(4)),
    T.GS1_DATABAR: Maker(draw_databar, (*range(5), *range(0x11, 0x1C)), matrix=True),
    T.MAILMARK: Maker(draw_postal, _0_1, hri=False),
    T.AZTEC: Maker(draw_aztec, range(4), matrix=True, hri=False),
    T.HAN_XIN: Maker(draw_han_xin, _ONLY_0, matrix=True, hri=False),
}


def draw_bar_code(data_object: DataObject, context: Context) -> list[Item]:
    """The symbols of a bar code object, in points from the upper left corner of its area."""
    if data_object.descriptor is None:
        context.findings.at(data_object.offset, "BBC")(
            "bar-code-descriptor-missing", "A bar code object without Bar Code Data Descriptor is not shown"
        )
        return []
    try:
        descriptor = BarCodeSymbolDescriptor.decode(data_object.descriptor.data)
    except DecodeError as error:
        context.findings.at(data_object.descriptor.offset, "BDD")("field-short", f"BDD: {error}")
        return []
    size = len(data_object.descriptor.data)
    if size < _DESCRIPTOR_SIZE:
        message = f"BDD: {size} bytes, {_DESCRIPTOR_SIZE} are needed; defaults stand for the others"
        context.findings.at(data_object.descriptor.offset, "BDD")(
            "field-short", message, "BCOCA Bar Code Symbol Descriptor", severity=Severity.SUBSTITUTED
        )
    if not data_object.data:
        message = "A bar code object without Bar Code Data shows nothing"
        context.findings.at(data_object.offset, "BBC")("bar-code-empty", message)
    drawing = Drawing(data_object, context, descriptor)
    items = [item for record in data_object.data for item in drawing.symbol(record)]
    if items and (data_object.area.content_x or data_object.area.content_y):
        return [Group(items, translation(data_object.area.content_x, data_object.area.content_y))]
    return items


class Drawing:
    """One bar code object while its symbols are drawn."""

    def __init__(
        self, data_object: DataObject, context: Context, descriptor: BarCodeSymbolDescriptor
    ) -> None:
        self.object = data_object
        self.context = context
        self.descriptor = descriptor
        self._offset = data_object.offset
        self.unit = self._unit()
        self.colour = self._colour()

    @property
    def _tell(self) -> Reporter:
        """Records findings about the symbol that is drawn."""
        return self.context.findings.at(self._offset, "BDA", "BCOCA Exception Conditions")

    def symbol(self, record: Record) -> list[Item]:
        """The items of one Bar Code Data."""
        self._offset = record.offset
        try:
            data = BarCodeSymbolData.decode(record.data)
        except DecodeError as error:
            self._tell("field-short", f"BDA: {error}")
            return []
        x, y = data.x_offset * self.unit, data.y_offset * self.unit
        if max(data.x_offset, data.y_offset) > _MOST_OFFSET:
            offsets = f"X'{data.x_offset:04X}' and Y'{data.y_offset:04X}'"
            self._report("EC-0A00", f"offsets {offsets} are not X'0000' to X'7FFF'; used as they are")
        try:
            request = self._request(data)
            maker = self._maker(request)
            symbol = maker.draw(request)
        except BarCodeError as error:
            self._report(error.condition, f"{error.message}; shown as text", Severity.SKIPPED)
            return self._as_text(data, x, y)
        except DecodeError as error:
            self._report("EC-0C00", f"the special functions are cut off: {error}", Severity.SKIPPED)
            return []
        if data.flags & bcoca.SUPPRESS_SYMBOL:
            return self._text_alone(request, maker, symbol, x, y)
        items = self._items(request, maker, symbol)
        if (request.type, request.modifier) == (T.QR_CODE, bcoca.QR_WITH_IMAGE):
            items = self._with_images(request, symbol, items)
        self._check_extents(request, symbol, x, y)
        return [Group(items, translation(x, y))]

    def _items(self, request: Request, maker: Maker, symbol: Symbol) -> list[Item]:
        items: list[Item] = []
        if maker.matrix and symbol.bars:
            items.append(path_of(symbol.bars, self.colour))
        else:
            items += [Rectangle(*box, self.colour) for box in symbol.bars]
        items += symbol.shapes
        labels = list(symbol.labels)
        general = hri_label(symbol, request.hri) if maker.hri else None
        if general is not None:
            labels.append(general)
        placed = [(label, self._font(label.size)) for label in labels]
        for label, font in placed:
            items += draw_label(label, font, self.colour)
        crowded = [font for label, font in placed if is_crowded(label, font)]
        if crowded:
            name, size = crowded[0].name, crowded[0].size
            self._report(
                "EC-0400", f"the digits may overlap: font {name} of {size:g} points is too large for them"
            )
        return items

    def _with_images(self, request: Request, symbol: Symbol, items: list[Item]) -> list[Item]:
        """The symbol and its images in the order asked for, or the images alone."""
        # Image libraries load slowly, and few bar codes bring images.
        from afpcluster.interpret.barcode.images import draw_images

        parameters = bcoca.QrCodeImages.decode(bcoca.QrCodeParameters.decode(request.special).rest)
        try:
            images = draw_images(self.object, self.context, parameters, symbol, self._report)
        except BarCodeError as error:
            self._report(error.condition, f"{error.message}; the images are not shown", Severity.SKIPPED)
            return items
        if parameters.flags & bcoca.QR_ONLY_IMAGES:
            return images
        return images + items if parameters.flags & bcoca.QR_IMAGES_FIRST else items + images

    def _text_alone(self, request: Request, maker: Maker, symbol: Symbol, x: float, y: float) -> list[Item]:
        """Bar code symbol suppression: the offsets are those of the first character's reference point."""
        text = symbol.hri or "".join(label.text for label in symbol.labels)
        if request.hri is Hri.NONE or not maker.hri or not text:
            return []
        return draw_text(text, x, y, self._font(_TEXT_SIZE), self.colour)

    def _as_text(self, data: BarCodeSymbolData, x: float, y: float) -> list[Item]:
        """In place of a symbol that cannot be made: its printable characters."""
        special = bcoca.SPECIAL_FUNCTIONS.get(self.descriptor.type)
        if special is None:
            text = data.data.decode("cp500")
        else:
            codec = "cp500" if data.data[:1] >= bytes((bcoca.EBCDIC,)) else "latin-1"
            text = data.data[special.shape.size :].decode(codec)
        text = "".join(c for c in text if c.isprintable())
        font = self._font(_TEXT_SIZE)
        return draw_text(text[:_MOST_TEXT], x, y + _TEXT_SIZE, font, self.colour) if text else []

    def _request(self, data: BarCodeSymbolData) -> Request:
        """The descriptor's measures in points, with the defaults of exception conditions."""
        descriptor = self.descriptor
        type_, modifier, content = descriptor.type, descriptor.modifier, data.data
        if data.flags & bcoca.SUPPRESS_BLANKS:
            type_, modifier, content = without_blanks(type_, modifier, content)
        type_, modifier = bcoca.RETIRED_TYPES.get((type_, modifier), (type_, modifier))
        position = data.flags & bcoca.HRI_POSITION
        hri = {bcoca.HRI_BELOW: Hri.BELOW, bcoca.HRI_ABOVE: Hri.ABOVE}.get(position, Hri.DEFAULT)
        if data.flags & bcoca.HRI_NOT_PRESENTED:
            hri = Hri.NONE
        elif position == bcoca.HRI_POSITION:
            self._report("EC-1000", "the position of the human-readable text is B'11'; the default is used")
        return Request(
            type_,
            modifier,
            content,
            self._report,
            self._module(),
            self._height(),
            wide_to_narrow(descriptor.wide_to_narrow, self._report),
            self._desired_width(),
            hri,
            bool(data.flags & bcoca.ASTERISKS),
            bool(data.flags & bcoca.ASCII_DATA),
            self.colour,
        )

    def _maker(self, request: Request) -> Maker:
        maker = MAKERS.get(request.type)
        if maker is None:
            raise BarCodeError("EC-0300", f"bar code type X'{request.type:02X}' is not supported")
        if request.modifier not in maker.modifiers:
            raise BarCodeError(
                "EC-0B00", f"bar code type X'{request.type:02X}' has no modifier X'{request.modifier:02X}'"
            )
        return maker

    def _unit(self) -> float:
        """Points per L-unit; what is wrong with the units is reported and 1440 per inch taken."""
        base, units = self.descriptor.unit_base, self.descriptor.x_units
        if base not in POINTS_PER_BASE:
            self._report("EC-0505", f"unit base X'{base:02X}' is not supported; ten inches are used")
            base = 0
        if not 1 <= units <= MOST:
            self._report("EC-0605", f"{units} units per unit base are not possible; 14400 are used")
            units = 14400
        elif units != self.descriptor.y_units:
            self._report(
                "EC-0605", f"units of X and Y differ ({units} and {self.descriptor.y_units}); X counts"
            )
        extents = self.descriptor.x_extent, self.descriptor.y_extent
        if any(not (1 <= extent <= MOST or extent == bcoca.DEFAULT_16) for extent in extents):
            self._report("EC-0705", f"extents of {extents[0]} by {extents[1]} units are not possible")
        return POINTS_PER_BASE[base] / units

    def _colour(self) -> Colour:
        """That of the include, Color Specification triplet, else the descriptor's named colour, else that of
        the object."""
        if self.object.colour is not None:
            return self.object.colour
        specified = t.decode_triplet(self.descriptor.triplets, t.ColorSpecification)
        value = self.descriptor.colour
        if specified is not None:
            sizes = (specified.size_1, specified.size_2, specified.size_3, specified.size_4)
            colour = specified_colour(specified.space, sizes, specified.color, self._tell)
        elif value in OBJECT_DEFAULT:
            colour = BLACK
        else:
            colour = named_colour(value)
        if colour is None:
            self._report("EC-0500", "the colour of the bar code is not supported; black is used")
        return colour or BLACK

    def _module(self) -> float | None:
        mils = self.descriptor.module_width
        if mils == 0:
            self._report("EC-0600", "the module width is 0; the default is used")
        return mils * MIL if mils not in (0, bcoca.DEFAULT_8) else None

    def _desired_width(self) -> float | None:
        width = self.descriptor.symbol_width
        if width > 0x7FFF:
            self._report("EC-0610", f"the desired symbol width X'{width:04X}' is not valid; it is ignored")
            return None
        return width * self.unit or None

    def _height(self) -> float | None:
        height, multiplier = self.descriptor.element_height, self.descriptor.height_multiplier
        if height == bcoca.DEFAULT_16:
            return None
        if height == 0:
            self._report("EC-0700", "the element height is 0; the default is used")
            return None
        if multiplier == 0:
            self._report("EC-0800", "the height multiplier is 0; 1 is used")
        return height * max(multiplier, 1) * self.unit

    def _font(self, size: float) -> Font:
        """The font of the descriptor's local identifier, else the device's in this size."""
        local_id = self.descriptor.font_local_id
        if local_id != bcoca.DEFAULT_8:
            font = self.object.fonts.get(local_id)
            if font is not None:
                if font.rotation:
                    self._tell(
                        "bar-code-font-rotation",
                        f"Font {font.name} is mapped as turned by {font.rotation} degrees; the text of bar "
                        "codes stands upright, so its spacing may differ",
                        severity=Severity.SUBSTITUTED,
                    )
                return font
            self._report(
                "EC-0400",
                f"font X'{local_id:02X}' is not mapped; the default font is used",
                Severity.SUBSTITUTED,
            )
        return self.context.font_finder.default(size)

    def _check_extents(self, request: Request, symbol: Symbol, x: float, y: float) -> None:
        """What is wider than desired or beyond the presentation space is drawn all the same."""
        if request.desired_width and symbol.width > request.desired_width * 1.001:
            self._report("EC-0611", "the symbol's size is fixed and wider than the desired symbol width")
        descriptor = self.descriptor
        for extent, end, name in (
            (descriptor.x_extent, x + symbol.width, "wide"),
            (descriptor.y_extent, y + symbol.height, "high"),
        ):
            space = extent * self.unit
            if 0 < extent < bcoca.DEFAULT_16 and end > space + 1:
                end_in_space = f"a symbol ends at {end:.0f} points, its space is {space:.0f} points {name}"
                self._report("EC-1100", end_in_space)

    def _report(self, condition: str, message: str, severity: Severity = Severity.INFO) -> None:
        """A finding for an exception condition; "" is a limit of this program."""
        code = f"bar-code-{condition.lower()}" if condition else "bar-code-function-unsupported"
        told = f"Bar code: {message}" + (f" ({condition})" if condition else "")
        self._tell(code, told, severity=severity)


_MOST_OFFSET = 0x7FFF
_TEXT_SIZE = 10.0
_MOST_TEXT = 200
_LEAST_RATIO, _MOST_RATIO = 1.5, 5.0


def wide_to_narrow(value: int, report: Callable[[str, str], None]) -> float | None:
    """A wide-to-narrow ratio: decimal digits with the point behind the first. None is the default."""
    if value in (0, bcoca.DEFAULT_16):
        return None
    ratio = value / float(10 ** (len(str(value)) - 1))
    if not _LEAST_RATIO <= ratio <= _MOST_RATIO:
        report("EC-0900", f"the wide-to-narrow ratio {ratio:g} is not supported; the default is used")
        return None
    return ratio
