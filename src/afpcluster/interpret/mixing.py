"""How a presentation space is merged onto what lies beneath it: triplets X'4E', X'70' and X'71'.

A background without a colour has that of the medium. So of the rules for backgrounds only overpaint on
foreground shows, which makes the space opaque; and a foreground shows on a background whether it overpaints
or blends. What a page description cannot show is a finding, and the default rule is used.
MO:DCA "Mixing Rules", "Presentation Space Reset Mixing Triplet X'70'", "Presentation Space Mixing Rules
Triplet X'71'".
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from afpcluster.afp import triplets as t
from afpcluster.display.colour import WHITE, Colour
from afpcluster.display.items import Group, Item
from afpcluster.findings import Findings, Severity
from afpcluster.interpret.colour import specified_colour
from afpcluster.light import dataclass

_COLOUR, _RESET, _RULES = 0x4E, 0x70, 0x71
_RESET_FLAG = 0x80


class Rule(IntEnum):
    """A mixing rule of triplet X'71'."""

    OVERPAINT = 1
    UNDERPAINT = 2
    BLEND = 3


_BACKGROUND_ON_FOREGROUND, _FOREGROUND_ON_BACKGROUND, _FOREGROUND_ON_FOREGROUND = 0x71, 0x72, 0x73
_DEFAULTS = {
    0x70: Rule.UNDERPAINT,
    _BACKGROUND_ON_FOREGROUND: Rule.UNDERPAINT,
    _FOREGROUND_ON_BACKGROUND: Rule.OVERPAINT,
    _FOREGROUND_ON_FOREGROUND: Rule.OVERPAINT,
}
"""By keyword of triplet X'71'."""
_DEFAULT_RULE = 0xFF
_RULE_VALUES = (*Rule, _DEFAULT_RULE)


@dataclass(slots=True, frozen=True)
class Mixing:
    """`fill` is the colour of the space before its data, None leaves it transparent; `rule` is that of its
    foreground (the fill included) on the foreground beneath."""

    fill: Colour | None = None
    rule: Rule = Rule.OVERPAINT

    def merge(self, item: Item, beneath: list[Item]) -> None:
        """Add the items of the space to those of the space it is merged onto."""
        if self.rule is Rule.UNDERPAINT:
            beneath.insert(0, item)
        else:
            beneath.append(Group([item], multiply=True) if self.rule is Rule.BLEND else item)


def read_mixing(triplets: Iterable[t.Triplet], findings: Findings, offset: int | None, field: str) -> Mixing:
    """What the triplets of a descriptor (`field`, at `offset` of the file) say. Color Specification and
    Presentation Space Reset Mixing count in the order in which they stand."""
    fill: Colour | None = None
    rules = dict(_DEFAULTS)
    problems: list[str] = []
    seen: set[int] = set()
    for triplet in triplets:
        seen.add(triplet.id)
        if triplet.id == _COLOUR and len(triplet.data) < t.ColorSpecification.shape.required:
            findings.at(offset, field, "MO:DCA Color Specification Triplet X'4E'")(
                "colour-unknown", "A colour is cut off; the area stays transparent"
            )
        elif triplet.id == _COLOUR:
            c = t.ColorSpecification.decode(triplet.data)
            report = findings.at(offset, field, "MO:DCA Color Specification Triplet X'4E'")
            fill = specified_colour(c.space, (c.size_1, c.size_2, c.size_3, c.size_4), c.color, report)
            if fill is None:
                report(
                    "colour-unknown",
                    f"A colour of space X'{c.space:02X}' could not be read; the area stays transparent",
                )
        elif triplet.id == _RESET and triplet.data:
            if t.PresentationSpaceResetMixing.decode(triplet.data).flags & _RESET_FLAG:
                fill = WHITE
        elif triplet.id == _RULES:
            rules |= _keywords(t.PresentationSpaceMixingRules.decode(triplet.data).rules, problems)
    if seen.issuperset((_RESET, _RULES)):
        problems.append("they and Presentation Space Reset Mixing exclude each other; both count")
    if rules[_FOREGROUND_ON_BACKGROUND] is Rule.UNDERPAINT:
        problems.append("foreground that leaves the background alone cannot be shown; it overpaints")
    rule = rules[_FOREGROUND_ON_FOREGROUND]
    if fill is None and rules[_BACKGROUND_ON_FOREGROUND] is Rule.OVERPAINT:
        if rule is Rule.OVERPAINT:
            fill = WHITE
        else:
            problems.append("background cannot cover what its foreground leaves; it is transparent")
    for problem in problems:
        report_mixing(problem, findings, offset, field)
    return Mixing(fill, rule)


def report_mixing(problem: str, findings: Findings, offset: int | None, field: str) -> None:
    """Record what of triplet X'71' cannot be shown."""
    findings.at(offset, field, "MO:DCA Presentation Space Mixing Rules Triplet X'71'")(
        "mixing-not-applied", f"Presentation Space Mixing Rules: {problem}", severity=Severity.INFO
    )


def _keywords(data: bytes, problems: list[str]) -> dict[int, Rule]:
    """The rules that a triplet X'71' gives."""
    found = {}
    for keyword, value in zip(data[::2], data[1::2], strict=False):
        if keyword in _DEFAULTS and value in _RULE_VALUES:
            found[keyword] = _DEFAULTS[keyword] if value == _DEFAULT_RULE else Rule(value)
        else:
            problems.append(f"keyword X'{keyword:02X}{value:02X}' is reserved and was ignored")
    return found


def overridden(triplets: bytes, by: bytes) -> list[t.Triplet]:
    """The triplets of an Object Area Descriptor where those of an include override them (MO:DCA "Include
    Object (IOB)"); of X'70' and X'71' one overrides the other, since they exclude each other. An include's
    colour is the object's, not that of its area."""
    new = [triplet for triplet in t.split_triplets(by) if triplet.id != _COLOUR]
    replaced = {triplet.id for triplet in new}
    if not replaced.isdisjoint((_RESET, _RULES)):
        replaced |= {_RESET, _RULES}
    return [triplet for triplet in t.split_triplets(triplets) if triplet.id not in replaced] + new
