"""The wheel and the sdist, each installed into an empty environment with what it asks for and no more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
SERVICES = (
    "aiohttp",
    "cryptography",
    "javaproperties",
    "prometheus_client",
    "starlette",
    "uvicorn",
    "ruamel",
)


def run(*command: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | variables
    return subprocess.run(
        list(map(str, command)), env=environment, cwd="/", capture_output=True, text=True, timeout=300
    )


def pip(*arguments: str | Path) -> None:
    done = run(sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel of the source tree, and that of the sdist, as pip makes it of one."""
    folder = tmp_path_factory.mktemp("dist")
    for target in ("wheel", "sdist"):
        done = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder / target)],
            cwd=ROOT, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    (sdist,) = (folder / "sdist").glob("*.tar.gz")
    pip("wheel", "-q", "--no-deps", "--no-index", "--no-build-isolation", "-w", folder / "again", sdist)
    return {
        "wheel": next((folder / "wheel").glob("*.whl")),
        "sdist": next((folder / "again").glob("*.whl")),
        "archive": sdist,
    }


def needed(name: str, extras: frozenset[str], found: dict[str, frozenset[str]]) -> None:
    """All that a distribution needs, in turn, by name: with the extras that are asked for."""
    if name in found and found[name] >= extras:
        return
    found[name] = found.get(name, frozenset()) | extras
    for line in distribution(name).requires or ():
        wanted = Requirement(line)
        if wanted.marker is None or any(
            wanted.marker.evaluate({"extra": extra}) for extra in (extras or {""})
        ):
            needed(wanted.name, frozenset(wanted.extras), found)


def installed(wheel: Path, folder: Path) -> Path:
    """The programs of a fresh environment with a wheel, and links to what that needs, which is here."""
    venv.create(folder, with_pip=False, symlinks=True)
    pip("--python", folder / "bin/python", "install", "-q", "--no-deps", "--no-index", wheel)
    (site,) = folder.glob("lib/python*/site-packages")
    (metadata,) = site.glob("afpcluster-*.dist-info/METADATA")
    found: dict[str, frozenset[str]] = {}
    for line in metadata.read_text("utf-8").splitlines():
        if line.startswith("Requires-Dist: ") and "extra ==" not in line:
            wanted = Requirement(line.removeprefix("Requires-Dist: "))
            needed(wanted.name, frozenset(wanted.extras), found)
    for name in found:
        for file in distribution(name).files or ():
            top = file.parts[0]
            if top != ".." and not (site / top).exists():
                (site / top).symlink_to(Path(str(distribution(name).locate_file(top))))
    return folder / "bin"


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_an_empty_environment(distributions: dict[str, Path], tmp_path: Path, kind: str) -> None:
    programs = installed(distributions[kind], tmp_path / "environment")
    for module in SERVICES:
        assert run(programs / "python", "-c", f"import {module}").returncode != 0
    source, target = tmp_path / "in.afp", tmp_path / "out.pdf"
    for arguments in (
        ("sample", source, "--statements", "2"),
        ("convert", source, "-o", target, "--pdf-a", "2u", "--title", "x"),
        ("convert", source, "-o", tmp_path / "out.png", "--pages", "1"),
        ("convert", source, source, "-o", tmp_path / "out.jsonl"),
        ("check", source),
    ):
        done = run(programs / "afpcluster", *arguments)
        assert done.returncode == 0, done.stderr
    assert target.read_bytes().startswith(b"%PDF")
    first = json.loads((tmp_path / "out.jsonl").read_text("utf-8").splitlines()[0])
    assert first["record"] == "file"
    script = "import afpcluster, io, sys; afpcluster.convert(open(sys.argv[1], 'rb'), io.BytesIO())"
    assert run(programs / "python", "-W", "error", "-c", script, source).returncode == 0
    served = run(programs / "afpcluster", "serve-afp2web", "--listen", "127.0.0.1:0")
    assert "afpcluster[services]" in served.stderr
    assert "Traceback" not in served.stderr
    assert served.returncode == 2


def test_the_sdist_holds_what_the_project_is_made_of(distributions: dict[str, Path]) -> None:
    with tarfile.open(distributions["archive"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "src/afpcluster/convert.py"} <= names
