"""GOCA drawing orders: rows, and the walk over segments and the orders in them.

An order is a row (code, mnemonic, name, operands). Operands are written `name:format` with the letters
of `struct`, in brackets where they may be missing, and at most one tail: `points*` (pairs of 16-bit
coordinates), `offsets*` (pairs of 8-bit ones), `pairs*` (pairs of 8.8 fixed-point lengths) or `data*`.
The code says how long an order is (AFP GOCA "Order Formats"). Nothing here draws or judges a value.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from afpcluster.afp.declare import U8, U16, Bytes4, Structure, structure
from afpcluster.light import dataclass

SPEC = "AFP GOCA"
EXTENDED = 0xFE
_BEGIN_SEGMENT = b"\x70\x0c"  # its code and the length of its parameters
_END_SEGMENT = b"\x71"  # by some producers, a no-operation

_UNCHAINED, _APPEND = 0x80, 0x06

Points = list[tuple[int, int]]


class OrderError(ValueError):
    """The operands are shorter than the order needs, or end in the middle of a coordinate."""


@dataclass(frozen=True, slots=True)
class Order:
    """One row. `names` are those of all operands, `optional` the formats of those that may be missing."""

    code: int
    mnemonic: str
    name: str
    names: tuple[str, ...]
    required: struct.Struct
    optional: tuple[struct.Struct, ...]
    tail: str | None

    @property
    def longest(self) -> int:
        """Bytes of operands that it can have."""
        return 0xFFFF if self.tail else sum(shape.size for shape in (self.required, *self.optional))

    def decode(self, data: bytes) -> tuple[Any, ...]:
        """The operands by position: required ones, optional ones as far as they are there, the tail.

        Raises OrderError where `data` is too short or the tail ends in the middle of a pair.
        """
        at = self.required.size
        if len(data) < at:
            raise OrderError(f"needs {at} bytes of operands and has {len(data)}")
        values: tuple[Any, ...] = self.required.unpack_from(data)
        if self.tail:
            return (*values, _TAILS[self.tail][0](data[at:]))
        for shape in self.optional:
            if len(data) < at + shape.size:
                break
            values += shape.unpack_from(data, at)
            at += shape.size
        return values

    def encode(self, *operands: Any) -> bytes:
        """The order as it stands in a segment, from operands as `decode` gives them."""
        rest = list(operands)
        data = b""
        for shape in (self.required, *self.optional):
            count = len(shape.unpack(bytes(shape.size)))
            if shape is self.required or len(rest) >= count > 0:
                data += shape.pack(*rest[:count])
                del rest[:count]
        if self.tail:
            data += _TAILS[self.tail][1](rest[0])
        if self.code > 0xFF:
            return self.code.to_bytes(2, "big") + len(data).to_bytes(2, "big") + data
        head = bytes((self.code,))
        if not self.code:
            return head
        return head + (data if has_fixed_length(self.code) else bytes((len(data),)) + data)


def _pairs(letter: str) -> tuple[Any, Any]:
    pair = struct.Struct(f">2{letter}")

    def decode(data: bytes) -> list[tuple[int, int]]:
        if len(data) % pair.size:
            raise OrderError(f"has {len(data)} bytes of pairs, no multiple of {pair.size}")
        return list(pair.iter_unpack(data))

    def encode(pairs: list[tuple[int, int]]) -> bytes:
        return b"".join([pair.pack(*values) for values in pairs])

    return decode, encode


_TAILS: dict[str | None, tuple[Any, Any]] = {
    "points": _pairs("h"),
    "offsets": _pairs("b"),
    "pairs": _pairs("H"),
    "data": (bytes, bytes),
}

_ROWS = """
00   GNOP1   no_operation
01   GCOMT   comment                          data*
04   GSGCH   segment_characteristics          data*
08   GSPS    set_pattern_set                  set:B
0A   GSCOL   set_colour                       colour:B
0C   GSMX    set_mix                          mode:B
0D   GSBMX   set_background_mix               mode:B
11   GSFLW   set_fractional_line_width        multiplier:H
18   GSLT    set_line_type                    type:B
19   GSLW    set_line_width                   multiplier:B
1A   GSLE    set_line_end                     end:B
1B   GSLJ    set_line_join                    join:B
20   GSCLT   set_custom_line_type             pairs*
21   GSCP    set_current_position             x:h y:h
22   GSAP    set_arc_parameters               p:h q:h r:h s:h
26   GSECOL  set_extended_colour              colour:H
28   GSPT    set_pattern_symbol               symbol:B
29   GSMT    set_marker_symbol                symbol:B
33   GSCC    set_character_cell               width:h height:h [width_fraction:H height_fraction:H]
34   GSCA    set_character_angle              x:h y:h
35   GSCH    set_character_shear              x:h y:h
37   GSMC    set_marker_cell                  width:h height:h [flags:H]
38   GSCS    set_character_set                set:B
39   GSCR    set_character_precision          precision:B
3A   GSCD    set_character_direction          direction:B
3B   GSMP    set_marker_precision             precision:B
3C   GSMS    set_marker_set                   set:B
3E   GEPROL  end_prolog                       reserved:B
43   GSPIK   set_pick_identifier              data*
5E   GECP    end_custom_pattern               reserved:B
60   GEAR    end_area                         data*
68   GBAR    begin_area                       flags:B
71   -       end_segment                      data*
80   GCBOX   box_at_current_position          reserved:H x:h y:h [h_axis:H] [v_axis:H]
81   GCLINE  line_at_current_position         points*
82   GCMRK   marker_at_current_position       points*
83   GCCHST  character_string_at_current_position  data*
85   GCFLT   fillet_at_current_position       points*
87   GCFARC  full_arc_at_current_position     multiplier:H
91   GCBIMG  begin_image_at_current_position  format:B reserved:B width:H height:H
92   GIMD    image_data                       data*
93   GEIMG   end_image                        data*
A0   GSPRP   set_pattern_reference_point      flags:B reserved:B x:h y:h
A1   GCRLINE relative_line_at_current_position  offsets*
A3   GCPARC  partial_arc_at_current_position  x:h y:h multiplier:H start:i sweep:i
A5   GCCBEZ  cubic_bezier_curve_at_current_position  points*
B2   GSPCOL  set_process_colour               data*
C0   GBOX    box_at_given_position            reserved:H x0:h y0:h x:h y:h [h_axis:H] [v_axis:H]
C1   GLINE   line_at_given_position           x0:h y0:h points*
C2   GMRK    marker_at_given_position         x0:h y0:h points*
C3   GCHST   character_string_at_given_position  x0:h y0:h data*
C5   GFLT    fillet_at_given_position         x0:h y0:h points*
C7   GFARC   full_arc_at_given_position       x0:h y0:h multiplier:H
D1   GBIMG   begin_image_at_given_position    x0:h y0:h format:B reserved:B width:H height:H
DE   GBCP    begin_custom_pattern  reserved:H flags:B set:B symbol:B left:h right:h bottom:h top:h
DF   GDPT    delete_pattern                   reserved:H set:B [symbol:B]
E1   GRLINE  relative_line_at_given_position  x0:h y0:h offsets*
E3   GPARC   partial_arc_at_given_position    x0:h y0:h x:h y:h multiplier:H start:i sweep:i
E5   GCBEZ   cubic_bezier_curve_at_given_position  x0:h y0:h points*
FEDC GLGD    linear_gradient   reserved:H set:B symbol:B x0:h y0:h x1:h y1:h data*
FEDD GRGD    radial_gradient   reserved:H set:B symbol:B x0:h y0:h multiplier0:H x1:h y1:h multiplier1:H data*
"""


def _orders() -> dict[int, Order]:
    found = {}
    for row in _ROWS.strip().splitlines():
        code, mnemonic, name, *operands = row.split()
        tail = operands.pop()[:-1] if operands and operands[-1].endswith("*") else None
        shapes: list[str] = [""]
        names: list[str] = []
        for operand in operands:
            label, _, letter = operand.strip("[]").partition(":")
            names.append(label)
            if operand.startswith("["):
                shapes.append("")
            shapes[-1] += letter
        structs = [struct.Struct(">" + shape) for shape in shapes]
        names += [tail] if tail else []
        found[int(code, 16)] = Order(
            int(code, 16), mnemonic, name, tuple(names), structs[0], tuple(structs[1:]), tail
        )
    return found


ORDERS = _orders()
"""Every drawing order by code; those of the extended format by X'FE' and qualifier (X'FEDC')."""

ORDERS_BY_NAME = {order.name: order for order in ORDERS.values()}


def has_fixed_length(code: int) -> bool:
    """Whether an order has no length byte: two bytes in all (X'00', of one byte, not counted)."""
    return code & 0x88 == 0x08


def orders(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(code, operand data) of every order of a segment; no-operations of one byte are left out.

    Raises OrderError where the data ends in the middle of an order.
    """
    at, end = 0, len(data)
    while at < end:
        code = data[at]
        at += 1
        if code == 0:
            continue
        if has_fixed_length(code):
            length = 1
        elif code == EXTENDED:
            code = code << 8 | (data[at] if at < end else 0)
            length = int.from_bytes(data[at + 1 : at + 3], "big")
            at += 3
        else:
            length = data[at] if at < end else 1
            at += 1
        if at + length > end:
            raise OrderError(f"X'{code:02X}' says {length} bytes of operands, {max(end - at, 0)} are left")
        yield code, data[at : at + length]
        at += length


@structure("AFP GOCA Begin Segment Command")
class BeginSegment(Structure):
    """The parameters of Begin Segment, behind its code and length."""

    name: Bytes4
    flag1: U8
    flag2: U8
    length: U16  # of the segment data that follows
    related: Bytes4 = b"\0\0\0\0"

    @property
    def is_chained(self) -> bool:
        return not self.flag2 & _UNCHAINED

    @property
    def is_appended(self) -> bool:
        return self.flag2 & _APPEND == _APPEND


@dataclass(slots=True)
class Segment:
    """A chained segment with everything appended to it; `at` is its position in the graphics data."""

    at: int
    pieces: list[bytes]

    @property
    def data(self) -> bytes:
        """Its drawing orders."""
        return b"".join(self.pieces)


class SegmentProblem(NamedTuple):
    """What is wrong with the graphics data at position `at`."""

    at: int
    message: str


def segments(data: bytes) -> tuple[list[Segment], list[SegmentProblem]]:
    """The chained segments of graphics data, appended ones joined; unchained ones are left out.

    Data that no segment's length covers (a producer's wrong length) goes with the segment before it.
    """
    found: list[Segment] = []
    problems: list[SegmentProblem] = []
    skipping = False
    at, end = 0, len(data)
    while at < end:
        if data[at : at + 2] == _BEGIN_SEGMENT and at + 14 <= end:
            begin = BeginSegment.decode(data[at + 2 : at + 14])
            start, at = at, at + 14
            piece = data[at : at + begin.length]
            if len(piece) < begin.length:
                message = f"A segment says {begin.length} bytes, {len(piece)} are left; they were used"
                problems.append(SegmentProblem(start, message))
            at += len(piece)
            if begin.flag2 & _APPEND not in (0, _APPEND):
                problems.append(SegmentProblem(start, "A segment is neither new nor appended: new"))
            skipping = not begin.is_chained or (begin.is_appended and skipping)
            if skipping:
                continue
            if begin.is_appended and found:
                found[-1].pieces.append(piece)
            else:
                found.append(Segment(start, [piece]))
            continue
        stop = data.find(_BEGIN_SEGMENT, at + 1)
        piece = data[at : stop if stop >= 0 else end]
        if piece.strip(b"\0") not in (b"", _END_SEGMENT) and not skipping:
            problems.append(SegmentProblem(at, "Drawing orders outside of any segment were drawn as well"))
            if found:
                found[-1].pieces.append(piece)
            else:
                found.append(Segment(at, [piece]))
        at += len(piece)
    return found, problems


def encode_segment(orders: bytes, *, chained: bool = True) -> bytes:
    """Begin Segment commands with these drawing orders: one, and appended ones where that is too short."""
    pieces = [orders[at : at + 0xFFFF] for at in range(0, len(orders), 0xFFFF)] or [b""]
    flags = 0 if chained else _UNCHAINED
    encoded = []
    for number, piece in enumerate(pieces):
        append = _APPEND if number else 0
        begin = BeginSegment(b"\0\0\0\0", 0, flags | append, len(piece))
        encoded += [_BEGIN_SEGMENT, begin.encode(), piece]
    return b"".join(encoded)
