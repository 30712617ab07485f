"""Units of measure: so many L-units to a unit base of 10 inches or 10 centimetres.

Every unit and extent that a file gives is read here, so that one that is not possible is told: `units-bad`.
MO:DCA Chapter 3 "Measurement"; the other architectures have the same ranges.
"""

from __future__ import annotations

from typing import Protocol

from afpcluster.findings import Reporter, Severity

POINTS_PER_BASE = {0: 720.0, 1: 7200.0 / 25.4}
"""Points in a unit base: 10 inches or 10 centimetres."""

MOST = 0x7FFF
"""The most units to a unit base, and the largest extent."""

_ASSUMED = 0.05  # points: 1/1440 inch
_CODE = "units-bad"
_INSTEAD = "1440 to the inch are used"
_SPEC = "MO:DCA Chapter 3 Measurement"


class Measured(Protocol):
    """What has units: a descriptor or triplet."""

    x_base: int
    y_base: int
    x_units: int
    y_units: int


def points_per_unit(base: int, units: int) -> float:
    """Points per L-unit; what is not possible (0 units, a reserved base) counts as 1440 per inch."""
    if units == 0 or base not in POINTS_PER_BASE:
        return _ASSUMED
    return POINTS_PER_BASE[base] / units


def read_units(measured: Measured, report: Reporter, code: str = _CODE) -> tuple[float, float]:
    """Points per L-unit in x and y, as `points_per_unit` has them; what is not possible is told."""
    return (
        read_unit(measured.x_base, measured.x_units, "X", report, code),
        read_unit(measured.y_base, measured.y_units, "Y", report, code),
    )


def read_unit(
    base: int, units: int, axis: str, report: Reporter, code: str = _CODE, instead: str = _INSTEAD
) -> float:
    """Points per L-unit of one axis, as `read_units`; `instead` says what the caller uses for 0 units."""
    if base not in POINTS_PER_BASE or not 1 <= units <= MOST:
        usable = base in POINTS_PER_BASE and units
        told = f"{report.field}: {units} {axis} units to the unit base X'{base:02X}' are not possible"
        report(
            code,
            f"{told}; {'used as they are' if usable else instead}",
            _SPEC,
            severity=Severity.INFO if usable else Severity.SUBSTITUTED,
        )
    return points_per_unit(base, units)


def check_extents(x_size: int, y_size: int, instead: str, report: Reporter) -> None:
    """Tell an extent that is not possible; `instead` says what is used where it is 0."""
    for axis, size in (("X", x_size), ("Y", y_size)):
        if not 1 <= size <= MOST:
            used = "it is used as it is" if size else instead
            severity = Severity.INFO if size else Severity.SUBSTITUTED
            told = f"{report.field}: an {axis} extent of {size} units is not possible; {used}"
            report(_CODE, told, _SPEC, severity=severity)
