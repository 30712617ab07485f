"""Declared structures: every one of the project round-trips; short data fails clearly or leaves the tail."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import afpcluster.afp
from afpcluster.afp.declare import STRUCTURES, DecodeError, Structure, describe
from afpcluster.afp.modca import PageDescriptor, PagePosition, PagePositionGroup

for module in pkgutil.iter_modules(afpcluster.afp.__path__):
    importlib.import_module(f"afpcluster.afp.{module.name}")


def strategy(kind: type[Structure]) -> st.SearchStrategy[Any]:
    """Instances of a declared structure, from its declaration."""
    values: dict[str, st.SearchStrategy[Any]] = {}
    for name, wire in kind.shape.wires:
        if wire.kind == "pad":
            continue
        bits = wire.size * 8
        if wire.kind == "bytes":
            values[name] = st.binary(min_size=wire.size, max_size=wire.size)
        elif wire.kind.startswith("signed"):
            values[name] = st.integers(-(1 << bits - 1), (1 << bits - 1) - 1)
        else:
            values[name] = st.integers(0, (1 << bits) - 1)
    if kind.shape.tail:
        groups = kind.shape.groups
        values[kind.shape.tail] = (
            st.lists(strategy(groups.item), max_size=3) if groups else st.binary(max_size=20)
        )
    return st.builds(kind, **values)


@pytest.mark.parametrize("kind", STRUCTURES, ids=lambda kind: kind.__name__)
def test_round_trip(kind: type[Structure]) -> None:
    @given(strategy(kind))
    def check(value: Structure) -> None:
        group = kind.shape.groups
        if (
            group
            and not group.prefix
            and any(item.encode() == b"" for item in getattr(value, kind.shape.tail))
        ):
            return
        assert kind.decode(value.encode()) == value
        assert describe(value) is not None

    check()


@pytest.mark.parametrize("kind", STRUCTURES, ids=lambda kind: kind.__name__)
def test_every_prefix_decodes_or_says_why(kind: type[Structure]) -> None:
    data = bytes(kind.shape.size)
    for length in range(kind.shape.size):
        if length < kind.shape.required:
            with pytest.raises(DecodeError, match=f"needs {kind.shape.required} bytes, has {length}"):
                kind.decode(data[:length])
        else:
            assert dataclasses.is_dataclass(kind.decode(data[:length]))


def test_optional_tail_and_groups() -> None:
    page = PageDescriptor.decode(bytes.fromhex("0000 3840 3840 002fd0 003de0"))
    assert (page.x_units, page.x_size, page.y_size, page.triplets) == (14400, 12240, 15840, b"")
    position = PagePosition.decode(
        bytes.fromhex("01 0a 000010 fffff0 2d00 00 0c 000000 000000 0000 01 10 07")
    )
    assert position.groups == [
        PagePositionGroup(16, -16, 0x2D00, 0),
        PagePositionGroup(0, 0, 0, 1, 0x10, 7),
    ]


def test_impossible_group_length() -> None:
    with pytest.raises(DecodeError, match="has length 99"):
        PagePosition.decode(bytes.fromhex("01 63 00"))
