"""The files in `templates/`, with `@{name}` where a value stands. Pure."""

from __future__ import annotations

from importlib import resources
from string import Template

from afpcluster.cluster.topology import Milliseconds


class _Template(Template):
    """`@{name}`: neither HAProxy's `%[...]` nor the shell's `$` means anything here; `@@` is one `@`."""

    delimiter = "@"


def fill(template: str, **values: object) -> str:
    """The text of `templates/<template>` with its `@{name}` replaced. Raises `KeyError`."""
    text = resources.files(__package__).joinpath("templates", template).read_text(encoding="utf-8")
    return _Template(text).substitute(values)


def duration(value: Milliseconds) -> str:
    """As HAProxy writes it, in the biggest unit without a fraction."""
    for unit, size in (("m", 60_000), ("s", 1000)):
        if value % size == 0:
            return f"{value // size}{unit}"
    return f"{value}ms"
