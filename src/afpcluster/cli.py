"""Arguments in, exit code out. Every command imports what it needs itself, so that `--help` is instant."""

from __future__ import annotations

import typer

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


def main() -> None:
    """Entry point of the `afpcluster` program."""
    app()
