"""Fields of environment groups that must be there and are not: what is assumed instead is told.

The descriptors of images, graphics and bar codes are missed by those who draw them. Optional are the mapping
fields, all of an included object, and the group of a container (MO:DCA Chapter 4 "Data Objects").
"""

from __future__ import annotations

from afpcluster.afp import triplets as t
from afpcluster.afp.fields import CODES, FIELDS, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.findings import Findings, Severity
from afpcluster.interpret.environment import Environment

_OBD = CODES["OBD"]
_ASSUMED = {
    "OBD": ("its content says how large it is", Severity.SUBSTITUTED),
    "OBP": ("it lies at the origin of the page", Severity.SUBSTITUTED),
    "PTD": ("the units and the size of the page are used", Severity.INFO),
}
"""What is assumed where a field is missing, and what that may lose."""
_OF_AREAS = (
    (0x4B, "Measurement Units (X'4B'); those of the page are used", Severity.INFO),
    (0x4C, "Object Area Size (X'4C'); the content of the object says how large it is", Severity.SUBSTITUTED),
)
"""Triplets that an Object Area Descriptor must have."""


def report_missing_fields(begin: Record, records: list[Record] | None, findings: Findings) -> None:
    """Record what is missing of the environment group `records` of the object that `begin` begins; None is
    no group at all."""
    name = _name(begin.type)
    if records is None:
        report_missing(begin, "OBP", f"{name} has no Object Environment Group (BOG)", findings)
        return
    types = {record.type for record in records}
    wanted = ("OBD", "OBP", "PTD") if begin.type == CODES["BPT"] else ("OBD", "OBP")
    for field in wanted:
        if CODES[field] not in types and not (field == "PTD" and CODES["PTD1"] in types):
            report_missing(begin, field, f"{name} has no {FIELDS[CODES[field]].name} ({field})", findings)
    for record in records:
        if record.type == _OBD:
            for triplet, instead, severity in _OF_AREAS:
                if t.find_triplet(record.data, triplet) is None:
                    message = f"The Object Area Descriptor of {name} has no {instead}"
                    _report(record, "OBD", message, severity, findings)


def report_missing(begin: Record, field: str, problem: str, findings: Findings) -> None:
    """Record that a field of the environment group of the object or page that `begin` begins is missing."""
    assumed, severity = _ASSUMED[field]
    _report(begin, mnemonic(begin.type), f"{problem}; {assumed}", severity, findings)


def report_page_descriptor(begin: Record, environment: Environment, findings: Findings) -> None:
    """Record that the page or overlay that `begin` begins has no Page Descriptor."""
    if not environment.has_descriptor:
        what = "overlay" if begin.type == CODES["BMO"] else "page"
        findings.at(begin, spec="MO:DCA Chapter 4 Active Environment Group")(
            "page-descriptor-missing",
            f"The {what} has no usable Page Descriptor; 8.5 by 11 inches and 1440 units per inch are assumed",
            severity=Severity.INFO,
        )


def _report(place: Record, field: str, message: str, severity: Severity, findings: Findings) -> None:
    findings.at(place.offset, field, "MO:DCA Chapter 4 Data Objects")(
        "field-missing", message, severity=severity
    )


def _name(begin: int) -> str:
    """An object by what begins it, as "Image Object (BIM)"."""
    return f"{FIELDS[begin].name.removeprefix('Begin ')} ({mnemonic(begin)})"
