"""Images that are kept for later pages are bounded."""

from __future__ import annotations

from afpcluster.display.geometry import IDENTITY
from afpcluster.display.items import Encoding, Image, ImageData, ImageModel, Item, Shared, SharedItems
from afpcluster.display.walk import weight
from afpcluster.recent import Recent


def picture(size: int) -> list[Image]:
    return [Image(ImageData("k", size, 1, Encoding.RAW, ImageModel.GRAY, 8, bytes(size)), IDENTITY)]


def test_what_is_kept_is_bounded_by_weight() -> None:
    kept: Recent[list[Image]] = Recent(64, weight, 10_000)
    for number in range(20):
        kept.put(number, picture(3_000))
        kept.put(number, picture(3_000))  # once more: it counts once
    assert [number for number in range(20) if kept.get(number)] == [17, 18, 19]
    kept.put("large", picture(20_000))
    assert kept.get("large") is None
    kept.put("small", picture(100))
    assert kept.get("small")


def test_what_is_shared_weighs_once() -> None:
    """However often it is used, and by what else is shared."""
    items: list[Item] = list(picture(5_000))
    for _ in range(40):
        shared = SharedItems(items)
        items = [Shared(shared, IDENTITY), Shared(shared, IDENTITY)]
    assert 5_000 < weight(items) < 5_000 + 40 * 2 * 200 + 1_000
