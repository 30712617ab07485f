"""The reference topology under names, addresses and a network of the tests' own."""

from __future__ import annotations

import os

import pytest

from afpcluster.cluster.topology_file import docker_text

PREFIX = "afptest-"
takes_minutes = pytest.mark.skipif(
    not os.environ.get("AFPCLUSTER_TEST_DOCKER"), reason="takes minutes; `make test-docker` runs it"
)


def topology_text() -> str:
    """What a test run uses; only one at a time on a machine."""
    text = docker_text().replace("10.79.78.", "10.79.77.").replace("mp-", f"{PREFIX}mp-")
    for there, instead in (
        ("name: afpcluster", "name: afpcluster-test"),
        ("bridge: afpdocker0", "bridge: afpdocktest"),
    ):
        assert there in text, there
        text = text.replace(there, instead)
    return text
