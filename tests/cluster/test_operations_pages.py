"""The commands of docs/operations, typed as they stand there, on a cluster that runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lab_slot import PREFIX, RUNS, Slot

import afpcluster
from afpcluster.cluster.site.lab import LabSite
from operating import well

_PAGES = Path(__file__).parents[2] / "docs" / "operations"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WITHOUT_TOPOLOGY = "sample|convert"
_WRAPPER = """#!/bin/sh
case $1 in
    {without}) exec {python} -m afpcluster "$@" ;;
    config) second=$2; shift 2; exec {python} -m afpcluster config "$second" --topology {topology} "$@" ;;
    *) first=$1; shift; exec {python} -m afpcluster "$first" --topology {topology} "$@" ;;
esac
"""


@pytest.mark.parametrize("page", sorted(path.name for path in _PAGES.glob("*.md")))
def test_commands_work(cluster: LabSite, slot: Slot, page: str, tmp_path: Path) -> None:
    topology, program = tmp_path / "topology.yml", tmp_path / "bin" / "afpcluster"
    topology.write_text(slot.topology_text)
    program.parent.mkdir()
    program.write_text(_WRAPPER.format(without=_WITHOUT_TOPOLOGY, python=sys.executable, topology=topology))
    program.chmod(0o755)
    text = (_PAGES / page).read_text()
    for there, instead in (
        ("10.79.79.", f"10.79.{slot.number}."),
        ("/run/afpcluster/", f"{RUNS}/{PREFIX}{slot.number}/"),
        ("/tmp/", f"{tmp_path}/"),
    ):
        text = text.replace(there, instead)
    environment = {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(Path(afpcluster.__file__).parent.parent),
        "HOME": os.environ.get("HOME", "/root"),
        "LANG": "C.UTF-8",
    }
    blocks = _BLOCK.findall(text)
    assert blocks
    for block in blocks:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            env=environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, (block, done.stdout[-3000:], done.stderr[-3000:])
    assert well(cluster)


def test_links_lead_somewhere() -> None:
    for page in _PAGES.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)[)#]", page.read_text()):
            assert (page.parent / target).exists(), (page.name, target)
