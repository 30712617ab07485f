"""What lies wholly off its page is told, with a count; what shows in part, or has no ink, is not."""

from __future__ import annotations

import io

import pytest
from displayed import finding_codes

from afpcluster.afp import modca, ptoca
from afpcluster.afp.names import encode_name
from afpcluster.conversion.work import Work
from afpcluster.findings import Finding
from afpcluster.options import Options
from afpcluster.sample import write_sample
from afpcluster.sample.records import enclosed, field, resource
from benchmarks.fuzz import seed_objects, seed_pages
from benchmarks.fuzz.seed_pages import NAME, SIZE, object_area, print_file

FONT = seed_pages.map_font(seed_pages._font_by_parts(1, "C0H20000", "T1V10500"))  # 10 points
OFF = 10_000


def words(*placed: tuple[int, int, str], turned: int = 0, moves: str = "AM") -> bytes:
    """A text object: (inline, baseline) in 1/1440 inch and what stands there, lines `turned` by degrees.
    `moves` are absolute ones, which count from the page, or relative ones (RM)."""
    builder = ptoca.TextBuilder().control("SCFL", 1)
    builder.control("STO", modca.orientation(turned), modca.orientation((turned + 90) % 360))
    for inline, baseline, text in placed:
        builder.control(f"{moves}I", inline).control(f"{moves}B", baseline).text(text.encode("cp500"))
    return enclosed("BPT", NAME, (field("PTX", part) for part in builder.records()))


def rule(inline: int, baseline: int, length: int) -> bytes:
    builder = (
        ptoca.TextBuilder().control("AMI", inline).control("AMB", baseline).control("DIR", length, 0x1400)
    )
    return enclosed("BPT", NAME, [field("PTX", builder.data())])


def included(x: int, y: int, content: bytes, segment: bool = False) -> tuple[bytes, bytes]:
    """An overlay or page segment and its include."""
    if segment:
        held = resource("SEGM", 0xFB, enclosed("BPS", "SEGM", [content]))
        return held, field("IPS", modca.IncludePageSegment(encode_name("SEGM"), x, y))
    units = (0, 0, 14_400, 14_400, SIZE, SIZE)
    environment = enclosed("BAG", NAME, [FONT, field("PGD", modca.PageDescriptor(*units))])
    held = resource("OVER", 0xFC, enclosed("BMO", "OVER", [environment, content]))
    return held, field("IPO", modca.IncludePageOverlay(encode_name("OVER"), x, y))


def image(x: int) -> bytes:
    descriptor, content, _ = seed_objects.IMAGES["uncompressed"]()
    area = object_area("IDD", "MIO", descriptor)
    position = (400).to_bytes(3, "big") + (600).to_bytes(3, "big")
    assert position in area
    area = area.replace(position, x.to_bytes(3, "big", signed=True) + position[3:])
    return enclosed("BIM", NAME, [area, field("IPD", content)])


def found(*content: bytes, resources: bytes = b"") -> list[Finding]:
    data = print_file(*content, maps=FONT, resources=resources)
    work = Work(io.BytesIO(data), Options(raise_faults=True))
    for _ in work.pages():
        pass
    return [finding for finding in work.findings() if finding.code == "off-page"]


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (words((100, 300, "Ab")), 0),
        (words((100, 300, "Ab"), (OFF, 300, "Ab"), (100, OFF, "Ab")), 2),
        (words((OFF, 300, "  ")), 0),
        (words((SIZE - 20, 300, "Ab")), 0),
        (words((SIZE, 300, "Ab")), 1),
        (words((-5_000, 300, "Ab")), 1),
        (words((-260, 300, "Ab")), 1),
        (words((-200, 300, "A long line of text")), 0),
        (words((100, 0, "AB")), 1),
        (words((100, 0, "gg")), 0),
        (words((100, -20, "AB")), 1),
        (words((100, SIZE + 100, "AB")), 0),
        (words((100, SIZE + 200, "AB")), 1),
        (words((100, 300, "Ab"), turned=90), 0),
        (words((OFF, 300, "Ab"), turned=90), 1),
        (words((-260, 300, "Ab"), turned=90), 1),
        (words((-200, 300, "A long line of text"), turned=90), 0),
        (rule(0, 0, 100), 0),
        (rule(OFF, 0, 100), 1),
        (rule(OFF, 0, -OFF), 0),
        (image(SIZE - 20), 0),
        (image(SIZE + 20), 1),
    ],
)
def test_what_lies_off_the_page(content: bytes, count: int) -> None:
    told = found(content)
    assert sum(finding.count for finding in told) == count
    assert all((finding.page, finding.severity) == (1, "info") for finding in told)


@pytest.mark.parametrize("segment", [False, True])
@pytest.mark.parametrize(
    ("at", "text", "count"),
    [
        ((0, 0), (100, 300), 0),
        ((OFF, 0), (100, 300), 1),
        ((-OFF, 0), (100 + OFF, 300), 0),
        ((0, 0), (OFF, 300), 1),
    ],
)
def test_what_is_included(segment: bool, at: tuple[int, int], text: tuple[int, int], count: int) -> None:
    """Overlays and page segments are looked at where they lie, not by themselves."""
    held, include = included(*at, words((*text, "Ab"), moves="RM"), segment)
    told = found(include, include, resources=held)
    assert [finding.count for finding in told] == ([2 * count] if count else [])


def test_where_the_first_is() -> None:
    data = print_file(words((100, 300, "Ab")), words((OFF, 300, "Ab")), words((OFF, 300, "Ab")), maps=FONT)
    work = Work(io.BytesIO(data), Options(raise_faults=True))
    for _ in work.pages():
        pass
    (told,) = [finding for finding in work.findings() if finding.code == "off-page"]
    assert told.count == 2
    assert told.offset == data.index(words((OFF, 300, "Ab")))


def test_the_sample_has_nothing_off_its_pages() -> None:
    sink = io.BytesIO()
    write_sample(sink, statements=2, seed=1)
    assert "off-page" not in finding_codes(sink.getvalue())
