"""Structured fields that have no place where they stand, outside of pages: nobody reads them, so it is told.

MO:DCA Chapter 4: "Form Map Object", "Medium Map", "External Resource Groups", "Document".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Set

from afpcluster.afp.fields import (
    BETWEEN_PAGES,
    CODES,
    DATA,
    END,
    FIELDS,
    IN_MEDIUM_MAPS,
    INCLUDES,
    LINE_DATA_FIELDS,
    MEDIUM_CONTROLS,
    mnemonic,
)
from afpcluster.afp.framing import Record
from afpcluster.document.objects import ObjectNode
from afpcluster.findings import Findings, Reporter, Severity

_METADATA = CODES["BOC"]  # (MO Type): what is said about an object, not shown


def report_line_data(type_: int, report: Reporter) -> None:
    """Record a field that lays out line data."""
    title = f"{LINE_DATA_FIELDS[type_].name} ({mnemonic(type_)})"
    message = f"{title} lays out line data, which is not shown, and plays no part for pages"
    report("field-not-applied", message, "Line Data Reference", severity=Severity.INFO)


def report_between(type_: int, report: Reporter) -> None:
    """Record a field between pages or resources that plays no part there; `report` knows its place."""
    if type_ not in BETWEEN_PAGES:
        _report(type_, report, "outside of pages")


def report_in_form_map(form_map: ObjectNode, findings: Findings) -> None:
    """Record what stands in a form map beside its document environment group and medium maps, and in that
    group."""
    group = form_map.child(CODES["BDG"])
    used = [item for item in form_map.content if item is group or _begins(item, "BMM")]
    report_beside(used, form_map.content, "in a form map", findings)
    if group is not None:
        report_in_medium_map(group, findings)


def report_in_medium_map(medium_map: ObjectNode, findings: Findings) -> None:
    """Record what stands in a medium map, or in the environment group for all of them, and is not of it."""
    _report_others(medium_map.content, IN_MEDIUM_MAPS, "in a medium map", findings)


def report_beside(
    used: Collection[Record | ObjectNode],
    content: Iterable[Record | ObjectNode],
    where: str,
    findings: Findings,
) -> None:
    """Record what of the `content` of a resource or form map is none of what is `used` of it."""
    known = {id(item) for item in used}
    _report_others([item for item in content if id(item) not in known], {CODES["NOP"]}, where, findings)


def _begins(item: Record | ObjectNode, name: str) -> bool:
    return isinstance(item, ObjectNode) and item.type == CODES[name]


def _report_others(
    content: Iterable[Record | ObjectNode], expected: Set[int], where: str, findings: Findings
) -> None:
    for item in content:
        if isinstance(item, Record):
            if item.type not in expected:
                _report(item.type, findings.at(item, spec="MO:DCA Chapter 4"), where)
        elif item.type == CODES["BFG"]:  # old producers put the fields of a medium map into one
            _report_others(item.content, expected, where, findings)
        elif item.type != _METADATA:
            findings.at(item.begin, spec="MO:DCA Chapter 4")(
                "object-unexpected",
                f"{mnemonic(item.type)} has no place {where}; it and all up to its end were skipped",
            )


def _report(type_: int, report: Reporter, where: str) -> None:
    name = mnemonic(type_)
    if type_ in LINE_DATA_FIELDS:
        report_line_data(type_, report)
    elif type_ not in FIELDS:
        message = f"Structured field {name} is unknown and was skipped"
        report("field-unknown", message, severity=Severity.INFO)
    elif type_ in DATA | INCLUDES:
        report("object-outside-page", f"{name} stands {where} and is shown on no page")
    elif type_ & 0xFFFF00 == END:
        report("end-without-begin", f"{name} ends nothing that was begun", severity=Severity.INFO)
    else:
        severity = Severity.SKIPPED if type_ in MEDIUM_CONTROLS else Severity.INFO
        report("field-not-applied", f"{name} stands {where} and plays no part there", severity=severity)
