"""Topologies for clusters of the tests, each with names and addresses of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from afpcluster.cluster.topology_file import sample_text

RUNS = Path("/run")
PREFIX = "afpcluster-test-"


def topology_text(number: int) -> str:
    """The sample with another network, other names and folders; `number` from 80 to 249."""
    text = sample_text().replace("10.79.79.", f"10.79.{number}.")
    for there, instead in (
        ("name: afpcluster ", f"name: {PREFIX}{number} "),
        ("bridge: afp0 ", f"bridge: afpt{number} "),
        ('namespace_prefix: "" ', f"namespace_prefix: t{number}- "),
        ("/run/afpcluster ", f"{RUNS}/{PREFIX}{number} "),
        ("/var/tmp/afpcluster ", f"/var/tmp/{PREFIX}{number} "),
        ("restart_delay: 2s", "restart_delay: 1s"),
    ):
        assert there in text, there
        text = text.replace(there, instead)
    return text


@dataclass(frozen=True, slots=True)
class Slot:
    """A number that no other test run on this machine uses at the moment."""

    number: int

    @property
    def topology_text(self) -> str:
        return topology_text(self.number)

    @property
    def spare_text(self) -> str:
        """For a second lab beside the one of the session."""
        return topology_text(self.number + 100)
