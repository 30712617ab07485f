"""Small print files and what a PDF says of them: shared by the tests of the façade."""

from __future__ import annotations

import io
from collections.abc import Iterable

import pypdfium2

from afpcluster.afp import modca, ptoca, triplets
from afpcluster.afp.declare import Structure
from afpcluster.afp.names import encode_name
from afpcluster.convert import convert
from afpcluster.options import Options, Result
from afpcluster.sample import write_sample
from afpcluster.sample.records import UNITS, enclosed, field, qualified_name, triplet

SIZE = 4_000  # of pages and overlays, in 1/1440 inch
CHARACTER_SET, CODE_PAGE = "C0H20000", "T1V10500"
_UNIT = (0, 0, UNITS, UNITS)


def text(words: str, baseline: int = 400) -> bytes:
    """A text object in the font with the local identifier 1."""
    builder = ptoca.TextBuilder().control("SCFL", 1).control("AMI", 100).control("AMB", baseline)
    return enclosed(
        "BPT", "TEXT", (field("PTX", part) for part in builder.text(words.encode("cp500")).records())
    )


def fonts(character_set: str = CHARACTER_SET, code_page: str = CODE_PAGE) -> bytes:
    """The map of the one font."""
    kinds = triplets.FqnType
    group = (
        qualified_name(kinds.CODE_PAGE, encode_name(code_page))
        + qualified_name(kinds.FONT_CHARACTER_SET, encode_name(character_set))
        + triplet(triplets.ResourceLocalIdentifier(5, 1))
        + triplet(triplets.FontDescriptorSpecification(5, 5, 240, 0, 0, bytes(10)))
    )
    return field("MCF", modca.MapResources([modca.MapGroup(group)]))


def page(*content: bytes, maps: bytes | None = None) -> bytes:
    return enclosed("BPG", "PAGE", (_environment(fonts() if maps is None else maps), *content))


def overlay(words: str, name: str = "OVER") -> bytes:
    """An overlay, for a folder or a resource group."""
    return enclosed("BMO", name, (_environment(fonts()), text(words, 1_000)))


def include_overlay(name: str = "OVER") -> bytes:
    return field("IPO", modca.IncludePageOverlay(encode_name(name), 0, 0))


def include_segment(name: str = "SEGM") -> bytes:
    return field("IPS", modca.IncludePageSegment(encode_name(name), 0, 0))


def _environment(maps: bytes) -> bytes:
    descriptors: list[tuple[str, Structure]] = [
        ("PGD", modca.PageDescriptor(*_UNIT, SIZE, SIZE)),
        ("PTD", modca.PresentationTextDescriptor(*_UNIT, SIZE, SIZE)),
    ]
    return enclosed("BAG", "AEG", (maps, *(field(name, content) for name, content in descriptors)))


def document(*pages: bytes) -> bytes:
    return enclosed("BDT", "DOC", pages, b"\0\0")


def group(*resources: bytes) -> bytes:
    """A resource group, in a print file or a file of its own."""
    return enclosed("BRG", "GROUP", resources)


def sample(statements: int = 1, *, inline_fonts: bool = True) -> bytes:
    """The print file of `afpcluster sample`."""
    sink = io.BytesIO()
    write_sample(sink, statements=statements, seed=7, fonts=inline_fonts)
    return sink.getvalue()


def records(data: bytes) -> list[bytes]:
    """A file's records one by one."""
    found, at = [], 0
    while at < len(data):
        end = at + 1 + int.from_bytes(data[at + 1 : at + 3], "big")
        found.append(data[at:end])
        at = end
    return found


def converted(data: bytes, options: Options | None = None) -> tuple[bytes, Result]:
    """The PDF and the result; faults of our own are let through unless `options` say otherwise."""
    sink = io.BytesIO()
    result = convert(io.BytesIO(data), sink, options or Options(raise_faults=True))
    return sink.getvalue(), result


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page as a viewer finds it."""
    opened = pypdfium2.PdfDocument(pdf)
    try:
        return [_words(opened[number]) for number in range(len(opened))]
    finally:
        opened.close()


def _words(shown: pypdfium2.PdfPage) -> str:
    found = shown.get_textpage()
    try:
        return str(found.get_text_bounded())
    finally:
        found.close()


def codes(result: Result) -> Iterable[str]:
    return [finding.code for finding in result.findings]
