"""The axes that objects were placed along before their page was line data no more (triplet X'27').

A page made of line data keeps the text coordinate system that an object was included in: its origin is one of
the page's corners. Objects that count from it stand on the page itself or in a page segment that it includes;
the triplet plays no part on objects of resources. MO:DCA Appendix C "Line Data Object Position Migration
Triplet X'27'", Table 45.
"""

from __future__ import annotations

from afpcluster.afp import triplets as t
from afpcluster.display.geometry import IDENTITY, Matrix, turned_at
from afpcluster.findings import Reporter, Severity

_SPEC = "MO:DCA Line Data Object Position Migration Triplet X'27'"


def line_data_axes(triplets: bytes, width: float, height: float, report: Reporter) -> Matrix:
    """From the axes that the triplets of a Begin field or Include Page Segment name to those of a page of
    this size in points; IDENTITY where they name none."""
    found = t.decode_triplet(triplets, t.LineDataObjectPosition)
    if found is None or found.axes == 0:
        return IDENTITY
    corners = {1: (0.0, height), 2: (width, height), 3: (width, 0.0)}
    if found.axes not in corners:
        told = f"Axes X'{found.axes:02X}' of an object from line data are reserved; the page's are used"
        report("reference-bad", told, _SPEC, severity=Severity.SUBSTITUTED)
        return IDENTITY
    return turned_at(-90 * found.axes, *corners[found.axes])


def directions(axes: Matrix) -> Matrix:
    """The axes with the origin where it was: for what counts from the origin of a page segment."""
    return axes._replace(e=0.0, f=0.0)
