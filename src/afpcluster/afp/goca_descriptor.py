"""The Graphics Data Descriptor: window, resolution and drawing defaults of a graphics object.

It is a list of self-identifying parameters (code, length, data). Set Current Defaults sets items by a
mask: which ones, how long they are and what they mean is one table. AFP GOCA "Graphics Data Descriptor
(GDD) in the MO:DCA Environment", "Set Current Defaults (SCD) Instruction".
"""

from __future__ import annotations

from collections.abc import Iterator

from afpcluster.afp.declare import S16, U8, U16, Rest, Structure, structure
from afpcluster.afp.goca import OrderError

WINDOW_SPECIFICATION = 0xF6
DRAWING_ORDER_SUBSET = 0xF7
SET_CURRENT_DEFAULTS = 0x21


@structure("AFP GOCA Window Specification (Mandatory)")
class WindowSpecification(Structure):
    """What the Graphics Data Descriptor says of the window; coordinates are in GPS units, y upwards."""

    flags: U8
    reserved: U8
    format: U8
    unit_base: U8  # 0: ten inches, 1: ten centimetres
    x_units: U16  # GPS units per unit base
    y_units: U16
    image_resolution: U16  # image points per unit base, 0: not given
    left: S16
    right: S16
    bottom: S16
    top: S16

    @property
    def image_points_per_inch(self) -> tuple[float, float] | None:
        """Resolution of images in x and y; None where it is the device's."""
        if self.flags & 0x10 and self.image_resolution:
            per_inch = self.image_resolution / 10 if self.unit_base == 0 else self.image_resolution * 0.254
            return (per_inch, per_inch)
        return (120.0, 144.0) if self.flags & 0x18 == 0x08 else None


@structure("AFP GOCA Set Current Defaults (SCD) Instruction")
class SetCurrentDefaults(Structure):
    """The instruction behind its code and length; `data` holds the items that `mask` names."""

    set: U8
    mask: U16
    flags: U8
    data: Rest

    @property
    def sets_standard(self) -> bool:
        """Whether the items become their standard defaults, so that no data is there."""
        return not self.flags & 0x80


def descriptor_parameters(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(code, data) of the self-identifying parameters of a Graphics Data Descriptor, as far as they are
    whole (AFP GOCA "Graphics Data Descriptor (GDD) in the MO:DCA Environment")."""
    at = 0
    while at + 2 <= len(data) and at + 2 + data[at + 1] <= len(data):
        yield data[at], data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]


def encode_parameter(code: int, data: bytes) -> bytes:
    """A self-identifying parameter."""
    return bytes((code, len(data))) + data


_DEFAULT_ITEMS = """
00 0  2 set_extended_colour
00 2  1 set_mix
00 3  1 set_background_mix
01 0  1 set_line_type
01 1  1 set_line_width
01 2  1 set_line_end
01 3  1 set_line_join
02 0  4 set_character_angle
02 1  4 set_character_cell
02 2  1 set_character_direction
02 3  1 set_character_precision
02 4  1 set_character_set
02 5  4 set_character_shear
03 1  4 set_marker_cell
03 3  1 set_marker_precision
03 4  1 set_marker_set
03 7  1 set_marker_symbol
04 4  1 set_pattern_set
04 7  1 set_pattern_symbol
04 11 4 pattern_reference_point
0B 0  2 arc_p
0B 1  2 arc_q
0B 2  2 arc_r
0B 3  2 arc_s
10 0  1 set_mix
10 1  1 set_background_mix
10 2  - set_process_colour
11 0  2 normal_line_width
"""


def _default_items() -> dict[tuple[int, int], tuple[str, int | None]]:
    found = {}
    for row in _DEFAULT_ITEMS.strip().splitlines():
        set_, bit, size, name = row.split()
        found[int(set_, 16), int(bit)] = (name, None if size == "-" else int(size))
    return found


DEFAULT_ITEMS = _default_items()
"""(attribute set, mask bit) -> (what it sets, bytes of data; None: all that are left). Names of orders
mean that the data is that order's operands."""


_STANDARD = {
    "arc_p": b"\0\1",
    "arc_q": b"\0\1",
    "normal_line_width": b"",  # none
    "set_process_colour": b"\0\x40\0\0\0\0\x10\0\0\0\xff\x07",  # the device's
}
"""Standard defaults that are not zeros, which is what stands for them everywhere else."""


def default_items(instruction: SetCurrentDefaults) -> Iterator[tuple[str, bytes]]:
    """(name, data) of the items an instruction sets. Raises OrderError at a reserved item, whose length
    nobody knows, and where data is missing."""
    data = instruction.data
    for bit in range(16):
        if not instruction.mask & 0x8000 >> bit:
            continue
        item = DEFAULT_ITEMS.get((instruction.set, bit))
        if item is None:
            raise OrderError(f"sets reserved item {bit} of attribute set X'{instruction.set:02X}'")
        name, size = item
        if instruction.sets_standard:
            yield name, _STANDARD.get(name, bytes(size or 0))
            continue
        size = len(data) if size is None else size
        if size > len(data):
            raise OrderError(f"has {len(data)} bytes for {name}, which takes {size}")
        yield name, data[:size]
        data = data[size:]
