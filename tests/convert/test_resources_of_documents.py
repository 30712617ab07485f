"""Resources of one document serve no other, though their names are the same."""

from __future__ import annotations

import gc
import io
from weakref import WeakSet

from print_files import document, fonts, group, include_overlay, overlay, page, text

from afpcluster.conversion.work import Work
from afpcluster.display.items import GlyphRun
from afpcluster.options import Options
from afpcluster.sample.records import resource
from afpcluster.sample.typefaces import BOLD, CODE_PAGE, REGULAR
from afpcluster.sample.typefaces import resource as font_resource

CHARACTER_SET, CODE_PAGE_KIND = 0x40, 0x41


def test_fonts_of_one_document_are_not_those_of_the_next() -> None:
    """Forty documents, each with a font of the same name in a resource group of its own."""

    def one(face: str) -> bytes:
        found = group(
            resource("C0MINE", CHARACTER_SET, font_resource(face)),
            resource("T1MINE", CODE_PAGE_KIND, font_resource(CODE_PAGE)),
        )
        return document(found, page(text("A"), maps=fonts("C0MINE", "T1MINE")))

    data = io.BytesIO(b"".join(one((REGULAR, BOLD)[n % 2]) for n in range(40)))
    with Work(data, Options(raise_faults=True)) as work:
        made = [shown for _, shown in work.pages() if shown is not None]
    keys = [item.face.key for shown in made for item in shown.items if isinstance(item, GlyphRun)]
    assert keys == keys[:2] * 20
    assert keys[0] != keys[1]


def test_resources_are_let_go_with_their_documents() -> None:
    scopes = WeakSet()
    one = document(group(resource("OVER", 0xFC, overlay("below"))), page(include_overlay(), text("A")))
    with Work(io.BytesIO(one * 20), Options(raise_faults=True)) as work:
        for unit, _ in work.pages():
            scopes.add(unit.scope)
            del unit
        gc.collect()
        assert len(scopes) <= 2
