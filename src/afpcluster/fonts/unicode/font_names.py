"""What fonts are called, and which one of a file a name means.

MO:DCA "Using the MDR to Map a TrueType/OpenType Font": by full font name (name ID 4) in any language.
Producers also write the PostScript name (6), family and subfamily (1 and 2, 16 and 17), or the name of an
instance of a variable font (fvar). A font of a collection that has none of them is not guessed in silence.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from afpcluster.fonts.foca.code_page import FontDataError
from afpcluster.fonts.unicode.sfnt import font_count, open_font, releasing
from afpcluster.heavy import ttLib
from afpcluster.light import dataclass

_FULL_NAME, _POSTSCRIPT_NAME = 4, 6
_FAMILIES = ((1, 2), (16, 17))  # name IDs of family and subfamily
_REGULAR = "regular"


@dataclass(slots=True, frozen=True)
class Names:
    """Folded names of a font: full names, and others that mean it, too; the locations (axis -> value) of a
    variable font's named instances by their folded names."""

    full: frozenset[str]
    others: frozenset[str]
    instances: Mapping[str, Mapping[str, float]]

    @property
    def all(self) -> frozenset[str]:
        return self.full | self.others | self.instances.keys()


@dataclass(slots=True, frozen=True)
class Choice:
    """Font `index` of a file; where it is to be an instance of a variable font, its `location` (axes that are
    left out stay at their default); `found` where the name says so."""

    index: int = 0
    location: Mapping[str, float] | None = None
    found: bool = True


def fold(name: str) -> str:
    """A font name for comparison."""
    return " ".join(name.split()).casefold()


def names_in(data: bytes) -> Iterator[tuple[int, Names]]:
    """(index, names) of every font in the file. Raises FontDataError."""
    for index in range(font_count(data)):
        with open_font(data, index) as font:
            yield index, names_of(font)


def names_of(font: Any) -> Names:
    """The names of an open font; none where its name table is missing or damaged."""
    texts = _texts(font)
    families = {
        fold(f"{family} {style}")
        for family_id, style_id in _FAMILIES
        for family in texts.get(family_id, ())
        for style in texts.get(style_id, ())
    }
    alone = {
        fold(family)
        for family_id, style_id in _FAMILIES
        for family in texts.get(family_id, ())
        if any(fold(style) == _REGULAR for style in texts.get(style_id, ()))
    }
    postscript = {fold(name) for name in texts.get(_POSTSCRIPT_NAME, ())}
    return Names(
        frozenset(fold(name) for name in texts.get(_FULL_NAME, ())),
        frozenset(postscript | families | alone),
        _instances(font, texts),
    )


def _texts(font: Any) -> dict[int, list[str]]:
    """Name ID -> texts in all languages."""
    found: dict[int, list[str]] = {}
    try:
        records = font["name"].names
    except Exception:  # absent, or damaged in whatever way
        return found
    for record in records:
        text = record.toUnicode("replace")
        if text not in found.setdefault(record.nameID, []):
            found[record.nameID].append(text)
    return found


def _instances(font: Any, texts: Mapping[int, list[str]]) -> dict[str, Mapping[str, float]]:
    try:
        instances = font["fvar"].instances if "fvar" in font else ()
    except (ttLib.TTLibError, ValueError, KeyError):
        return {}
    found: dict[str, Mapping[str, float]] = {}
    for instance in instances:
        names = list(texts.get(instance.postscriptNameID, ()))
        for style in texts.get(instance.subfamilyNameID, ()):
            names += [
                f"{family} {style}" for family_id, _ in _FAMILIES for family in texts.get(family_id, ())
            ]
        found |= {fold(name): instance.coordinates for name in names}
    return found


def choose(data: bytes, name: str) -> Choice:
    """The font that `name` means; the first one where none is called so. Raises FontDataError."""
    wanted = fold(name)
    known = list(names_in(data))
    for index, names in known:
        if wanted in names.full:
            return Choice(index)
    for index, names in known:
        if wanted in names.others:
            return Choice(index)
    for index, names in known:
        if wanted in names.instances:
            return Choice(index, names.instances[wanted])
    several = len(known) > 1 or any(names.instances for _, names in known)
    return Choice(found=not several)


def is_variable_only(data: bytes, index: int) -> bool:
    """Whether the outlines are of the kind that variable fonts alone have (CFF2). Raises FontDataError."""
    with open_font(data, index) as font:
        return "CFF2" in font and "fvar" in font


def instance_of(data: bytes, choice: Choice) -> bytes:
    """The font file with a variable font fixed at the location of the choice, without one at its default.
    Raises FontDataError."""
    from fontTools.varLib.instancer import instantiateVariableFont

    try:
        with releasing(open_font(data, choice.index, lazy=False)) as font:
            location = choice.location or {}
            axes = {axis.axisTag: location.get(axis.axisTag) for axis in font["fvar"].axes}
            fixed = instantiateVariableFont(font, axes, downgradeCFF2="CFF2" in font)
            out = io.BytesIO()
            fixed.save(out)
    except Exception as problem:  # fontTools meets damage with whatever its tables come upon
        raise FontDataError(f"its instance cannot be made: {problem!r}") from problem
    return out.getvalue()
