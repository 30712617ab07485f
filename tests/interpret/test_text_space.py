"""The object space of presentation text, from the descriptors of pages and text objects."""

from __future__ import annotations

import pytest
from displayed import items_shown

from afpcluster.afp import modca
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.ptoca import TextBuilder
from afpcluster.findings import Findings
from afpcluster.interpret.environment import Environment, read_environment
from afpcluster.interpret.text.state import TextSpace
from afpcluster.sample.records import enclosed, field

TWIPS = (0, 0, 14_400, 14_400)
PAGE = field("PGD", modca.PageDescriptor(*TWIPS, 4_000, 4_000))
DESCRIPTOR = modca.PresentationTextDescriptor(*TWIPS, 2_000, 1_000)
SMALLER = field("PTD", DESCRIPTOR)
RULE = TextBuilder().control("STO", 0x5A00, 0x8700).control("AMI", 0).control("AMB", 0)
TEXT = field("PTX", RULE.control("DIR", 400, 200 << 8).data())


@pytest.mark.parametrize(
    ("descriptors", "group", "expected"),
    [
        # From the corner of the page at (200, 200), whatever the descriptor of its text says.
        ((PAGE, SMALLER), b"", "rule 180,190 to 200,200"),
        # From the corner of the text object at (100, 50).
        ((PAGE,), enclosed("BOG", "X", [SMALLER]), "rule 80,40 to 100,50"),
    ],
)
def test_size(descriptors: tuple[bytes, ...], group: bytes, expected: str) -> None:
    environment = enclosed("BAG", "X", descriptors)
    text = enclosed("BPT", "X", [group, TEXT])
    file = enclosed("BDT", "X", [enclosed("BPG", "X", [environment, text])], b"\0\0")
    assert items_shown(file) == [expected]


def test_a_descriptor_of_its_own_keeps_the_suppressions_of_the_page() -> None:
    page = Environment(text=TextSpace(1, 1, 100, 100, suppressed=frozenset({3})))
    records = [Record(CODES["PTD"], 0, DESCRIPTOR.encode())]
    found = read_environment(records, None, None, None, Findings(), outer=page)  # type: ignore[arg-type]
    assert found.text == TextSpace(0.05, 0.05, 100, 50, suppressed=frozenset({3}))


def test_text_on_a_page_inherits_the_space_increment() -> None:
    """PTOCA "Set Variable Space Character Increment (SVI)": BPT does not reset it."""
    first = field("PTX", TextBuilder().control("SVI", 400).data())
    then = field("PTX", TextBuilder().text("\x40".encode("latin-1")).control("DIR", 400, 200 << 8).data())
    objects = [enclosed("BPT", "X", [content]) for content in (first, then)]
    own = enclosed("BPT", "X", [enclosed("BOG", "X", [field("PTD", DESCRIPTOR)]), then])
    environment = enclosed("BAG", "X", (PAGE,))
    bodies = ([*objects, own], [objects[1]])
    pages = [enclosed("BPG", "X", [environment, *body]) for body in bodies]
    rules = [line for line in items_shown(enclosed("BDT", "X", pages, b"\0\0")) if "rule" in line]
    default = "rule 6,0 to 26,10"  # the default font is Courier at 10 points
    assert rules == ["rule 20,0 to 40,10", default, default]  # an object of its own, and another page
