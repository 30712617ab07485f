"""What little data may draw by including it again and again, also within each other, is bounded and told."""

from __future__ import annotations

import io

import pytest
from displayed import finding_codes

from afpcluster.afp import modca
from afpcluster.afp.names import encode_name
from afpcluster.conversion.work import Work
from afpcluster.display.items import SharedItems, amount_of
from afpcluster.interpret.context import Budget
from afpcluster.options import Options
from afpcluster.sample.records import enclosed, field, resource
from benchmarks.fuzz import seed_objects
from benchmarks.fuzz.seed_pages import NAME, SIZE, object_area, print_file

PGD = field("PGD", modca.PageDescriptor(0, 0, 14_400, 14_400, SIZE, SIZE))
MOST = 10_000


@pytest.fixture(autouse=True)
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Budget, "INCLUDED", MOST)


def image() -> bytes:
    descriptor, content, _ = seed_objects.IMAGES["uncompressed"]()
    return enclosed("BIM", NAME, [object_area("IDD", "MIO", descriptor), field("IPD", content)])


def includes(name: str, count: int) -> bytes:
    return b"".join(
        field("IPO", modca.IncludePageOverlay(encode_name(name), 10 * n, 7 * n)) for n in range(count)
    )


def overlays(levels: int, width: int) -> bytes:
    """Overlays 0 to `levels` - 1: each shows the next one `width` times, the last one an image."""
    made = b""
    for level in range(levels):
        content = image() if level == levels - 1 else includes(f"O{level + 1}", width)
        made += resource(
            f"O{level}", 0xFC, enclosed("BMO", f"O{level}", [enclosed("BAG", NAME, [PGD]), content])
        )
    return made


def amounts(data: bytes) -> list[int]:
    """How much each page draws."""
    work = Work(io.BytesIO(data), Options(raise_faults=True))
    return [amount_of(page.items) for _, page in work.pages() if page is not None]


@pytest.mark.parametrize(
    ("levels", "width", "uses", "codes", "least"),
    [
        (1, 1, 50, [], 200),
        (3, 10, 2, [], 800),
        (4, 15, 1, ["include-limit"], 0),  # within the first overlay
        (3, 15, 50, ["include-limit"], 9_000),  # on the page
        (8, 30, 1, ["include-limit"], 0),
    ],
)
def test_what_overlays_draw(levels: int, width: int, uses: int, codes: list[str], least: int) -> None:
    data = print_file(includes("O0", uses), resources=overlays(levels, width))
    assert sorted({code for code in finding_codes(data) if code == "include-limit"}) == codes
    (amount,) = amounts(data)
    assert least <= amount <= MOST


def test_what_repeated_images_draw() -> None:
    data = print_file(image() * 3_000)
    assert "include-limit" in finding_codes(data)
    assert 9_000 <= amounts(data)[0] <= MOST


def test_a_page_shows_as_much_whatever_was_shown_before() -> None:
    """What is kept from the page before has cost the same."""
    full = print_file(includes("O0", 50), resources=overlays(3, 15))
    one = amounts(full)
    assert amounts(full + full) == one + one


def test_overlays_that_are_not_kept_are_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is bounded by what it weighs."""
    data = print_file(includes("O0", 3), resources=overlays(2, 2))
    kept = amounts(data)
    monkeypatch.setattr("afpcluster.interpret.content._HEAVIEST", 1)
    drawn: list[object] = []
    monkeypatch.setattr(SharedItems, "__post_init__", lambda one: _noted(one, drawn))
    assert amounts(data) == kept
    assert len(drawn) == 3 * (1 + 2)


def _noted(shared: SharedItems, drawn: list[object]) -> None:
    shared.amount = amount_of(shared.items)
    drawn.append(shared)
