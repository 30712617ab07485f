"""The program that commands register with."""

from __future__ import annotations

from typing import Annotated

import typer

from afpcluster import __version__

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help and errors, as wide as the terminal
    context_settings={"help_option_names": ["-h", "--help"]},
)


def refused(error: Exception) -> typer.Exit:
    """Say on standard error why a command does not start."""
    typer.echo(f"afpcluster: {error}", err=True)
    return typer.Exit(2)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"afpcluster {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="show it and exit")
    ] = False,
) -> None:
    """Convert AFP (MO:DCA) print files to PDF: alone, as a service, or as a highly available cluster."""
