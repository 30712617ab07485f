"""What stands in an object and has no place there: nobody shows it, so it is told.

MO:DCA Chapter 4 "Data Objects": an object has an environment group and its own data, no other object and no
data of another kind; an environment group has structured fields only.
"""

from __future__ import annotations

from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.document.objects import ObjectNode
from afpcluster.findings import Findings
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
        else:
            _report(item, node, findings)


def report_objects_in_group(group: ObjectNode, findings: Findings) -> None:
    """Record the objects in an environment group, which has structured fields only, and in that of an object
    the fields that would show something."""
    for item in group.content:
        if isinstance(item, ObjectNode):
            _report(item, group, findings)
        elif group.type == _BOG and item.type in SHOWN:
            report_field(item, findings)


def _report(item: ObjectNode, around: ObjectNode, findings: Findings) -> None:
    findings.at(item.begin, spec="MO:DCA Chapter 4 Data Objects")(
        "object-unexpected",
        f"{mnemonic(item.type)} has no place in what {mnemonic(around.type)} begins and was skipped",
    )
