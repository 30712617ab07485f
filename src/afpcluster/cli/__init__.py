"""Arguments in, exit code out. Every command imports what it needs itself, so that `--help` is instant."""

from afpcluster.cli import cluster, documents, services
from afpcluster.cli.app import app

# Each module registers its commands when it is imported.
__all__ = ["app", "cluster", "documents", "main", "services"]


def main() -> None:
    """Entry point of the `afpcluster` program."""
    app()
