"""`python -m benchmarks.fonts`: every font file of Debian's font packages; exit code 1 if a glyph differs.

Without files, those of the packages that `make fonts` installs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.fonts import sfnt, type1
from benchmarks.fonts.comparison import Comparison

TYPE1_PACKAGES = ("fonts-urw-base35", "cm-super", "lmodern", "tex-gyre")
SFNT_PACKAGES = (
    *("fonts-urw-base35", "fonts-liberation2", "fonts-dejavu-core", "fonts-cantarell"),
    *("fonts-linuxlibertine", "fonts-sil-gentium-basic", "fonts-lohit-deva", "fonts-nanum"),
)
TYPE1_SUFFIXES, SFNT_SUFFIXES = (".pfb", ".t1", ".pfa"), (".ttf", ".otf", ".ttc", ".otc")


def files_of(package: str, suffixes: tuple[str, ...] = TYPE1_SUFFIXES) -> list[Path]:
    """The font files of an installed package, none twice."""
    done = subprocess.run(["dpkg-query", "--listfiles", package], capture_output=True, text=True, check=False)
    found = [Path(line) for line in done.stdout.splitlines() if line.endswith(suffixes)]
    return sorted({path.resolve() for path in found})


def all_files() -> list[Path]:
    """The font files of all these packages."""
    return [
        *(path for package in TYPE1_PACKAGES for path in files_of(package)),
        *(path for package in SFNT_PACKAGES for path in files_of(package, SFNT_SUFFIXES)),
    ]


def compare(path: Path) -> Comparison:
    """Each glyph of a file."""
    return sfnt.compare(path) if path.suffix in SFNT_SUFFIXES else type1.compare(path)


def main() -> int:
    """Compare, and print what differs and the totals."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fonts", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="font files (default: those of the packages)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th file")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    given = parser.parse_args()
    paths: list[Path] = given.files or all_files()
    paths = paths[:: given.every]
    if not paths:
        print("No fonts. `make fonts` installs them.", file=sys.stderr)
        return 2
    glyphs = wrong = told = 0
    with ProcessPoolExecutor(given.jobs) as pool:
        for path, found in zip(paths, pool.map(compare, paths, chunksize=4), strict=True):
            glyphs, wrong, told = glyphs + found.glyphs, wrong + len(found.wrong), told + bool(found.findings)
            for line in _lines(found):
                print(f"{path}: {line}")
    print(f"{len(paths)} files, {glyphs} glyphs: {wrong} differ; {told} files with findings")
    return 1 if wrong or told else 0


def _lines(found: Comparison) -> list[str]:
    """What differs, for people."""
    differing = f"{len(found.wrong)} glyphs differ: {' '.join(found.wrong[:10])}"
    return [differing, *found.findings] if found.wrong else [*found.findings]


if __name__ == "__main__":
    sys.exit(main())
