"""Where test images of other makers come from: the sources of Pillow and of libpng, which has PngSuite.

Both are fetched by the machine's own package tools, by name, into a folder that keeps them.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

SUFFIXES = frozenset(
    ".png .jpg .jpeg .jp2 .j2k .jpx .tif .tiff .gif .bmp .dib .pcx .webp".split()  # noqa: SIM905
)
_SOURCES = Path("/etc/apt/sources.list.d/debian.sources")


def files_in(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """(name, data) of the images in files, folders and tar archives, in order of their names."""
    for path in paths:
        if path.is_dir():
            yield from files_in(sorted(child for child in path.rglob("*") if child.is_file()))
        elif tarfile.is_tarfile(path):
            yield from _files_of_archive(path)
        elif path.suffix.lower() in SUFFIXES:
            yield str(path), path.read_bytes()


def _files_of_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(path) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            if member.isfile() and Path(member.name).suffix.lower() in SUFFIXES:
                file = archive.extractfile(member)
                if file is not None:
                    yield member.name, file.read()


def fetch(folder: Path) -> list[Path]:
    """The archives, fetched where they are not in `folder`. Raises CalledProcessError."""
    folder.mkdir(parents=True, exist_ok=True)
    pillow = f"pillow-{version('pillow')}.tar.gz"
    if not (folder / pillow).exists():
        wanted = f"pillow=={version('pillow')}"
        options = ["--no-deps", "--no-binary", "pillow", "--dest", str(folder), "--quiet"]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, wanted], check=True)
    if not list(folder.glob("libpng*.orig.tar.*")):
        _fetch_libpng(folder)
    return [folder / pillow, *sorted(folder.glob("libpng*.orig.tar.*"))]


def _fetch_libpng(folder: Path) -> None:
    """Debian's source of libpng, from the mirrors that the machine has; its lists stay in the folder."""
    lists = folder / "apt"
    (lists / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    first = _SOURCES.read_text().split("\n\n")[0].replace("Types: deb\n", "Types: deb-src\n")
    (lists / "source.sources").write_text(first + "\n")
    options = [
        *("-o", "Dir::Etc::sourcelist=/dev/null", "-o", f"Dir::Etc::sourceparts={lists.resolve()}"),
        *("-o", f"Dir::State::lists={(lists / 'lists').resolve()}", "-o", "APT::Sandbox::User=root", "-qq"),
    ]
    subprocess.run(["apt-get", *options, "update"], check=True)
    subprocess.run(["apt-get", *options, "source", "--download-only", "libpng1.6"], check=True, cwd=folder)
