"""Begin/End nesting: from a flat list of records to objects with their contents.

MO:DCA Chapter 3 "MO:DCA Data Stream States". Where an End is missing, an environment group or object ends
where something stands that it cannot have, anything else with its parent; an End without Begin is dropped
with a finding. Depth is limited, so that damaged files cannot exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import pairwise

from afpcluster.afp.fields import BEGIN, CODES, DATA, END, INCLUDES, end_of, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.afp.triplet_lengths import may_hide, report_triplets
from afpcluster.document.end_names import report_other_name
from afpcluster.findings import Findings, Severity
from afpcluster.light import dataclass

MAX_DEPTH = 64
_GROUPS = frozenset(CODES[name] for name in ("BAG", "BOG"))
_OBJECTS = frozenset(CODES[name] for name in ("BPT", "BGR", "BIM", "BBC", "BOC", "BII"))
_OF_PAGES = INCLUDES | {CODES["LLE"], CODES["TLE"]}


@dataclass(slots=True)
class ObjectNode:
    """An object: its Begin record and what stands between Begin and End, nested."""

    begin: Record
    content: list[Record | ObjectNode] = field(default_factory=list)

    @property
    def type(self) -> int:
        """Identifier of the Begin field."""
        return self.begin.type

    def first(self, type_: int) -> Record | None:
        """The first plain record of this type directly inside."""
        for item in self.content:
            if isinstance(item, Record) and item.type == type_:
                return item
        return None

    def all(self, *types: int) -> list[Record]:
        """The plain records of these types directly inside, in order."""
        return [item for item in self.content if isinstance(item, Record) and item.type in types]

    def child(self, type_: int) -> ObjectNode | None:
        """The first object of this Begin type directly inside."""
        for item in self.content:
            if isinstance(item, ObjectNode) and item.type == type_:
                return item
        return None

    def flat(self) -> Iterator[Record]:
        """All records inside, depth first, without Begin and End of this object."""
        for item in self.content:
            if isinstance(item, ObjectNode):
                yield item.begin
                yield from item.flat()
            else:
                yield item


def nest(records: list[Record], findings: Findings) -> list[Record | ObjectNode]:
    """Nest a flat list of records."""
    top: list[Record | ObjectNode] = []
    stack: list[ObjectNode] = []
    current = top
    for record in records:
        type_ = record.type
        if may_hide(type_, record.data):
            report_triplets(type_, record.data, record.offset, findings)
        kind = type_ & 0xFFFF00
        if kind == BEGIN:
            node = ObjectNode(record)
            current.append(node)
            if len(stack) >= MAX_DEPTH:
                findings.at(record)(
                    "nesting-too-deep",
                    f"Objects are nested more than {MAX_DEPTH} deep",
                    severity=Severity.ERROR,
                )
                continue
            stack.append(node)
            current = node.content
        elif kind == END:
            for depth in range(len(stack) - 1, -1, -1):
                if end_of(stack[depth].type) == type_:
                    began = stack[depth].begin
                    if record.data[:8] != began.data[:8]:
                        report_other_name(began.type, began.data, record.data, record.offset, findings)
                    if depth < len(stack) - 1:
                        _end_inside(stack[depth:], findings)
                    del stack[depth:]
                    current = stack[-1].content if stack else top
                    break
            else:
                findings.at(record, spec="MO:DCA Data Stream States")(
                    "end-without-begin",
                    f"{mnemonic(type_)} ends nothing that was begun",
                    severity=Severity.INFO,
                )
        else:
            current.append(record)
    _end_inside(stack, findings)
    return top


def _end_inside(stack: list[ObjectNode], findings: Findings) -> None:
    """All but the first of these, each inside of the one before, were not ended."""
    for outer, inner in reversed(list(pairwise(stack))):
        _give_back(inner, outer, findings)


def _give_back(node: ObjectNode, outer: ObjectNode, findings: Findings) -> None:
    """`node`, the last in `outer`, was not ended: what it cannot have, and all behind, is of `outer`."""
    if node.type not in _GROUPS | _OBJECTS:
        return
    for at, item in enumerate(node.content):
        if _can_have(node, item):
            continue
        outer.content += node.content[at:]
        del node.content[at:]
        begin, end = mnemonic(node.type), mnemonic(end_of(node.type))
        findings.at(node.begin, spec="MO:DCA Data Stream States")(
            "end-missing",
            f"{begin} has no {end}; it ends where something stands that it cannot have",
            severity=Severity.INFO,
        )
        return


def _can_have(node: ObjectNode, item: Record | ObjectNode) -> bool:
    """Whether an environment group or an object can have this directly inside."""
    if isinstance(item, Record):
        return item.type not in (_OF_PAGES if node.type in _OBJECTS else DATA)
    return node.type in _OBJECTS and item.type not in _OBJECTS
