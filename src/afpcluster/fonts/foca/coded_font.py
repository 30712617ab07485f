"""A FOCA coded font: the pairs of character set and code page that its sections name."""

from __future__ import annotations

from collections.abc import Iterable

from afpcluster.afp import foca
from afpcluster.afp.framing import Record
from afpcluster.afp.names import decode_name
from afpcluster.afp.triplets import find_triplet
from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.light import dataclass

METRIC_ADJUSTMENT = 0x79


@dataclass(slots=True, frozen=True)
class Section:
    """One section: names, and sizes in points (0 where not given). `number` 0 is a whole font."""

    number: int
    character_set: str
    code_page: str
    size: float
    horizontal_scale: float
    adjustment: foca.MetricAdjustment | None = None  # at this size


def coded_font(records: Iterable[Record]) -> list[Section]:
    """The sections in the records BCF..ECF. Raises FontDataError and DecodeError."""
    length = 0
    adjustment: foca.MetricAdjustment | None = None
    sections: list[Section] = []
    for record in records:
        if record.type == foca.CFC:
            control = foca.CodedFontControl.decode(record.data)
            length = control.index_group_length
            triplet = find_triplet(control.triplets, METRIC_ADJUSTMENT) or b""
            if len(triplet) >= foca.MetricAdjustment.shape.required:
                adjustment = foca.MetricAdjustment.decode(triplet)
        elif record.type == foca.CFI:
            for group in foca.repeat(foca.CodedFontSection, record.data, length):
                sections.append(
                    Section(
                        group.section,
                        decode_name(group.character_set),
                        decode_name(group.code_page),
                        group.vertical_size / 20,
                        group.horizontal_scale / 20,
                        adjustment if group.vertical_size else None,
                    )
                )
    if not sections:
        raise FontDataError("Coded font has no Coded Font Index (CFI)")
    return sections
