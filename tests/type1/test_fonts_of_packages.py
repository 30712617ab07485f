"""A sample of `make fonts`: glyphs in the PDF are those of the source, in outline and width."""

from __future__ import annotations

import pytest
from type1_programs import URW, needs_urw

from benchmarks.fonts import type1
from benchmarks.fonts.__main__ import TYPE1_PACKAGES, files_of
from benchmarks.fonts.type1 import compare

SAMPLE = [path for package in TYPE1_PACKAGES for path in files_of(package)[3:40:18]]


@needs_urw
@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.stem)
def test_glyphs_equal_the_source(path: type1.Path) -> None:
    found = compare(path)
    assert found.glyphs > 100
    assert (found.wrong, found.findings) == ((), ())


@needs_urw
def test_a_difference_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bold font's PDF is not that of the regular one."""
    monkeypatch.setattr(type1, "_pdf", lambda program, widths, findings: bold)
    bold = _pdf_of("NimbusSans-Bold")
    found = compare(URW / "NimbusSans-Regular.t1")
    assert len(found.wrong) > found.glyphs / 2


_make = type1._pdf


def _pdf_of(name: str) -> bytes:
    data = (URW / f"{name}.t1").read_bytes()
    source = type1.FreeTypeFont(data)
    program = type1.FontProgram(name, type1.ProgramKind.TYPE1, name, data)
    widths = {glyph: source.width(glyph) for glyph in source.names()}
    return _make(program, widths, type1.Findings())
