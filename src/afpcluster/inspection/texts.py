"""The text of pages as their fields hold it: each PTX read through the fonts that its page maps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple

from afpcluster.afp import code_pages, ptoca
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import RecordFile
from afpcluster.document.assembly import Assembler
from afpcluster.document.folders import FolderScope
from afpcluster.document.units import PageUnit
from afpcluster.findings import ConversionError, Findings, Severity
from afpcluster.fonts.font import Font
from afpcluster.fonts.library import FontLibrary
from afpcluster.options import Options

_MAPS = frozenset(CODES[name] for name in ("MCF", "MCF1", "MDR"))
_PTX = CODES["PTX"]
_SCFL, _TRN = 0xF0, 0xDA


class TextShown(NamedTuple):
    """A piece of text between two moves: its page, and the offset of the field that it begins in."""

    page: int
    offset: int
    text: str


def texts_of(source: BinaryIO, options: Options, findings: Findings) -> Iterator[TextShown]:
    """The text of every page, in the order of the file; what is wrong goes to `findings`."""
    outside = FolderScope(options.resource_paths, findings)
    library = FontLibrary(
        findings, resource_paths=options.resource_paths, stand_in_folders=options.stand_in_folders
    )
    try:
        assembler = Assembler(RecordFile(source, findings), findings, outside, accept_truncated=True)
        for unit in assembler.pages():
            with findings.on_page(unit.number, unit.offset):
                yield from _page(unit, library, findings)
    except ConversionError as error:
        findings.at(error.offset)(error.code, error.message, severity=Severity.ERROR)
    finally:
        outside.close()


def _page(unit: PageUnit, library: FontLibrary, findings: Findings) -> Iterator[TextShown]:
    fonts: dict[int, Font] = {}
    font: Font | None = None
    for record in unit.records(findings):
        if record.type in _MAPS:
            try:
                fonts |= library.fonts_of(record, unit.scope)
            except DecodeError as error:
                findings.at(record)("field-short", str(error))
        elif record.type == _PTX:
            for item in ptoca.split_controls(record.data):
                if isinstance(item, bytes):
                    yield TextShown(unit.number, record.offset, read_text(item, font))
                elif item.type & 0xFE == _SCFL and item.operands:
                    font = fonts.get(item.operands[0])
                elif item.type & 0xFE == _TRN and item.operands:
                    yield TextShown(unit.number, record.offset, read_text(item.operands, font))


def read_text(codes: bytes, font: Font | None) -> str:
    """What code points read as in a font; without one, as in the default code page."""
    if font is None:
        return code_pages.decode(codes, code_pages.DEFAULT) or ""
    if font.codec is not None:
        return codes.decode(font.codec, "replace")
    if font.split is not None:
        return "".join(
            run.text if run.text is not None else _of_face(run.codes, run.face.code_size, run.face.unicode)
            for run in font.split(codes)
        )
    return _of_face(codes, font.code_size, font.face.unicode)


def _of_face(codes: bytes, size: int, unicode: Mapping[int, str]) -> str:
    numbers = [int.from_bytes(codes[at : at + size], "big") for at in range(0, len(codes), size)]
    return "".join([unicode.get(number, "\ufffd") for number in numbers])
