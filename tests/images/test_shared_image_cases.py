"""Image cases after public reports, where the private corpus lies beside the project: pixels and findings.

Pages are rendered at a pixel to the image point. Another viewer, poppler's, must show the same.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from afpcluster.convert import convert
from afpcluster.options import Options
from corpus import CORPUS
from rendering import rendered

CASES = CORPUS / "cases" / "images"
needs_cases = pytest.mark.skipif(not CASES.is_dir(), reason="the private corpus is not beside the project")
GREEN, WHITE, BLACK = (0, 200, 0), (255, 255, 255), (0, 0, 0)
RED, BLUE = (220, 20, 20), (20, 20, 220)


def converted(name: str) -> tuple[bytes, list[str]]:
    sink = io.BytesIO()
    with (CASES / f"{name}.afp").open("rb") as source:
        result = convert(source, sink, Options(raise_faults=True))
    return sink.getvalue(), [finding.code for finding in result.findings]


def by_poppler(pdf: bytes, folder: Path) -> Image.Image:
    (folder / "case.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", "72", "-png", "-singlefile", str(folder / "case.pdf"), str(folder / "case")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    with Image.open(folder / "case.png") as image:
        return image.convert("RGB")


def near(image: Image.Image, at: tuple[int, int], colour: tuple[int, int, int], tolerance: int = 30) -> bool:
    found = image.getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(a - b) <= tolerance for a, b in zip(found, colour, strict=True))


def mean(image: Image.Image, box: tuple[int, int, int, int] | None = None) -> list[float]:
    return ImageStat.Stat(image.crop(box) if box else image).mean


def is_base(image: Image.Image, across: int = 1) -> bool:
    """The colour gradient with its red and its blue block; `across` pixels to the image point."""
    red, blue = (4 * across, 6 * across), (90 * across, 60 * across)
    return near(image, red, RED) and near(image, blue, BLUE) and not near(image, (40 * across, 20), WHITE)


def is_gray(image: Image.Image) -> bool:
    """The base picture in gray: blocks and letters darker than what is around them."""
    gray = image.convert("L")
    block, beside = mean(gray, (2, 2, 22, 10))[0], mean(gray, (30, 2, 50, 10))[0]
    low, _ = gray.getextrema()
    assert isinstance(low, int | float)
    return block < beside and low < 20 and 90 < mean(gray)[0] < 190


def blank(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    return image.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), WHITE)]


def inked(image: Image.Image, box: tuple[int, int, int, int]) -> float:
    """The share of black."""
    return 1 - mean(image.convert("L"), box)[0] / 255


Check = Callable[[Image.Image], bool]
RIGHT: dict[str, tuple[Check, list[str]]] = {
    "a_gray_assoc": (
        lambda i: is_base(i) and blank(i, (145, 0, 192, 64)) and not near(i, (110, 40), WHITE),
        [],
    ),
    "b_png16_trns": (lambda i: near(i, (44, 30), GREEN, 3) and not near(i, (10, 40), GREEN), []),
    "c_png1_trns_black": (lambda i: near(i, (15, 9), GREEN, 3) and near(i, (2, 40), WHITE, 3), []),
    "d_jp2_cut60": (is_base, ["image-cut-off"]),
    "e_jpeg_noeoi": (is_base, ["jpeg-cut-off"]),
    "e_jpeg_prog_cut": (
        lambda i: all(abs(a - b) < 10 for a, b in zip(mean(i), (126, 122, 154), strict=True)),
        ["jpeg-cut-off"],
    ),
    "e_jpeg_thumb_cut": (lambda i: near(i, (10, 10), RED), ["jpeg-cut-off"]),
    "f_ioca_g4_cut": (
        lambda i: inked(i, (0, 0, 192, 60)) > 0.03 and blank(i, (0, 70, 192, 128)),
        ["ioca-data-short"],
    ),
    "f_ioca_g4_flip": (
        lambda i: inked(i, (0, 0, 192, 50)) > 0.03 and blank(i, (0, 60, 192, 128)),
        ["ccitt-damaged"],
    ),
    "g_miniswhite16_le": (is_gray, []),
    "h_float": (is_gray, []),
    "i_lzw_strip": (lambda i: is_base(i) and blank(i, (0, 33, 96, 39)), ["image-damaged-in-part"]),
    "j_sycc": (is_base, []),
    "k_bmp_short_palette": (lambda i: near(i, (10, 55), BLACK, 0), ["image-palette-short"]),
    "l_padded_fax": (lambda i: set(i.convert("L").tobytes()) == {0, 255}, []),
    "m_png_cut": (lambda i: near(i, (4, 6), RED) and blank(i, (0, 40, 96, 64)), ["image-cut-off"]),
    "o_jbig2_two_pages": (
        lambda i: near(i, (15, 9), BLACK, 0) and 0.03 < inked(i, (30, 10, 96, 60)) < 0.3,
        ["jbig2-pages"],
    ),
}


@needs_cases
@pytest.mark.parametrize("name", RIGHT)
def test_the_right_picture(name: str, tmp_path: Path) -> None:
    check, findings = RIGHT[name]
    pdf, found = converted(name)
    shown = rendered(pdf)
    assert found == findings
    assert check(shown)
    if shutil.which("pdftoppm") is not None:
        other = by_poppler(pdf, tmp_path)
        assert max(mean(ImageChops.difference(shown, other))) < 16


@needs_cases
def test_a_large_fax_is_shown() -> None:
    """192,000,000 points, under the limit: a quarter of each side is black."""
    pdf, found = converted("n_large_g4")
    shown = rendered(pdf, scale=0.05)
    across, down = shown.size
    assert found == []
    assert near(shown, (across // 8, down // 8), BLACK)
    assert near(shown, (across // 2, down // 2), WHITE)


@needs_cases
def test_a_triplet_of_length_0_in_front_of_the_type() -> None:
    """Type 60 has no transparency: what is not black is white, and hides the green below."""
    shown = rendered(converted("p_boc_zero_triplet")[0])
    assert near(shown, (15, 9), BLACK, 3)
    assert near(shown, (2, 40), WHITE, 3)
