"""PDF/A-1b in the eyes of Preflight: samples, the whole corpus, files of the fuzzer, pages of items."""

from __future__ import annotations

import io
from pathlib import Path
from random import Random

from archives import archived, archived_items, plain, sample
from preflight import needs_preflight, preflight_errors

from afpcluster.convert import convert
from afpcluster.display.colour import BLACK, cmyk, gray, lab, rgb
from afpcluster.display.geometry import Box, Matrix
from afpcluster.display.items import (
    Encoding,
    Group,
    Image,
    ImageModel,
    Item,
    Link,
    Rectangle,
)
from afpcluster.findings import ConversionError
from afpcluster.interpret.image.data import make_image
from afpcluster.options import Options, PdfA
from benchmarks.fuzz.mutate import mutated
from benchmarks.fuzz.seeds import own_seeds
from corpus import afp_files, needs_corpus

FUZZED = 200
WITH_EMBEDDED_PDF = ("container_pdf", "containers")  # whose pages no one vouches for

pytestmark = needs_preflight


def test_preflight_finds_fault_with_what_is_no_archive(tmp_path: Path) -> None:
    assert preflight_errors({"plain": plain(sample(1))}, tmp_path)


def test_samples_and_seeds(tmp_path: Path) -> None:
    """Fonts of all kinds inside the file, and none; images of all codings; bar codes; graphics."""
    files = {"sample": sample(), "no-fonts": sample(fonts=False), **own_seeds()}
    made = {name: archived(data, "1b") for name, data in files.items() if name not in WITH_EMBEDDED_PDF}
    assert preflight_errors(made, tmp_path) == {}


@needs_corpus
def test_corpus(tmp_path: Path) -> None:
    made = {}
    for path in afp_files():
        data = path.read_bytes()
        try:
            plain(data, path.parent)
        except ConversionError:
            continue  # a fragment
        if path.stem not in WITH_EMBEDDED_PDF:
            made[f"{path.parent.name}-{path.stem}"] = archived(data, "1b", path.parent)
    assert len(made) > 30
    assert preflight_errors(made, tmp_path) == {}


def test_fuzzed_files(tmp_path: Path) -> None:
    seeds = [data for name, data in own_seeds().items() if name not in WITH_EMBEDDED_PDF]
    made: dict[str, bytes] = {}
    number = refused = 0
    while len(made) < FUZZED:
        data = mutated(Random(number), seeds)
        number += 1
        try:
            convert(io.BytesIO(data), io.BytesIO(), Options(raise_faults=True))
        except ConversionError:
            continue
        try:
            made[str(number)] = archived(data, "1b")
        except ConversionError:
            refused += 1
    assert refused < FUZZED / 20
    assert preflight_errors(made, tmp_path) == {}


def _image(model: ImageModel, components: int) -> Image:
    data = bytes(range(16 * components))
    return Image(make_image(4, 4, Encoding.RAW, model, 8, data), Matrix(40, 0, 0, 40, 5, 5))


PAGES: dict[str, list[Item]] = {
    "gray": [Rectangle(5, 5, 50, 50, gray(0.5))],
    "rgb and cmyk together": [
        Rectangle(5, 5, 50, 50, rgb(1, 0, 0)),
        Rectangle(30, 30, 50, 50, cmyk(1, 0, 0, 0)),
    ],
    "lab": [Rectangle(5, 5, 50, 50, lab(50, 40, -40))],
    "gray image": [_image(ImageModel.GRAY, 1)],
    "rgb image": [_image(ImageModel.RGB, 3)],
    "cmyk image": [_image(ImageModel.CMYK, 4)],
    "cmyk image in a group": [Group([_image(ImageModel.CMYK, 4)], Matrix(0.5, 0, 0, 0.5, 0, 0))],
    "links": [
        Link(Box(5, 5, 20, 20), uri="https://example.com/ä"),
        Link(Box(30, 5, 20, 20), page=1),
        Link(Box(50, 5, 20, 20), page=7),
    ],
    "black multiplied": [
        Rectangle(5, 5, 50, 50, rgb(1, 0, 0)),
        Group([Rectangle(0, 0, 20, 20, BLACK)], multiply=True),
    ],
}


def test_pages_of_items(tmp_path: Path) -> None:
    made = {name.replace(" ", "-"): archived_items("1b", items) for name, items in PAGES.items()}
    assert preflight_errors(made, tmp_path) == {}


def test_linearized(tmp_path: Path) -> None:
    sink = io.BytesIO()
    convert(io.BytesIO(sample()), sink, Options(pdf_a=PdfA.A1B, linearize=True))
    assert preflight_errors({"linearized": sink.getvalue()}, tmp_path) == {}
