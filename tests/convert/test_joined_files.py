"""Files joined end to end: what one shows of the resources of the one in front is told, and refused where
`strict`, by whichever way it is found there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from print_files import (
    converted,
    document,
    fonts,
    group,
    include_overlay,
    include_segment,
    page,
    text,
)

from afpcluster.afp import modca, triplets
from afpcluster.afp.framing import Record
from afpcluster.afp.names import encode_name
from afpcluster.findings import MissingResourceError
from afpcluster.fonts.foca.character_set import character_set
from afpcluster.options import Layout, Options
from afpcluster.sample.records import enclosed, field, made, resource, triplet
from afpcluster.sample.typefaces import CODE_PAGE, REGULAR
from afpcluster.sample.typefaces import resource as font_resource

CHARACTER_SET, CODE_PAGE_KIND, SEGMENT, OVERLAY, FORM_MAP = 0x40, 0x41, 0xFB, 0xFC, 0xFE


def by_grid() -> bytes:
    """A map of fonts that says typeface and code page by number alone."""
    records = [Record(int.from_bytes(r[3:6], "big"), 0, r[9:]) for r in _records(font_resource(REGULAR))]
    typeface = character_set(records).typeface_id
    numbers = b"\xff\xff" + (1148).to_bytes(2, "big") + typeface.to_bytes(2, "big") + b"\0\xc8"
    entry = (
        bytes((12, 0x02, 0x84, 0)) + numbers
        + triplet(triplets.ResourceLocalIdentifier(5, 1))
        + triplet(triplets.FontDescriptorSpecification(5, 5, 240, 0, 0, bytes(10)))
    )  # fmt: skip
    return field("MCF", modca.MapResources([modca.MapGroup(entry)]))


def _records(data: bytes) -> list[bytes]:
    found = []
    while data:
        length = int.from_bytes(data[1:3], "big") + 1
        found.append(data[:length])
        data = data[length:]
    return found


def _form_map(name: str) -> bytes:
    sheet = field("MMO", made(modca.MapMediumOverlay, group_length=12, groups=[]))
    return resource(name, FORM_MAP, enclosed("BFM", name, (enclosed("BMM", "M1", (sheet,)),)))


def _resources() -> dict[str, bytes]:
    return {
        "OVER": resource("OVER", OVERLAY, enclosed("BMO", "OVER", ())),
        "SEGM": resource("SEGM", SEGMENT, enclosed("BPS", "SEGM", ())),
        REGULAR: resource(REGULAR, CHARACTER_SET, font_resource(REGULAR)),
        CODE_PAGE: resource(CODE_PAGE, CODE_PAGE_KIND, font_resource(CODE_PAGE)),
        "FORMS": _form_map("FORMS"),
    }


def _plain(*content: bytes, maps: bytes = b"") -> list[bytes]:
    return [page(*content, maps=maps)]


INVOKE = field("IMM", modca.InvokeMediumMap(encode_name("M1")))
FONTS = {REGULAR, CODE_PAGE}
SHEETS = Options(layout=Layout.SHEETS)
CASES: list[tuple[str, Callable[[], list[bytes]], set[str], Options]] = [
    ("an overlay by name", lambda: _plain(include_overlay()), {"OVER"}, Options()),
    ("a segment by name", lambda: _plain(include_segment()), {"SEGM"}, Options()),
    ("fonts by name", lambda: _plain(text("A"), maps=fonts(REGULAR, CODE_PAGE)), FONTS, Options()),
    ("fonts by number", lambda: _plain(text("A"), maps=by_grid()), FONTS, Options()),
    ("a medium map by name", lambda: [INVOKE, *_plain()], {"FORMS"}, SHEETS),
    ("the first medium map", _plain, {"FORMS"}, SHEETS),
    ("the first medium map, by pages", _plain, {"FORMS"}, Options()),
]  # fmt: skip


@pytest.mark.parametrize(("case", "content", "names", "options"), CASES, ids=[case[0] for case in CASES])
def test_resources_of_the_file_in_front(
    case: str, content: Callable[[], list[bytes]], names: set[str], options: Options
) -> None:
    resources = _resources()
    first = group(*resources.values()) + document(*_plain())
    own = resource("OTHER", SEGMENT, enclosed("BPS", "OTHER", ())) if "FORMS" in names else _form_map("OWN")
    second = group(own) + document(*content())
    _, result = converted(first + second, options)
    told = [f.message for f in result.findings if f.code == "resource-of-another-file"]
    assert {message.split()[1] for message in told} == names
    with pytest.raises(MissingResourceError, match="joined files"):
        converted(first + second, Options(layout=options.layout, strict=True))


@pytest.mark.parametrize(("case", "content", "names", "options"), CASES, ids=[case[0] for case in CASES])
def test_own_resources(
    case: str, content: Callable[[], list[bytes]], names: set[str], options: Options
) -> None:
    """What is with the pages is used without a word, though the file in front has it, too."""
    whole = group(*_resources().values()) + document(*content())
    _, result = converted(whole + whole, Options(layout=options.layout, strict=True))
    assert "resource-of-another-file" not in {f.code for f in result.findings}
