"""What is done with an input: it is converted, alone or between sound files, looked into, and checked.

A work raises ConversionError where the input is refused. What must hold beside that it asserts itself.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

from afpcluster import api
from afpcluster.afp.damage import FILLER
from afpcluster.cli.inspect_command import field_lines
from afpcluster.convert import convert
from afpcluster.findings import ConversionError, Findings, Severity
from afpcluster.inspection.check import Summary, check, write_table
from afpcluster.inspection.inventory import extract, take_stock
from afpcluster.inspection.texts import texts_of
from afpcluster.inspection.tree import fields_of
from afpcluster.options import Colour, Format, Layout, Options, PdfA, TextOrder
from afpcluster.selection import Selection
from benchmarks.fuzz.seeds import own_seeds

Work = Callable[[bytes], object]

_PICTURES = (Format.PNG, Format.JPEG, Format.TIFF)
_CHOICES = (
    Options(raise_faults=True),
    Options(raise_faults=True, layout=Layout.SHEETS, max_copies=3),
    Options(raise_faults=True, accept_truncated=True),
    *(Options(raise_faults=True, pdf_a=level) for level in PdfA),
    Options(raise_faults=True, tagged=True, attach_index=True),
    Options(raise_faults=True, linearize=True, password="x"),
    *(Options(raise_faults=True, format=kind, dpi=20) for kind in _PICTURES),
    *(Options(raise_faults=True, format=kind) for kind in Format if kind not in (Format.PDF, *_PICTURES)),
    Options(raise_faults=True, format=Format.TEXT, text_order=TextOrder.FLOW),
    Options(raise_faults=True, format=Format.TIFF, dpi=20, colour=Colour.BILEVEL),
    Options(raise_faults=True, format=Format.PNG, dpi=20, colour=Colour.GREY, layout=Layout.SHEETS),
    Options(raise_faults=True, format=Format.WORDS, layout=Layout.SHEETS, max_copies=2),
    Options(raise_faults=True, tagged=True, pdf_a=PdfA.A1B, layout=Layout.SHEETS, language="de"),
    Options(raise_faults=True, split="pages:2", tagged=True, pdf_a=PdfA.A3U),
    Options(raise_faults=True, split="document", format=Format.TEXT, selection=Selection.parse("1-3")),
    Options(raise_faults=True, selection=Selection.parse(groups=["*"]), permissions=("print",)),
    Options(raise_faults=True, split="group", part_name="{document}-{tag:Name}-{number}"),
    Options(raise_faults=True, split="tag:Name", format=Format.AFP, accept_truncated=True),
    Options(raise_faults=True, format=Format.AFP, selection=Selection.parse(pages="2-")),
)
"""What inputs are converted with."""
_MERGES = (
    Options(raise_faults=True, accept_truncated=True),
    Options(raise_faults=True, tagged=True, attach_index=True),
    Options(raise_faults=True, format=Format.TEXT),
    Options(raise_faults=True, format=Format.INDEX),
    Options(raise_faults=True, split="document", format=Format.WORDS),
)
_UNCOUNTED = ("input-truncated", "input-not-afp", "leading-bytes", "damage-skipped")
_FRAMING = 9  # bytes that hosts put between two fields, at most


@cache
def _sound_file() -> bytes:
    """A file of one page, which mutated ones are merged with."""
    return own_seeds()["plain_text"]


def _converted(options: Options, data: bytes) -> None:
    convert(io.BytesIO(data), io.BytesIO(), options)


def _merged(options: Options, data: bytes) -> None:
    """Sound files before and behind have their pages and no findings, or an error says which file is bad."""
    files = [io.BytesIO(one) for one in (_sound_file(), data, _sound_file())]
    try:
        result = convert(files, io.BytesIO(), options)
    except ConversionError as error:
        if error.file != "file 2":
            raise AssertionError(f"refused because of {error.file}") from error
        raise
    assert result.pages >= 2
    lost = [finding for finding in result.findings if finding.severity.rank >= Severity.SKIPPED.rank]
    assert {finding.file for finding in lost} <= {"file 2", None}


def _inspected(data: bytes) -> None:
    """Each byte is of one field, told as lost, filler, or what hosts put between fields, or in what is lost.
    What is cut off or of a printer job is told without a number of bytes."""
    findings = Findings()
    at, between = 0, list[bytes]()
    for field in fields_of(io.BytesIO(data), findings):
        json.dumps(field.as_dict())
        list(field_lines(field, brief=False, with_bytes=True))
        assert at <= field.offset < field.offset + field.length <= len(data)
        between.append(data[at : field.offset].strip(FILLER))
        at = field.offset + field.length
    between.append(data[at:].strip(FILLER))
    if any(finding.code in _UNCOUNTED and not finding.bytes_lost for finding in findings):
        return
    untold = sum(max(len(gap) - _FRAMING, 0) for gap in between)
    lost = sum(finding.bytes_lost for finding in findings)
    framing = _FRAMING * sum(gap.count(b"\x5a") for gap in between) + lost // 4 if lost else 0
    assert untold <= lost + framing


def _read(data: bytes) -> None:
    """The text of its pages, and its index."""
    for piece in texts_of(io.BytesIO(data), Options(raise_faults=True), Findings()):
        json.dumps(piece)
    for entry in api.index(io.BytesIO(data), Options(raise_faults=True)):
        json.dumps(entry)


def _extracted(data: bytes) -> None:
    """Its resources become files."""
    findings = Findings()
    stock = take_stock(io.BytesIO(data), (), findings)
    with tempfile.TemporaryDirectory(prefix="afpcluster-fuzz-") as folder:
        written = extract(stock, Path(folder), findings)
        assert sorted(written) == sorted(Path(folder).iterdir())


def _checked(data: bytes) -> None:
    """Its row in the table and in the summary, whatever is wrong with it."""
    with tempfile.NamedTemporaryFile(prefix="afpcluster-fuzz-") as file:
        file.write(data)
        file.flush()
        checked = check(Path(file.name), Options(raise_faults=True))
    write_table([checked.row()], io.StringIO())
    summary = Summary()
    summary.add(checked)
    assert summary.lines()


CONVERTING: Sequence[Work] = [partial(_converted, options) for options in _CHOICES]
MERGING: Sequence[Work] = [partial(_merged, options) for options in _MERGES]
LOOKING: Sequence[Work] = [_inspected, _read, _extracted, _checked]
WORKS: Sequence[Work] = [*CONVERTING, *MERGING, *LOOKING]
"""The size of an input chooses, so that an input always finds its own."""
