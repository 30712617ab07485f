"""Repeating groups of character sets may be longer than the reference's: FNC says how long."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from foca_objects import character_set, metrics, orientation

from afpcluster.afp import foca
from afpcluster.afp.framing import Record
from afpcluster.fonts.foca.character_set import CharacterSet
from afpcluster.fonts.foca.character_set import character_set as parse

LENGTHS = {
    "orientation_group_length": foca.FNO,
    "position_group_length": foca.FNP,
    "index_group_length": foca.FNI,
    "map_group_length": foca.FNM,
}
EXTRA = 3


def raster() -> list[Record]:
    index = [metrics("LA010000", 100, 0, 75, ascender=50, index=0), metrics("LB010000", 300, 0, 225, index=1)]
    return character_set(
        [index],
        boxes=[(3, 2, 0), (9, 1, 2)],
        patterns=b"\xa0\x40\xff\x80",
        orientations=[orientation(space=175)],
        fixed=False,
        size=12,
    )


def lengthened(records: Sequence[Record], parameter: str) -> list[Record]:
    """The same records, the groups of one field each `EXTRA` bytes longer."""
    made = []
    control = next(foca.FontControl.decode(r.data) for r in records if r.type == foca.FNC)
    length = getattr(control, parameter)
    setattr(control, parameter, length + EXTRA)
    for record in records:
        data = record.data
        if record.type == foca.FNC:
            data = control.encode()
        elif record.type == LENGTHS[parameter]:
            groups = (data[at : at + length] for at in range(0, len(data), length))
            data = b"".join(group + b"\xee" * EXTRA for group in groups)
        made.append(Record(record.type, record.offset, data))
    return made


def summary(characters: CharacterSet) -> tuple[object, ...]:
    found = characters.metrics(0)
    glyphs = [characters.raster_glyph(entry, 0.04) for entry in found.values()]
    return (found, glyphs, characters.orientations, characters.positions)


@pytest.mark.parametrize("parameter", LENGTHS)
def test_longer_groups(parameter: str) -> None:
    plain = raster()
    changed = lengthened(plain, parameter)
    assert [r.data for r in changed] != [r.data for r in plain]
    assert summary(parse(changed)) == summary(parse(plain))


def test_longer_groups_of_the_name_map() -> None:
    """FNN: its groups are `name_group_length` long, the identifiers behind them stay where offsets say."""
    header = foca.NameMapHeader(2, 3).encode()
    start = len(header) + foca.NameMapping.shape.size + EXTRA
    gcgid = "LA010000".encode("cp500")
    data = header + foca.NameMapping(gcgid, start).encode() + bytes(EXTRA) + b"\x02a"
    name_group_length = foca.NameMapping.shape.size + EXTRA
    assert foca.name_map(data, name_group_length) == {gcgid: b"a"}


def test_outline_object_identifier() -> None:
    """FNG: the program begins behind an identifier of `identifier_length`, that field included."""
    header = foca.OutlineObjectHeader(length=10 + 3 + 4, checksum=0, identifier_length=2 + 3).encode()
    (found,) = foca.outline_objects(header + b"ABC" + b"DATA", described=False)
    assert (found.identifier, found.data) == (b"ABC", b"DATA")
