"""Every command of docs/how-to runs as it is written there, one page in one folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from afpcluster.sample import write_sample

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs/how-to").glob("*.md"))
COMMANDS = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands(page: Path, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "archive"):
        folder.mkdir(exist_ok=True)
        with (folder / "statements.afp").open("wb") as sink:
            write_sample(sink, statements=4)
    (tmp_path / "resources").mkdir()
    blocks = COMMANDS.findall(page.read_text("utf-8"))
    assert blocks
    program = f'afpcluster() {{ "{sys.executable}" -m afpcluster "$@"; }}'
    script = "\n".join(["set -e", program, *blocks])
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
