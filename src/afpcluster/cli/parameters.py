"""What commands have in common."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import click

PATH: click.Path[Path] = click.Path(path_type=Path, readable=False)
"""A path; whether it can be read the command says itself, and what next."""

Kind = TypeVar("Kind", bound=StrEnum)


class OneOf(click.Choice[Kind]):
    """A member of an enumeration, by its value."""

    def normalize_choice(self, choice: object, ctx: click.Context | None) -> str:
        return str(choice)


def refused(error: Exception, code: int = 2, output: object = None) -> click.exceptions.Exit:
    """Say on standard error why a command does not start, or cannot go on. `output` is what it writes, for
    errors that do not name it."""
    text = str(error)
    place = getattr(error, "filename", None) or output
    if isinstance(error, OSError) and place is not None:
        text = (
            f"{place}: {error.strerror}. Check its name, that there is room, and who may read or write there"
        )
    click.echo(f"afpcluster: {text}", err=True)
    return click.exceptions.Exit(code)
