"""A fault of our own in one object costs that object alone."""

from __future__ import annotations

import io
from itertools import count

import pytest
from PIL import Image
from print_files import converted, document, page, page_texts, text

from afpcluster.afp.fields import CODES
from afpcluster.findings import Severity
from afpcluster.interpret import objects
from afpcluster.interpret.context import Context, DataObject
from afpcluster.options import Options
from afpcluster.sample.records import enclosed, field
from rendering import rendered

RED = (255, 0, 0)


def container(name: str) -> bytes:
    """A red picture of 48 by 32 samples, as large as it is at 300 to the inch."""
    sink = io.BytesIO()
    Image.new("RGB", (48, 32), RED).save(sink, "PNG")
    return enclosed("BOC", name, (field("OCD", sink.getvalue()),))


def test_the_rest_of_the_page_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    draw, calls = objects.DRAWN[CODES["BOC"]], count()

    def with_bug(data: DataObject, context: Context) -> list[objects.Item]:
        if next(calls) == 0:
            raise ZeroDivisionError("a bug")
        return draw(data, context)

    monkeypatch.setitem(objects.DRAWN, CODES["BOC"], with_bug)
    pdf, result = converted(document(page(container("BAD"), container("GOOD"), text("here"))), Options())
    assert page_texts(pdf) == ["here"]
    assert rendered(pdf).getpixel((3, 3)) == RED
    (fault,) = [f for f in result.findings if f.severity is Severity.ERROR]
    assert (fault.code, fault.field, fault.page) == ("internal-fault", "BOC", 1)
