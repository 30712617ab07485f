"""Drawing orders as bytes: rows, formats, round trips."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afpcluster.afp.goca import (
    ORDERS,
    ORDERS_BY_NAME,
    Order,
    OrderError,
    encode_segment,
    orders,
    segments,
)

BYTES: dict[str, tuple[tuple[Any, ...], str]] = {
    "no_operation": ((), "00"),
    "set_colour": ((2,), "0A02"),
    "set_fractional_line_width": ((0x0280,), "11020280"),
    "line_at_current_position": (([(1, -1), (2, 0)],), "81080001FFFF00020000"),
    "relative_line_at_given_position": ((1, 2, [(-1, 127)]), "E10600010002FF7F"),
    "set_custom_line_type": (([(0x0100, 0x0080)],), "200401000080"),
    "box_at_given_position": ((0x2000, 1, 2, 3, 4), "C00A20000001000200030004"),
    "box_at_current_position": ((0x2000, 3, 4, 5), "80082000000300040005"),
    "set_character_cell": ((1, 2, 3, 4), "33080001000200030004"),
    "set_marker_cell": ((1, 2), "370400010002"),
    "partial_arc_at_current_position": ((1, 2, 0x0100, 0, 65536), "A30E0001000201000000000000010000"),
    "character_string_at_given_position": ((1, 2, b"AB"), "C306000100024142"),
    "end_area": ((b"",), "6000"),
    "delete_pattern": ((0, 7, 1), "DF0400000701"),
    "linear_gradient": ((0, 1, 2, 3, 4, 5, 6, b"x"), "FEDC000D0000010200030004000500067 8".replace(" ", "")),
}


@pytest.mark.parametrize("name", BYTES)
def test_orders_as_bytes(name: str) -> None:
    operands, expected = BYTES[name]
    order = ORDERS_BY_NAME[name]
    encoded = order.encode(*operands)
    assert encoded.hex().upper() == expected
    if encoded != b"\0":
        ((code, data),) = orders(encoded)
        assert (code, order.decode(data)) == (order.code, operands)


def operands(order: Order) -> st.SearchStrategy[tuple[Any, ...]]:
    """Any operands of an order: required and optional ones at random, a tail of any length."""
    tails = {
        "points": st.lists(st.tuples(signed(16), signed(16)), max_size=60),
        "offsets": st.lists(st.tuples(signed(8), signed(8)), max_size=100),
        "pairs": st.lists(st.tuples(unsigned(16), unsigned(16)), max_size=60),
        "data": st.binary(max_size=200),
    }
    shapes = [order.required, *order.optional]
    if order.tail:
        return st.tuples(*[LETTERS[letter] for letter in order.required.format[1:]], tails[order.tail])

    def first(count: int) -> st.SearchStrategy[tuple[Any, ...]]:
        letters = "".join([shape.format[1:] for shape in shapes[:count]])
        return st.tuples(*[LETTERS[letter] for letter in letters])

    return st.integers(1, len(shapes)).flatmap(first)


def signed(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def unsigned(bits: int) -> st.SearchStrategy[int]:
    return st.integers(0, (1 << bits) - 1)


LETTERS = {"B": unsigned(8), "H": unsigned(16), "h": signed(16), "i": signed(32)}


@pytest.mark.parametrize("order", [row for code, row in ORDERS.items() if code], ids=lambda row: row.name)
@given(data=st.data())
def test_every_order_round_trips(order: Order, data: st.DataObject) -> None:
    values = data.draw(operands(order))
    ((code, encoded),) = orders(order.encode(*values))
    assert (code, order.decode(encoded)) == (order.code, values)


def test_rows_are_consistent() -> None:
    assert len({order.mnemonic for order in ORDERS.values()}) == len(ORDERS)
    for order in ORDERS.values():
        count = sum(len(shape.format) - 1 for shape in (order.required, *order.optional))
        assert len(order.names) == count + bool(order.tail)


@pytest.mark.parametrize("code", [code for code, order in ORDERS.items() if order.required.size])
def test_operands_that_are_missing(code: int) -> None:
    with pytest.raises(OrderError, match="bytes of operands"):
        ORDERS[code].decode(bytes(ORDERS[code].required.size - 1))


def test_long_segments_are_appended() -> None:
    data = bytes(range(1, 200)) * 700
    (segment,), problems = segments(encode_segment(data))
    assert (segment.data, problems) == (data, [])


def test_the_row_formats_are_those_of_struct() -> None:
    used = {letter for order in ORDERS.values() for letter in order.required.format[1:]}
    assert used <= set(LETTERS)
    assert {struct.calcsize(f">{letter}") for letter in used} == {1, 2, 4}
