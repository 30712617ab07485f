"""`python -m benchmarks.images`: test images of other makers against their reference decoder.

Exit code 1 where one differs and no finding says so. Without paths, those of Pillow's source distribution
and of libpng's source (with PngSuite), which are fetched once.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

from benchmarks.images.comparison import Comparison, Verdict, compare
from benchmarks.images.sources import fetch, files_in

_KEPT = Path("out/images-of-others")


def main() -> int:
    """Compare, and print what differs and the totals."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.images", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, help="files, folders or archives (default: see above)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th image")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--all", action="store_true", help="print each image, not only what is wrong")
    given = parser.parse_args()
    images = islice(files_in(given.paths or fetch(_KEPT)), 0, None, given.every)
    counts: Counter[Verdict] = Counter()
    with ProcessPoolExecutor(given.jobs) as pool:
        for found in pool.map(_compare, images, chunksize=4):
            counts[found.verdict] += 1
            if given.all or found.verdict is Verdict.WRONG:
                print(
                    f"{found.name}: {found.verdict}, mean difference {found.mean:.1f} {' '.join(found.codes)}"
                )
    total = sum(counts.values())
    print(f"{total} images: " + ", ".join(f"{counts[verdict]} {verdict}" for verdict in Verdict))
    return 1 if counts[Verdict.WRONG] or not total else 0


def _compare(image: tuple[str, bytes]) -> Comparison:
    return compare(*image)


if __name__ == "__main__":
    sys.exit(main())
