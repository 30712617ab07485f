"""Object areas: where the content of a data object goes on the page.

From the object environment group (OBD, OBP, MIO/MGO/MBC/MCD/MPT) and, over it, the Include Object that
brought the object. MO:DCA "Object Area Descriptor (OBD)", "Object Area Position (OBP)", "Include Object".
"""

from __future__ import annotations

from afpcluster.afp import modca
from afpcluster.afp import triplets as t
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.afp.modca import USE_OBJECT_OFFSET, USE_OBJECT_ORIENTATION, degrees
from afpcluster.afp.units import check_extents, read_units
from afpcluster.display.geometry import Matrix, turned_at
from afpcluster.findings import Findings, Reporter, Severity
from afpcluster.interpret.context import ObjectArea
from afpcluster.interpret.environment import Environment
from afpcluster.interpret.mixing import Mixing, overridden, read_mixing
from afpcluster.interpret.unapplied import report_unapplied
from afpcluster.light import dataclass

QUARTER_TURN = modca.orientation(90)
_MAPPINGS = {
    CODES["BGR"]: (0x00, 0x10, 0x20, 0x30, 0x60),
    CODES["BBC"]: (0x00,),
    CODES["BPT"]: (0x00,),
}
"""The mapping options of objects, by what begins them (MO:DCA "Mapping Option Triplet X'04'")."""

_REFERENCES = (0, 1, 5)
"""Reference coordinate systems of areas: of the page segment, of the page, and a retired value for that."""

_MAPS = tuple(CODES[name] for name in ("MIO", "MGO", "MBC", "MCD", "MPT"))


@dataclass(slots=True)
class PlacedArea:
    """An object area and the matrix that puts it on the page; `relative` when the origin counts from
    the Include Page Segment (OBP reference coordinate system 0)."""

    area: ObjectArea
    matrix: Matrix
    mixing: Mixing
    relative: bool = False


def read_area(
    records: list[Record],
    page: Environment,
    include: modca.IncludeObject | None,
    findings: Findings,
    begin: Record | None = None,
) -> PlacedArea:
    """The area that the environment group `records` and an include describe, in the units of `page`, for the
    object that `begin` begins."""
    area = ObjectArea(0.0, 0.0)
    x = y = x_content = y_content = 0
    orientation, y_orientation, relative = (
        0,
        QUARTER_TURN,
        True,
    )  # without position: at the origin of what it is in
    descriptor: Record | None = None
    area_units = (page.x_unit, page.y_unit)
    for record in records:
        try:
            if record.type == CODES["OBD"]:
                area_units = _descriptor(record.data, area, area_units, findings.at(record))
                descriptor = record
                report_unapplied(record.data, record, findings)
            elif record.type == CODES["OBP"]:
                position = modca.ObjectAreaPosition.decode(record.data)
                x, y, orientation = position.x_origin, position.y_origin, position.x_orientation
                x_content, y_content = position.x_content, position.y_content
                relative = position.reference == 0
                y_orientation = position.y_orientation
                _report_position(position, findings.at(record, spec='MO:DCA "Object Area Position (OBP)"'))
            elif record.type in _MAPS:
                _mapping(record.data, area)
        except DecodeError as error:
            name = mnemonic(record.type)
            findings.at(record.offset, name)("field-short", f"{name}: {error}")
    area.content_x, area.content_y = x_content * area_units[0], y_content * area_units[1]
    if include is not None:
        report = findings.at(begin.offset if begin else None, "IOB")
        x_unit, y_unit = _descriptor(include.triplets, area, area_units, report)
        option = t.decode_triplet(include.triplets, t.MappingOptionTriplet)
        area.mapping = option.option if option else area.mapping
        x = x if include.x_origin == USE_OBJECT_OFFSET else include.x_origin
        y = y if include.y_origin == USE_OBJECT_OFFSET else include.y_origin
        if include.x_orientation != USE_OBJECT_ORIENTATION:
            orientation, y_orientation = include.x_orientation, include.y_orientation
        if include.x_content != USE_OBJECT_OFFSET:
            area.content_x = include.x_content * x_unit
        if include.y_content != USE_OBJECT_OFFSET:
            area.content_y = include.y_content * y_unit
        relative = relative and include.x_origin == USE_OBJECT_OFFSET  # in a page segment
        if not area.width and not area.height:  # "Include Object (IOB)", Object Area Size X'4C'
            area.width, area.height = page.width, page.height
    _report_mapping(area.mapping, begin, findings)
    turn = read_turn(
        orientation, y_orientation, findings.at(begin, spec='MO:DCA "Object Area Position (OBP)"')
    )
    matrix = turned_at(turn, x * page.x_unit, y * page.y_unit)
    triplets = overridden(
        descriptor.data if descriptor else b"", include.triplets if include is not None else b""
    )
    mixing = read_mixing(triplets, findings, descriptor.offset if descriptor else None, "OBD")
    return PlacedArea(area, matrix, mixing, relative)


def _report_position(position: modca.ObjectAreaPosition, report: Reporter) -> None:
    """Record what an Object Area Position asks for by values that it does not have."""
    if position.x_content_orientation:
        turn = degrees(position.x_content_orientation)
        told = f"Object content is to be turned by {turn:g} degrees in its area, which cannot be; it is not"
        report("orientation-bad", told, severity=Severity.SUBSTITUTED)
    elif position.y_content_orientation != QUARTER_TURN:
        turn = degrees(position.y_content_orientation)
        told = f"The Y axis of object content is to lie {turn:g} degrees from its X axis; 90 are used"
        report("orientation-bad", told, severity=Severity.SUBSTITUTED)
    if position.reference not in _REFERENCES:
        told = (
            f"Reference coordinate system X'{position.reference:02X}' is reserved; that of the page is used"
        )
        report("reference-bad", told, severity=Severity.SUBSTITUTED)


def read_turn(x_orientation: int, y_orientation: int, report: Reporter) -> float:
    """Degrees by which an object area is turned, from the orientations of its axes. A Y axis that does not
    lie 90 degrees from the X axis is told."""
    turn = degrees(x_orientation)
    between = (degrees(y_orientation) - turn) % 360
    if between != 90:
        mirrored = ", which mirrors it" if between == 270 else ""
        report(
            "orientation-bad",
            f"The Y axis of an object area lies {between:g} degrees from its X axis{mirrored}; 90 are used",
            severity=Severity.SUBSTITUTED,
        )
    return turn


def _report_mapping(option: int | None, begin: Record | None, findings: Findings) -> None:
    """Record a mapping option that is not one for the object (images and containers say so themselves)."""
    known = _MAPPINGS.get(begin.type) if begin is not None and option is not None else None
    if known is not None and option not in known:
        findings.at(begin, spec="MO:DCA Mapping Option Triplet X'04'")(
            "mapping-unsupported",
            f"Mapping option X'{option:02X}' is not one for {mnemonic(begin.type) if begin else ''}; "
            "position is used",
        )


def _descriptor(
    triplets: bytes, area: ObjectArea, units: tuple[float, float], report: Reporter
) -> tuple[float, float]:
    """Take units and size from the triplets of an OBD or IOB; the units in force after them."""
    measure = t.decode_triplet(triplets, t.MeasurementUnits)
    if measure is not None:
        units = read_units(measure, report)
    size = t.decode_triplet(triplets, t.ObjectAreaSize)
    if size is not None:
        check_extents(size.x_size, size.y_size, "the content of the object says how large it is", report)
        area.width, area.height = size.x_size * units[0], size.y_size * units[1]
    return units


def _mapping(data: bytes, area: ObjectArea) -> None:
    for group in modca.MapObject.decode(data).groups:
        option = t.decode_triplet(group.triplets, t.MappingOptionTriplet)
        if option is not None:
            area.mapping = option.option
