"""`dataclass` as in the standard library, light to declare: what it adds is made when it is first asked for.

The standard one compiles up to seven functions for each class that is imported, half of the time that the
program needed to start; of the kinds that are declared, a document meets few. The first call of a
method puts the generated one in its own place: from then on both cost the same. Classes have slots, always.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, FrozenInstanceError
from typing import TYPE_CHECKING, Any

Fields = tuple[Field[Any], ...]


def _light(
    *, slots: bool, frozen: bool = False, eq: bool = True, weakref_slot: bool = False
) -> Callable[[type[Any]], Any]:
    assert slots

    def build(cls: type[Any]) -> Any:
        made: Any = _slotted(cls, weakref_slot)
        for name in ("__dataclass_fields__", "__dataclass_params__", "__match_args__"):
            setattr(made, name, _Described(cls, name))
        methods = {"__init__": _init_frozen if frozen else _init, "__repr__": _repr}
        if eq:
            methods["__eq__"] = _eq
            if frozen:
                methods["__hash__"] = _hash
            elif "__hash__" not in vars(cls):
                made.__hash__ = None
        for name, source in methods.items():
            if name not in vars(cls):
                _generate_later(made, name, source)
        if frozen:
            made.__setattr__, made.__delattr__, made.__setstate__ = (
                _refuse_to_set,
                _refuse_to_delete,
                _restore,
            )
        return made

    return build


if TYPE_CHECKING:  # type checkers know what the standard one does
    from dataclasses import dataclass as dataclass
else:
    dataclass = _light


def _slotted(cls: type[Any], weakref_slot: bool) -> type[Any]:
    """The class again, with slots for its own fields."""
    space = dict(vars(cls))
    of_bases = {slot for base in cls.__mro__[1:] for slot in vars(base).get("__slots__", ())}
    annotations: dict[str, str] = space.get("__annotations__", {})
    names = [name for name, hint in annotations.items() if not hint.startswith("ClassVar")]
    for name in (*names, "__dict__", "__weakref__"):
        space.pop(name, None)
    slots = [*names, "__weakref__"] if weakref_slot else names
    space["__slots__"] = tuple(name for name in slots if name not in of_bases)
    metaclass: Any = type(cls)
    made: type[Any] = metaclass(cls.__name__, cls.__bases__, space)
    made.__qualname__ = cls.__qualname__
    return made


class _Described:
    """What the standard `dataclass` says of a class."""

    def __init__(self, cls: type[Any], name: str) -> None:
        self._cls = cls
        self._name = name

    def __get__(self, instance: object, owner: type[Any]) -> Any:
        cls = self._cls
        if "__dataclass_params__" not in vars(cls):
            cls.__doc__ = cls.__doc__ or cls.__qualname__  # else one is made of the signature
            dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
        return getattr(cls, self._name)


def _generate_later(cls: type[Any], name: str, source: Callable[[Fields], Iterator[str]]) -> None:
    def first(self: Any, *values: Any, **named: Any) -> Any:
        fields = dataclasses.fields(cls)
        space: dict[str, Any] = {"MISSING": MISSING}
        for f in fields:
            space[f"default_{f.name}"], space[f"make_{f.name}"] = f.default, f.default_factory
            space[f"set_{f.name}"] = getattr(cls, f.name).__set__
        lines = [*source(fields)]
        if name == "__init__" and hasattr(cls, "__post_init__"):
            lines.append(" self.__post_init__()")
        exec("\n".join(lines), space)
        method = space[name]
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, method)
        return method(self, *values, **named)

    setattr(cls, name, first)


def _init(fields: Fields, assign: str = "self.{0} = {1}") -> Iterator[str]:
    given = [f for f in fields if f.init]
    parameters = [_parameter(f) for f in given if not f.kw_only]
    if named := [_parameter(f) for f in given if f.kw_only]:
        parameters += ["*", *named]
    yield f"def __init__({', '.join(['self', *parameters])}):"
    yield " pass"
    for f in fields:
        value = f.name
        if f.default_factory is not MISSING:
            value = f"make_{f.name}() if {f.name} is MISSING else {f.name}" if f.init else f"make_{f.name}()"
        elif not f.init:
            continue
        yield " " + assign.format(f.name, value)


def _init_frozen(fields: Fields) -> Iterator[str]:
    return _init(fields, "set_{0}(self, {1})")  # as the slot does it, past __setattr__


def _parameter(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return f"{field.name}=MISSING"
    return field.name if field.default is MISSING else f"{field.name}=default_{field.name}"


def _repr(fields: Fields) -> Iterator[str]:
    shown = ", ".join(f"{f.name}={{self.{f.name}!r}}" for f in fields if f.repr)
    yield f"def __repr__(self): return f'{{self.__class__.__qualname__}}({shown})'"


def _eq(fields: Fields) -> Iterator[str]:
    compared = [f.name for f in fields if f.compare]
    yield "def __eq__(self, other):"
    yield " if other.__class__ is not self.__class__: return NotImplemented"
    yield f" return {_values('self', compared)} == {_values('other', compared)}"


def _hash(fields: Fields) -> Iterator[str]:
    compared = [f.name for f in fields if (f.compare if f.hash is None else f.hash)]
    yield f"def __hash__(self): return hash({_values('self', compared)})"


def _values(of: str, names: list[str]) -> str:
    return "(" + "".join(f"{of}.{name}, " for name in names) + ")"


def _refuse_to_set(self: Any, name: str, value: Any) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _restore(self: Any, state: tuple[None, dict[str, Any]]) -> None:
    """What pickle and copy do with the slots of a class that is not frozen."""
    for name, value in state[1].items():
        object.__setattr__(self, name, value)
