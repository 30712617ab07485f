"""Arguments in, exit code out. Every command imports what it needs itself, so that `--help` is instant."""

import sys

from afpcluster.cli import documents

# isort: split
from afpcluster.cli import services

# isort: split
from afpcluster.cli import cluster

# isort: split
from afpcluster.cli import operate
from afpcluster.cli.app import app

# Each module registers its commands when it is imported: in this order they are listed.
__all__ = ["app", "cluster", "documents", "main", "operate", "services"]


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
