"""Print files of one page whose text is in data-object fonts, of the file or missing from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from map_groups import data_object_font, full_name, internal_id

from afpcluster.afp import modca, ptoca, triplets
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import encode_triplet
from afpcluster.sample.records import enclosed, field, triplet
from benchmarks.fuzz.seed_fonts import TRUE_TYPE
from benchmarks.fuzz.seed_pages import print_file

UTF8 = encode_triplet(0x50, bytes.fromhex("00007807"))
"""The triplet of a map group that says the text is UTF-8."""

_OCD_BYTES = 30_000


def font_map(*names: str, size: float = 18, encoding: bytes = b"", rotation: int = 0) -> bytes:
    """An MDR field that maps fonts by full name, with local identifiers from 1 on; sizes in points."""
    groups = [
        full_name(0xDE, name)
        + triplet(TRUE_TYPE)
        + data_object_font(size, 0, rotation)
        + internal_id(number)
        + encoding
        for number, name in enumerate(names, 1)
    ]
    return field("MDR", modca.MapResources([modca.MapGroup(group) for group in groups]))


def container(name: str, font: bytes) -> bytes:
    """The font as a resource that is found by its full name."""
    kind = triplet(triplets.ResourceObjectType(0x92, bytes(7)))
    begin = modca.BeginReserved(encode_name("FONT"), 0, kind + triplet(TRUE_TYPE) + full_name(0x01, name))
    parts = [font[at : at + _OCD_BYTES] for at in range(0, len(font), _OCD_BYTES)]
    body = enclosed("BOC", "FONT", [field("OCD", part) for part in parts], triplet(TRUE_TYPE))
    return field("BRS", begin.encode()) + body + field("ERS", encode_name("FONT"))


def strings(placed: Iterable[tuple[float, float, bytes]], font: int = 1) -> bytes:
    """A text object of strings at places in points."""
    builder = ptoca.TextBuilder().control("SCFL", font)
    for x, y, text in placed:
        builder.control("AMI", round(x * 20)).control("AMB", round(y * 20)).text(text)
    return enclosed("BPT", "TEXT", [field("PTX", part) for part in builder.records()])


def lines(*texts: str, codec: str = "utf-16-be", font: int = 1) -> bytes:
    """Lines of text 20 points apart, the first at (10, 30)."""
    return strings([(10, 30 + 20 * at, text.encode(codec)) for at, text in enumerate(texts)], font)


def one_font(font: bytes | None, text: bytes, name: str = "Test Font", **mapping: object) -> bytes:
    """A page with this text in a font; None is one that is missing."""
    fonts = font_map(name, **mapping)  # type: ignore[arg-type]
    return print_file(text, resources=container(name, font) if font is not None else b"", maps=fonts)


def of_fonts(fonts: Sequence[tuple[str, bytes]], *text: bytes) -> bytes:
    """A page with text objects in several fonts, whose local identifiers count from 1."""
    resources = b"".join([container(name, font) for name, font in fonts])
    return print_file(*text, resources=resources, maps=font_map(*[name for name, _ in fonts]))
