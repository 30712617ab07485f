"""Color Specifications as no producer should write them: a colour, or none, but never a fault."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from afpcluster.interpret.colour import quiet_colour

SPACES = st.sampled_from([0x01, 0x04, 0x06, 0x08, 0x40, 0x00, 0xFF])
SIZES = st.sampled_from([0, 1, 8, 16, 255])


@given(SPACES, st.tuples(SIZES, SIZES, SIZES, SIZES), st.binary(max_size=40))
def test_any_sizes(space: int, sizes: tuple[int, int, int, int], data: bytes) -> None:
    quiet_colour(space, sizes, data)


@given(st.tuples(st.just(0), SIZES, SIZES, SIZES), st.binary(max_size=40))
def test_a_highlight_colour_without_a_number_is_none(sizes: tuple[int, int, int, int], data: bytes) -> None:
    assert quiet_colour(0x06, sizes, data) is None
