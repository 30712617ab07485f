"""A document is let go when it is converted: no worker holds it until the garbage collector comes."""

from __future__ import annotations

import io

import pytest

from afpcluster.convert import Options, convert
from afpcluster.options import Format, Layout
from benchmarks.fuzz.seeds import own_seeds
from cycles import left_in_cycles

CHOICES = {
    "PDF": Options(),
    "tagged PDF": Options(tagged=True),
    "sheets": Options(layout=Layout.SHEETS),
    "text": Options(format=Format.TEXT),
    "AFP": Options(format=Format.AFP),
}


@pytest.mark.parametrize("options", CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize("name", own_seeds())
def test_nothing_of_a_document_stays(name: str, options: Options) -> None:
    document = own_seeds()[name]
    convert(io.BytesIO(document), io.BytesIO(), options)  # what is loaded and made once may be anything
    with left_in_cycles() as left:
        convert(io.BytesIO(document), io.BytesIO(), options)
    assert left == []
