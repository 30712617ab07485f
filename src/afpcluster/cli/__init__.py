"""Arguments in, exit code out. Every command imports what it needs itself, so that `--help` is instant."""

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
    app()
