"""Arguments in, exit code out. Every command imports what it needs itself, so that it starts at once."""

import sys

from afpcluster.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """Entry point of the `afpcluster` program."""
    try:
        app()
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] == __name__.split(".")[0]:
            raise
        print(
            f"afpcluster: {error.name} is not installed. Services need `pip install 'afpcluster[services]'`, "
            "cluster commands `afpcluster[cluster]`.",
            file=sys.stderr,
        )
        sys.exit(2)
