"""A light `dataclass` does what that of the standard library does, and compiles nothing before it is used."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import sys
from collections.abc import Callable
from dataclasses import field
from typing import Any, ClassVar

import pytest

from afpcluster import light

KINDS = {
    "open": {},
    "frozen": {"frozen": True},
    "by identity": {"eq": False},
    "frozen, by identity": {"frozen": True, "eq": False},
    "weakly referred to": {"weakref_slot": True},
}


def declared(dataclass: Callable[..., Any], choices: dict[str, bool]) -> tuple[type[Any], type[Any]]:
    @dataclass(slots=True, **choices)
    class Base:
        kind: ClassVar[str] = "base"
        first: int
        second: str = "two"

    @dataclass(slots=True, **choices)
    class Kept(Base):
        """With a docstring."""

        first: int = 7
        many: list[int] = field(default_factory=list, repr=False)
        made: dict[str, int] = field(default_factory=dict, init=False, compare=False)
        named: str = field(default="n", kw_only=True)

        def __post_init__(self) -> None:
            self.made["post"] = self.first

    return Base, Kept


DID: dict[str, Callable[[type[Any], type[Any]], Any]] = {
    "made by position": lambda base, kept: repr((base(1), base(1, "x"), kept(1, "b", [3]))),
    "made by name": lambda base, kept: repr((base(second="x", first=2), kept(named="z", many=[1]))),
    "made for each": lambda base, kept: kept().many is not kept().many,
    "after it is made": lambda base, kept: kept(5).made,
    "too few": lambda base, kept: base(),
    "too many": lambda base, kept: base(1, "x", 3),
    "unknown name": lambda base, kept: kept(other=1),
    "equal": lambda base, kept: (base(1) == base(1), base(1) == base(2), base(1) == kept(1), base(1) == 1),
    "equal but for what is not compared": lambda base, kept: kept(1) == kept(1),
    "hashed": lambda base, kept: len({base(1), base(1)}),
    "is hashed": lambda base, kept: base.__hash__ is None,
    "set": lambda base, kept: setattr(base(1), "first", 2),
    "taken away": lambda base, kept: delattr(base(1), "first"),
    "replaced": lambda base, kept: repr(dataclasses.replace(base(1), second="y")),
    "as a dictionary": lambda base, kept: dataclasses.asdict(kept(3)),
    "fields": lambda base, kept: [(f.name, f.type, f.repr, f.kw_only) for f in dataclasses.fields(kept)],
    "fields before any is made": lambda base, kept: dataclasses.is_dataclass(kept),
    "matched": lambda base, kept: (base.__match_args__, kept.__match_args__),
    "slots": lambda base, kept: (base.__slots__, kept.__slots__, hasattr(kept(), "__dict__")),
    "names": lambda base, kept: (base.__qualname__, kept.__module__, kept.__doc__, base.kind),
    "copied": lambda base, kept: repr((copy.copy(kept(4)), copy.deepcopy(kept(4)))),
}


def outcome(done: Callable[[type[Any], type[Any]], Any], classes: tuple[type[Any], type[Any]]) -> Any:
    try:
        return done(*classes)
    except (TypeError, AttributeError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("choices", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("done", DID.values(), ids=DID)
def test_as_the_standard_one(done: Callable[[type[Any], type[Any]], Any], choices: dict[str, bool]) -> None:
    expected = outcome(done, declared(dataclasses.dataclass, choices))
    assert outcome(done, declared(light.dataclass, choices)) == expected


@light.dataclass(slots=True, frozen=True)
class Sent:
    what: str
    parts: tuple[int, ...] = ()


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_what_is_frozen_crosses_process_borders(protocol: int) -> None:
    assert pickle.loads(pickle.dumps(Sent("a", (1,)), protocol)) == Sent("a", (1,))


@light.dataclass(slots=True)
class Own:
    value: int

    def __repr__(self) -> str:
        return "own"

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 3


def test_own_methods_stay() -> None:
    assert (repr(Own(1)), Own(1) == 2, hash(Own(1))) == ("own", True, 3)


def test_a_method_is_compiled_once_when_it_is_called() -> None:
    compiled: list[str] = []
    sys.addaudithook(lambda event, _: compiled.append(event) if event == "compile" and listening else None)
    listening = True
    _, kept = declared(light.dataclass, {"frozen": True})
    assert compiled == []
    kept(1)
    assert len(compiled) == 1
    kept(2)
    assert len(compiled) == 1
    listening = False
