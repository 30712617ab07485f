"""What stands in an object and has no place there: nobody shows it, so it is told.

MO:DCA Chapter 4 "Data Objects": an object has an environment group and its own data, no other object and no
data of another kind; an environment group has structured fields only.
"""

from __future__ import annotations

from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.document.objects import ObjectNode
from afpcluster.findings import Findings, Severity
from afpcluster.interpret.unapplied import SHOWN, report_field

_BAG, _BOG = CODES["BAG"], CODES["BOG"]
_FIELDS = {
    CODES[begin]: frozenset(CODES[name] for name in ("NOP", *names.split()))
    for begin, names in {
        "BPT": "PTX PTD PTD1",
        "BIM": "IPD IDD",
        "BGR": "GAD GDD",
        "BBC": "BDA BDD",
        "BOC": "OCD CDD",
        "BII": "IOC IID ICP IRD",
    }.items()
}
"""The structured fields directly in an object, by what begins it."""

_ONCE = {CODES[name]: name for name in ("OBD", "OBP", "PGD", "PTD", "IDD", "GDD", "BDD", "CDD")} | {
    CODES["PTD1"]: "PTD",
    **{CODES[name]: name for name in ("MIO", "MGO", "MBC", "MCD", "MPT")},
}
"""Fields of environment groups that may be there once: what each is."""

DESCRIPTORS = {
    CODES[begin]: CODES[name]
    for begin, name in (("BIM", "IDD"), ("BGR", "GDD"), ("BBC", "BDD"), ("BOC", "CDD"))
}
"""The descriptor of an object's data, by what begins it."""


def report_misplaced(node: ObjectNode, findings: Findings) -> None:
    """Record what stands in an object, or in its environment group, and is not shown there."""
    expected = _FIELDS[node.type]
    grouped = False
    for item in node.content:
        if isinstance(item, Record):
            if item.type not in expected:
                report_field(item, findings)
        elif item.type == _BOG and not grouped:
            grouped = True
            report_objects_in_group(item, findings)
            _report_other_descriptors(item, DESCRIPTORS.get(node.type), findings)
        else:
            _report(item, node, findings)


def report_objects_in_group(group: ObjectNode, findings: Findings) -> None:
    """Record the objects in an environment group, which has structured fields only, those that are there
    again, and in that of an object the fields that would show something."""
    seen: set[str] = set()
    for item in group.content:
        if isinstance(item, ObjectNode):
            _report(item, group, findings)
        elif (once := _ONCE.get(item.type)) is not None:
            if once in seen:
                findings.at(item, spec="MO:DCA Chapter 4")(
                    "field-twice",
                    f"{once} is there more than once in what {mnemonic(group.type)} begins; the last is used",
                    severity=Severity.SUBSTITUTED,
                )
            seen.add(once)
        elif group.type == _BOG and item.type in SHOWN:
            report_field(item, findings)


def _report_other_descriptors(group: ObjectNode, own: int | None, findings: Findings) -> None:
    """Record the descriptors of other objects' data in an environment group."""
    for other in group.all(*DESCRIPTORS.values()):
        if other.type != own:
            report_field(other, findings)


def _report(item: ObjectNode, around: ObjectNode, findings: Findings) -> None:
    findings.at(item.begin, spec="MO:DCA Chapter 4 Data Objects")(
        "object-unexpected",
        f"{mnemonic(item.type)} has no place in what {mnemonic(around.type)} begins and was skipped",
    )
