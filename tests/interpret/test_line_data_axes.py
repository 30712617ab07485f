"""Objects that line data brought: triplet X'27' says along which axes they were placed.

MO:DCA Appendix C "Line Data Object Position Migration Triplet X'27'". The page is 200 by 100 points; an
object is 10 points to the right along these axes and 5 down, and 20 by 10 large.
"""

from __future__ import annotations

import pytest
from displayed import finding_codes, items_shown

from afpcluster.afp import modca, triplets
from afpcluster.afp.im_image import ImageCellPosition, ImageInputDescriptor, ImageOutputControl
from afpcluster.afp.modca import orientation
from afpcluster.afp.names import encode_name
from afpcluster.afp.ptoca import TextBuilder
from afpcluster.sample.records import enclosed, field, made, resource, triplet

UNITS = (0, 0, 7_200, 7_200)  # ten to the point
NAME = "X"
RULE = field("PTX", TextBuilder().control("DIR", 200, 100 << 8).data())


def print_file(*content: bytes, resources: bytes = b"") -> bytes:
    sizes = (*UNITS, 2_000, 1_000)
    environment = enclosed(
        "BAG",
        NAME,
        (
            field("PGD", modca.PageDescriptor(*sizes)),
            field("PTD", modca.PresentationTextDescriptor(*sizes)),
        ),
    )
    group = enclosed("BRG", NAME, [resources]) if resources else b""
    return group + enclosed("BDT", NAME, [enclosed("BPG", NAME, (environment, *content))], b"\0\0")


def axes(value: int | None) -> bytes:
    return b"" if value is None else triplet(triplets.LineDataObjectPosition(value))


def text(value: int | None, reference: int = 0, degrees: int = 0) -> bytes:
    """A text object that shows a rule, in an area of its own."""
    area = triplet(triplets.MeasurementUnits(*UNITS)) + triplet(triplets.ObjectAreaSize(2, 500, 500))
    position = made(
        modca.ObjectAreaPosition,
        identifier=1,
        group_length=23,
        x_origin=100,
        y_origin=50,
        x_orientation=orientation(degrees),
        y_orientation=orientation((degrees + 90) % 360),
        x_content=0,
        y_content=0,
        x_content_orientation=0,
        y_content_orientation=orientation(90),
        reference=reference,
    )
    descriptor = modca.PresentationTextDescriptor(*UNITS, 500, 500)
    fields = (
        field("OBD", modca.ObjectAreaDescriptor(area)),
        field("OBP", position),
        field("PTD", descriptor),
    )
    return enclosed("BPT", NAME, [enclosed("BOG", NAME, fields), RULE], axes(value))


def im_image(value: int | None, degrees: int = 0) -> bytes:
    """An image with a cell of 16 by 8 of its points, each a point large, 4 to the right of its origin."""
    turned = {"x_orientation": orientation(degrees), "y_orientation": orientation((degrees + 90) % 360)}
    control = made(ImageOutputControl, x_origin=10, y_origin=5, **turned, x_map=0x03E8, y_map=0x03E8)
    descriptor = made(
        ImageInputDescriptor,
        x_base=0,
        y_base=0,
        x_resolution=720,
        y_resolution=720,
        width=0,
        height=0,
    )
    sizes = {"x_size": 16, "y_size": 8, "x_fill": 0xFFFF, "y_fill": 0xFFFF}
    cell = made(ImageCellPosition, x_offset=4, y_offset=0, **sizes)
    fields = (field("IOC", control), field("IID", descriptor), field("ICP", cell), field("IRD", bytes(16)))
    return enclosed("BII", NAME, fields, axes(value))


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (text(None), "rule 10,5 to 30,15"),
        (text(0), "rule 10,5 to 30,15"),
        (text(1), "rule 5,90 to 15,70"),  # right along the left edge, from its foot up
        (text(2), "rule 190,95 to 170,85"),
        (text(3), "rule 195,10 to 185,30"),
        (text(3, degrees=90), "rule 195,10 to 175,0"),  # turned from the axes that are turned themselves
        (text(1, reference=1), "rule 10,5 to 30,15"),  # counts from the page
        (im_image(None), "image 14,5 to 30,13"),
        (im_image(1), "image 5,86 to 21,94"),  # its turn counts from the page
        (im_image(1, degrees=90), "image 5,86 to -3,102"),
        (im_image(2), "image 186,95 to 202,103"),
        (im_image(3), "image 195,14 to 211,22"),
    ],
)
def test_objects_on_a_page(content: bytes, shown: str) -> None:
    data = print_file(content)
    assert (items_shown(data), finding_codes(data)) == ([shown], [])


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ["rule 60,45 to 80,55", "image 64,45 to 80,53"]),
        (1, ["rule 55,30 to 65,10", "image 55,26 to 71,34"]),
        (2, ["rule 40,35 to 20,25", "image 36,35 to 52,43"]),
        (3, ["rule 45,50 to 35,70", "image 45,54 to 61,62"]),
    ],
)
def test_objects_of_a_page_segment(value: int | None, shown: list[str]) -> None:
    """They count from its origin, (50, 40) on the page. What they say themselves does not count."""
    segment = resource("SEGM", 0xFB, enclosed("BPS", "SEGM", [text(2), im_image(2)]))
    include = field("IPS", modca.IncludePageSegment(encode_name("SEGM"), 500, 400, axes(value)))
    plain = field("IPS", modca.IncludePageSegment(encode_name("SEGM"), 500, 400))
    usual = ["rule 60,45 to 80,55", "image 64,45 to 80,53"]
    assert items_shown(print_file(plain, include, plain, resources=segment)) == usual + shown + usual


def test_axes_that_do_not_exist() -> None:
    data = print_file(text(7))
    assert (items_shown(data), finding_codes(data)) == (["rule 10,5 to 30,15"], ["reference-bad"])
