"""Text of bar codes in fonts of Unicode text: the letters, whatever the encoding of the font."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from afpcluster.display.colour import BLACK
from afpcluster.display.items import GlyphRun
from afpcluster.fonts.unicode.unicode_font import standard_character_face, unicode_font, utf8, utf16
from afpcluster.interpret.barcode.text import draw_text


@pytest.mark.parametrize(("decode", "code_size"), [(utf16, 2), (utf8, 1)])
def test_letters_are_those_of_the_text(decode: Callable[[bytes], str], code_size: int) -> None:
    font = unicode_font("test", [standard_character_face("Helvetica")], decode, code_size, 10)
    (run,) = draw_text("A1-Ü", 0, 0, font, BLACK)
    assert isinstance(run, GlyphRun)
    assert "".join([run.face.unicode[code] for code in run.codes]) == "A1-Ü"
