"""The program that commands register with."""

from __future__ import annotations

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


def refused(error: Exception) -> typer.Exit:
    """Say on standard error why a command does not start."""
    typer.echo(f"afpcluster: {error}", err=True)
    return typer.Exit(2)
