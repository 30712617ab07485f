"""What looks alike and is not the same is kept apart: fonts, code pages, resources that agree in nearly all.

Each case asks one library, or one digest, for both. FOCA "Font Position (FNP)", "Font Descriptor (FND)".
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from foca_objects import character_set, code_page, metrics, outline_set, records, resource
from map_groups import data_object_font, descriptor, full_name, internal_id, local_id, mcf, mdr, name
from scopes import scope

from afpcluster.afp import foca
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.triplets import encode_triplet
from afpcluster.display.face import OutlineFace
from afpcluster.document.resources import CHARACTER_SET, CODE_PAGE, Resource
from afpcluster.findings import Findings
from afpcluster.fonts.foca.code_page import code_page as parsed
from afpcluster.fonts.font import Font
from afpcluster.fonts.library import FontLibrary

PAGE = resource(CODE_PAGE, "T1TEST", code_page({0x81: "LA010000", 0x40: "SP010000"}))
FIXED = [[metrics("LA010000", 144, 0, 144, ascender=120), metrics("SP010000", 144)]]


def mapped(*fonts: Resource, groups: tuple[bytes, ...] = ()) -> list[Font]:
    """The fonts of these character sets, from one library."""
    library = FontLibrary(Findings())
    extra = groups or (b"",) * len(fonts)
    fields = [
        mcf(name(0x86, font.name) + name(0x85, "T1TEST") + local_id(1) + group)
        for font, group in zip(fonts, extra, strict=True)
    ]
    return [library.fonts_of(one, scope(*fonts, PAGE))[1] for one in fields]


def program(font: Font) -> str:
    assert isinstance(font.face, OutlineFace)
    return font.face.program.name


def without_shapes(called: str, size: float = 10, typeface: str = "TEST") -> Resource:
    content = character_set(FIXED, name=called, fixed=True, size=size, typeface=typeface)
    return resource(CHARACTER_SET, called, content)


def test_fonts_that_differ_in_their_underscore() -> None:
    content = outline_set({"LA010000": (b"a", 500), "SP010000": (b"space", 250)}, size=10)
    lower = foca.FontPosition(500, 700, 800, 200, underscore_width=20, underscore_position=150).encode()
    others = [Record(r.type, 0, lower) if r.type == foca.FNP else r for r in content]
    fonts = mapped(resource(CHARACTER_SET, "CZONE", content), resource(CHARACTER_SET, "CZTWO", others))
    found = [(font.underscore_position, font.underscore_thickness) for font in fonts]
    assert found == [pytest.approx((1.0, 0.5)), pytest.approx((1.5, 0.2))]


def test_metrics_of_several_designs() -> None:
    """Courier and Courier Bold have the same metrics; what stands in for them differs."""
    fonts = mapped(without_shapes("C04200B0"), without_shapes("C04400B0"))
    assert [program(font) for font in fonts] == ["Courier", "Courier-Bold"]


def test_metrics_of_several_typefaces() -> None:
    """The same by what the fonts themselves say (FND)."""
    fonts = mapped(without_shapes("C0ONE", typeface="Arial"), without_shapes("C0TWO", typeface="Times"))
    assert [program(font) for font in fonts] == ["Helvetica", "Times-Roman"]


def test_metrics_at_several_sizes() -> None:
    """The widths that go with an em depend on how large it is."""
    fonts = mapped(without_shapes("C04200B0", 10), without_shapes("C04200A0", 20))
    widths = [font.face.widths[0x81] * font.size * font.stretch / 1000 for font in fonts]
    assert widths == [pytest.approx(font.advances[0x81]) for font in fonts]


def test_metrics_asked_for_in_several_weights() -> None:
    fonts = mapped(*[without_shapes("C0ONE")] * 2, groups=(descriptor(10), descriptor(10, weight=8)))
    assert [program(font) for font in fonts] == ["Helvetica", "Helvetica-Bold"]


def test_data_object_fonts_for_several_encodings() -> None:
    """The text of one is UTF-8 by the number of its code page, that of the other UTF-16, as without one."""
    group = full_name(0xDE, "Arial") + data_object_font(10) + internal_id(1)
    utf8 = encode_triplet(0x20, (1208).to_bytes(2, "big") * 2)
    library, resources = FontLibrary(Findings()), scope()
    fonts = [library.fonts_of(mdr(one), resources)[1] for one in (group + utf8, group)]
    assert [font.codec for font in fonts] == ["utf-8", "utf-16-be"]


def test_code_pages_that_differ_in_their_number() -> None:
    pages = [code_page({0x81: "LA010000"}, number=number) for number in (273, 500)]
    assert len({parsed(page).key for page in pages}) == 2


def test_data_that_looks_like_other_records() -> None:
    """A comment in which a field seems to begin is not that field."""
    hidden = CODES["PTX"].to_bytes(3, "big") + b"text"
    one = resource(CHARACTER_SET, "ONE", records((CODES["NOP"], b"note" + hidden)))
    two = resource(CHARACTER_SET, "TWO", records((CODES["NOP"], b"note"), (CODES["PTX"], b"text")))
    assert one.key != two.key


def test_patterns_that_move_between_fields() -> None:
    """Patterns of one font where the map to them of another one ends."""
    content = character_set(FIXED, boxes=[(8, 1, 0)], patterns=b"\xff" * 8)
    ends = [Record(r.type, 0, r.data + b"\xff" * 8) if r.type == foca.FNN else r for r in content]
    moved = [replace(r, data=b"") if r.type == foca.FNG else r for r in ends]
    fonts = mapped(resource(CHARACTER_SET, "CZONE", content), resource(CHARACTER_SET, "CZTWO", moved))
    assert fonts[0].face.key != fonts[1].face.key
