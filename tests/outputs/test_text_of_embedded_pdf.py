"""Text of embedded PDF pages is not in the outputs of text: that is told where there is any."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from afpcluster.display.geometry import IDENTITY, scaling, translation
from afpcluster.display.items import EmbeddedPdf, Group, Item, Page, Shared, SharedItems
from afpcluster.findings import Findings
from afpcluster.options import TextOrder
from afpcluster.outputs.output import Output
from afpcluster.outputs.text.output import TextOutput, WordsOutput


def pdf(content: bytes) -> bytes:
    """A page, then an empty one."""
    source = pikepdf.new()
    page = source.add_blank_page(page_size=(100, 100))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.obj.Resources = Dictionary(Font=Dictionary(F=font))
    page.contents_add(content)
    source.add_blank_page(page_size=(100, 100))
    sink = io.BytesIO()
    source.save(sink)
    return sink.getvalue()


TEXT = EmbeddedPdf("text", pdf(b"BT /F 20 Tf 10 10 Td (words) Tj ET"), scaling(100, 100))
BLANKS = EmbeddedPdf("blanks", pdf(b"BT /F 20 Tf 10 10 Td (  ) Tj ET 0 0 9 9 re f"), scaling(100, 100))
OTHER = EmbeddedPdf("text", TEXT.data, scaling(100, 100), 1)
DAMAGED = EmbeddedPdf("damaged", b"%PDF-1.4 nothing", scaling(100, 100))
SHARED = SharedItems([Group([TEXT])])

CASES: dict[str, tuple[list[list[Item]], bool]] = {  # what is on pages
    "nothing": ([[]], False),
    "text": ([[TEXT]], True),
    "on the second page, in a group": ([[OTHER], [Group([TEXT])]], True),
    "pages without text": ([[OTHER], [BLANKS]], False),
    "what pages share": ([[Shared(SHARED, IDENTITY)], [Shared(SHARED, translation(1, 1))]], True),
    "what cannot be read": ([[DAMAGED]], True),
}


@pytest.mark.parametrize("output", [TextOutput(), TextOutput(TextOrder.FLOW), WordsOutput()])
@pytest.mark.parametrize(("pages", "told"), CASES.values(), ids=CASES)
def test_text_that_is_left_out(pages: Sequence[list[Item]], told: bool, output: Output) -> None:
    findings = Findings()
    maker, writer = output.maker(), output.writer(io.BytesIO(), findings)
    for number, items in enumerate(pages, 1):
        writer.add(maker.packet(Page(number, 600, 800, items)))
    writer.finish()
    assert [(f.code, str(f.severity), f.count) for f in findings] == [
        ("pdf-text-missing", "skipped", 1)
    ] * told


def test_it_is_told_once_whatever_the_parts() -> None:
    findings = Findings()
    output = TextOutput()
    for _ in range(3):
        maker, writer = output.maker(), output.writer(io.BytesIO(), findings)
        writer.add(maker.packet(Page(1, 600, 800, [TEXT])))
        writer.finish()
    assert [(f.code, f.count) for f in findings] == [("pdf-text-missing", 1)]
