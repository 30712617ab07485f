"""`python -m afpcluster` is the `afpcluster` program, also where no script of it is installed."""

from afpcluster.cli import main

main()
