"""Whatever the bytes are: items and findings, no exception, finite numbers, little time."""

from __future__ import annotations

import time
from math import isfinite

import pytest
from graphics_drawing import descriptor, draw_object, font, graphics_object, listing, order
from hypothesis import given, settings
from hypothesis import strategies as st

from afpcluster.afp.framing import Record, RecordFile
from afpcluster.afp.goca import ORDERS, OrderError, encode_segment
from afpcluster.display.items import ClipPath, Group, Image, Item, Path, TilePattern
from afpcluster.findings import Findings
from corpus import afp_files, needs_corpus

COLOURS = bytes.fromhex("0D0001000000000808080000 0000FFFFFF 0203 1388FF0000")
BOX = order("box_at_given_position", 0x2000, 100, 100, 900, 900, 50, 50)


def fill(set_: int, symbol: int) -> bytes:
    use = order("set_pattern_set", set_) + order("set_pattern_symbol", symbol)
    return use + order("begin_area", 0xC0) + BOX + order("end_area", b"")


DRAWING = (
    order("set_process_colour", COLOURS[1:14])
    + order("set_line_type", 3)
    + order("line_at_given_position", 0, 0, [(500, 500), (900, 100)])
    + order("relative_line_at_current_position", [(5, 5), (-9, 9)])
    + order("set_arc_parameters", 40, 20, 5, 5)
    + order("full_arc_at_given_position", 500, 500, 0x0280)
    + order("partial_arc_at_current_position", 100, 100, 0x0400, 90 << 16, 180 << 16)
    + order("fillet_at_current_position", [(10, 10), (20, 40), (90, 90)])
    + order("cubic_bezier_curve_at_current_position", [(10, 10), (20, 40), (90, 90)])
    + order("set_marker_symbol", 10)
    + order("marker_at_given_position", 7, 7, [(8, 8)])
    + order("set_character_set", 1)
    + order("set_character_direction", 2)
    + order("character_string_at_given_position", 5, 5, b"text")
    + order("begin_image_at_given_position", 5, 5, 0, 0, 12, 1)
    + order("image_data", b"\xaa\xbb")
    + order("end_image", b"")
    + order("begin_custom_pattern", 0, 0, 5, 1, 0, 40, 0, 40)
    + order("line_at_given_position", 0, 0, [(40, 40)])
    + order("end_custom_pattern", 0)
    + fill(5, 1)
    + order("linear_gradient", 0, 5, 2, 0, 0, 90, 90, COLOURS)
    + fill(5, 2)
    + order("radial_gradient", 0, 5, 3, 0, 0, 0x0100, 90, 90, 0x0200, COLOURS)
    + fill(5, 3)
    + fill(0, 9)
)
SEGMENT = encode_segment(DRAWING)
DESCRIPTOR = descriptor(more=bytes.fromhex("2108 01F0008F02020103 210E 0BF0008F0064006400000000"))


def draw(data: bytes, gdd: bytes = DESCRIPTOR) -> list[Item]:
    """Draw, and check that all numbers are finite."""
    items, _ = draw_object(graphics_object([data], gdd, fonts={1: font()}))
    listing(items)
    check_finite(items)
    return items


def check_finite(items: list[Item]) -> None:
    for item in items:
        numbers: list[float] = []
        if isinstance(item, Group):
            numbers += item.clip or ()
            check_finite(item.items)
        elif isinstance(item, ClipPath):
            numbers += [value for segment in item.segments for value in segment]
            check_finite(item.items)
        elif isinstance(item, Path):
            numbers += [value for segment in item.segments for value in segment]
            if isinstance(item.fill, TilePattern):
                numbers += item.fill.matrix
                assert item.fill.width > 0
                assert item.fill.height > 0
                check_finite(item.fill.cell.items)
        elif isinstance(item, Image):
            numbers += item.matrix
            assert len(item.image.data) == (item.image.width + 7) // 8 * item.image.height
        assert all(isfinite(value) for value in numbers)


def test_the_drawing_uses_every_kind_of_item() -> None:
    (group,) = draw(SEGMENT)
    assert isinstance(group, Group)
    kinds = {type(item).__name__ for item in group.items}
    assert kinds == {"Path", "GlyphRun", "Image", "ClipPath"}


@pytest.mark.parametrize("size", range(len(SEGMENT)))
def test_every_prefix(size: int) -> None:
    draw(SEGMENT[:size])


@pytest.mark.parametrize("size", range(len(DESCRIPTOR)))
def test_every_prefix_of_the_descriptor(size: int) -> None:
    draw(SEGMENT, DESCRIPTOR[:size])


mutations = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 2), st.binary(min_size=1, max_size=4)),
    min_size=1,
    max_size=6,
)


def mutated(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """Bytes replaced, inserted or left out at some places."""
    for place, kind, new in changes:
        at = int(place * len(data))
        kept = data[at:] if kind == 1 else data[at + len(new) :]
        data = data[:at] + (new if kind < 2 else b"") + kept
    return data


@settings(max_examples=120)
@given(mutations, mutations)
def test_mutations(changes: list[tuple[float, int, bytes]], more: list[tuple[float, int, bytes]]) -> None:
    begun = time.process_time()
    draw(mutated(SEGMENT, changes))
    draw(SEGMENT, mutated(DESCRIPTOR, more))
    assert time.process_time() - begun < 5


@settings(max_examples=120)
@given(st.lists(st.tuples(st.sampled_from(sorted(ORDERS)), st.binary(max_size=40)), max_size=30))
def test_any_orders_in_any_order(found: list[tuple[int, bytes]]) -> None:
    encoded = []
    for code, operands in found:
        try:
            encoded.append(ORDERS[code].encode(*ORDERS[code].decode(operands)))
        except OrderError:
            continue
    draw(encode_segment(b"".join(encoded)))


EXPENSIVE = {
    "gradients": order("linear_gradient", 0, 5, 2, 0, 0, 1, 0, COLOURS) + fill(5, 2) * 900,
    "wandering gradients": order("radial_gradient", 0, 5, 2, 0, 0, 256, 9, 9, 256, COLOURS)
    + fill(5, 2) * 900,
    "images": (order("begin_image_at_current_position", 0, 0, 0xFFFF, 0xFFFF) + order("image_data", b"\1"))
    * 2000,
    "markers": order("marker_at_current_position", [(1, 1)] * 60) * 200,
    "arcs": order("full_arc_at_given_position", 500, 500, 65535) * 150_000,
    "arcs in an area": order("begin_area", 0xC0) + order("full_arc_at_current_position", 99) * 150_000,
    "appended segments": b"",
}


@pytest.mark.parametrize("name", EXPENSIVE)
def test_expensive_drawings_end_soon(name: str) -> None:
    data = encode_segment(EXPENSIVE[name])
    if name == "appended segments":
        data = (b"\x70\x0c" + bytes(5) + b"\x06\0\1" + bytes(4) + b"\0") * 100_000
    begun = time.process_time()
    items, findings = draw_object(graphics_object([data]))
    assert time.process_time() - begun < 10
    assert items or name == "appended segments"
    if name.startswith("arcs"):
        assert "graphics-limit" in [finding.code for finding in findings]


@needs_corpus
def test_graphics_of_real_files_are_drawn_without_findings() -> None:
    found = Findings()
    drawn = 0
    for path in afp_files():
        with path.open("rb") as source:
            file = RecordFile(source, found)
            descriptor_data, data = b"", list[Record]()
            for record in file.read(0, file.size):
                if record.type == 0xD3A8BB:
                    data = []
                elif record.type == 0xD3A6BB:
                    descriptor_data = record.data
                elif record.type == 0xD3EEBB:
                    data.append(record)
                elif record.type == 0xD3A9BB and data:
                    data_object = graphics_object([record.data for record in data], descriptor_data)
                    items, findings = draw_object(data_object)
                    assert items
                    assert [finding.message for finding in findings] == []
                    drawn += 1
    assert drawn >= 50
