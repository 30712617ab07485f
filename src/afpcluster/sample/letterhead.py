"""What all pages share: an overlay with frame and footer, a page segment with the logo, a picture resource.

The names here are those of the resources in the print file.
"""

from __future__ import annotations

from collections.abc import Iterator

from afpcluster.sample.images import IN_SEGMENT, image_object
from afpcluster.sample.pictures import logo, panorama
from afpcluster.sample.records import (
    PAGE_HEIGHT,
    PAGE_WIDTH,
    enclosed,
    map_coded_fonts,
    page_descriptors,
    resource,
    text_object,
)
from afpcluster.sample.sheet import AMBER, GREY, PALE, TEAL, Sheet
from afpcluster.sample.typefaces import BODY_CODED_FONT, BOLD, CODE_PAGE, REGULAR, Style
from afpcluster.sample.typefaces import resource as font_resource
from afpcluster.sample.words import BANK, BIC, CONTACT

OVERLAY, LOGO, PANORAMA = "O1LETTER", "S1LOGO", "I1LAKE"
CODED_FONT_TYPE, CHARACTER_SET_TYPE, CODE_PAGE_TYPE = 0x42, 0x40, 0x41
IMAGE_TYPE, SEGMENT_TYPE, OVERLAY_TYPE = 0x06, 0xFB, 0xFC

LEFT, RIGHT = 1_134, PAGE_WIDTH - 1_134
LOGO_SIZE = 1_000
FOOTER = 15_720
PICTURE_HEIGHT = round((RIGHT - LEFT) * 0.18)


def resources(fonts: bool) -> Iterator[bytes]:
    """The resources of the print file; without `fonts`, those are left for a resource folder to give."""
    if fonts:
        yield resource(CODE_PAGE, CODE_PAGE_TYPE, font_resource(CODE_PAGE))
        for name in (REGULAR, BOLD):
            yield resource(name, CHARACTER_SET_TYPE, font_resource(name))
        yield resource(BODY_CODED_FONT, CODED_FONT_TYPE, font_resource(BODY_CODED_FONT))
    yield resource(LOGO, SEGMENT_TYPE, _logo_segment())
    yield resource(
        PANORAMA, IMAGE_TYPE, image_object(PANORAMA, panorama(), 0, 0, RIGHT - LEFT, PICTURE_HEIGHT)
    )
    yield resource(OVERLAY, OVERLAY_TYPE, _overlay())


def _logo_segment() -> bytes:
    return enclosed(
        "BPS", LOGO, [image_object(LOGO, logo(), 0, 0, LOGO_SIZE, LOGO_SIZE, reference=IN_SEGMENT)]
    )


def _overlay() -> bytes:
    sheet = Sheet()
    sheet.rule(0, 0, PAGE_WIDTH, 300, TEAL)
    sheet.rule(0, 300, PAGE_WIDTH, 50, AMBER)
    sheet.write(LEFT + LOGO_SIZE + 220, 1_190, BANK, Style.TITLE, TEAL)
    sheet.write(LEFT + LOGO_SIZE + 226, 1_480, "Banking since the harbour had a bell", Style.SMALL, GREY)
    for fold in (5_953, 11_906):
        sheet.rule(200, fold, 260, 8, GREY)
    sheet.rule(200, PAGE_HEIGHT // 2, 170, 8, GREY)
    _footer(sheet)
    sheet.write_upwards(560, 15_500, "HQB 4711-07 · 2026", Style.TINY, GREY)
    sheet.write_downwards(PAGE_WIDTH - 560, 12_600, f"{BANK} · {BIC}", Style.TINY, GREY)
    environment = enclosed("BAG", OVERLAY, (map_coded_fonts(), *page_descriptors()))
    return enclosed("BMO", OVERLAY, (environment, text_object(OVERLAY, sheet.records())))


def _footer(sheet: Sheet) -> None:
    street, town, telephone, web = CONTACT
    columns = (
        (BANK, street, town),
        ("Telephone", telephone, web),
        ("BIC", BIC, "QX-REG 40117-88"),
        ("Board", "Dr. Íñigo Halm-Sørensen", "Éloïse Weißdorn"),
    )
    sheet.rule(LEFT, FOOTER, RIGHT - LEFT, 12, TEAL)
    for number, lines in enumerate(columns):
        x = LEFT + number * (RIGHT - LEFT) // 4
        if number:
            sheet.upright(x - 140, FOOTER + 110, 480, 8, PALE)
        sheet.write(x, FOOTER + 210, lines[0], Style.SMALL_BOLD, TEAL)
        sheet.write_column(x, FOOTER + 390, lines[1:], 170, Style.SMALL, GREY)
