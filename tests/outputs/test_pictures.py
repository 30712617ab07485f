"""Pictures: what PDFium draws of our PDF, in every format and colour."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from click.testing import CliRunner
from outputs_of import output_of_file
from PIL import Image, ImageChops

from afpcluster.afp import modca
from afpcluster.cli import app
from afpcluster.convert import convert
from afpcluster.display.face import FontProgram, OutlineFace, ProgramKind
from afpcluster.display.items import GlyphRun, Page
from afpcluster.findings import Findings, LimitError
from afpcluster.options import Colour, Format, Options
from afpcluster.outputs.output import output_of
from afpcluster.outputs.pictures import appending, dithered
from afpcluster.sample import write_sample
from afpcluster.sample.records import UNITS, enclosed, field
from afpcluster.selection import Selection


@pytest.fixture(scope="module")
def sample() -> bytes:
    sink = io.BytesIO()
    write_sample(sink, statements=2, seed=3)
    return sink.getvalue()


def pictures(data: bytes, options: Options) -> list[Image.Image]:
    """The pages as pictures."""
    made = output_of_file(data, options)
    if made[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            return [Image.open(io.BytesIO(archive.read(name))) for name in sorted(archive.namelist())]
    opened = Image.open(io.BytesIO(made))
    found = []
    for number in range(getattr(opened, "n_frames", 1)):
        opened.seek(number)
        found.append(opened.copy())
    return found


def drawn(data: bytes, dpi: int) -> list[Image.Image]:
    pdf = pypdfium2.PdfDocument(output_of_file(data, Options()))
    return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in pdf]


@pytest.mark.parametrize("form", [Format.PNG, Format.JPEG, Format.TIFF])
@pytest.mark.parametrize("colour", list(Colour))
def test_pages_are_those_of_the_pdf(sample: bytes, form: Format, colour: Colour) -> None:
    made = pictures(sample, Options(format=form, dpi=72, colour=colour))
    expected = drawn(sample, 72)
    assert len(made) == len(expected)
    modes = {Colour.COLOUR: "RGB", Colour.GREY: "L", Colour.BILEVEL: "L" if form is Format.JPEG else "1"}
    assert {picture.mode for picture in made} == {modes[colour]}
    for picture, page in zip(made, expected, strict=True):
        assert picture.size == page.size
        if colour is not Colour.BILEVEL:
            difference = ImageChops.difference(picture.convert("L"), page.convert("L"))
            mean = sum(n * shade for shade, n in enumerate(difference.histogram())) / (72 * 72)
            assert mean / (page.width * page.height / 72 / 72) < (2 if form is Format.JPEG else 0.5)
        else:
            assert 0.01 < picture.convert("L").histogram()[0] / (page.width * page.height) < 0.5


def test_bilevel_tiff_is_g4(sample: bytes) -> None:
    made = Image.open(io.BytesIO(output_of_file(sample, Options(format=Format.TIFF, colour=Colour.BILEVEL))))
    assert made.info["compression"] == "group4"
    assert made.info["dpi"] == (150, 150)


def test_bilevel_pictures_show_every_word_whatever_its_colour(sample: bytes) -> None:
    made = pictures(sample, Options(format=Format.TIFF, dpi=200, colour=Colour.BILEVEL))
    pages = json.loads(output_of_file(sample, Options(format=Format.WORDS)))["pages"]
    scale = 200 / 72
    for picture, page in zip(made, pages, strict=True):
        for word in page["words"]:
            left, top = word["x"] * scale, word["y"] * scale
            box = (left, top, left + word["width"] * scale, top + word["height"] * scale)
            assert picture.convert("L").crop(tuple(map(int, box))).getextrema() == (0, 255), word


@pytest.mark.parametrize("shade", [0, 50, 100, 150, 200, 225, 255])
def test_bilevel_pictures_are_as_dark_as_what_they_show(shade: int) -> None:
    plain = Image.new("L", (401, 333), shade)
    made = dithered(plain)
    black = made.histogram()[0] / (401 * 333)
    assert (made.mode, made.size) == ("1", plain.size)
    assert black == pytest.approx(min(1, max(0, (240 - shade) / (240 - 96))), abs=0.05)


@pytest.mark.parametrize("form", [Format.PNG, Format.JPEG, Format.TIFF])
def test_the_same_bytes_from_any_number_of_processes(sample: bytes, form: Format) -> None:
    assert len({output_of_file(sample, Options(format=form, dpi=40, processes=n)) for n in (1, 2)}) == 1


MEDIA_TYPES: dict[str, tuple[dict[str, Any], str]] = {
    "one": ({"format": Format.PNG, "selection": Selection.parse("1")}, "image/png"),
    "several": ({"format": Format.JPEG}, "application/zip"),
    "all in one": ({"format": Format.TIFF}, "image/tiff"),
}


@pytest.mark.parametrize(("options", "media_type"), MEDIA_TYPES.values(), ids=MEDIA_TYPES)
def test_media_types(sample: bytes, options: dict[str, Any], media_type: str) -> None:
    assert convert(io.BytesIO(sample), io.BytesIO(), Options(dpi=30, **options)).media_type == media_type


def run(folder: Path, data: bytes, target: str, *options: str) -> Any:
    (folder / "in.afp").write_bytes(data)
    command = ["convert", str(folder / "in.afp"), "-o", f"{folder}/{target}", "--dpi", "30", *options]
    return CliRunner().invoke(app, command)


FILES: dict[str, tuple[str, tuple[str, ...], set[str]]] = {
    "one page": ("out.png", ("--pages", "2"), {"out.png"}),
    "pages": ("out.jpg", ("--pages", "1-3"), {"out-0001.jpg", "out-0002.jpg", "out-0003.jpg"}),
    "in a folder": ("out/", ("--pages", "1-2", "-f", "png"), {"out/0001.png", "out/0002.png"}),
    "one page in a folder": ("out/", ("--pages", "2", "-f", "jpeg"), {"out/0001.jpg"}),
    "in a ZIP file": ("out.zip", ("--pages", "1-3", "-f", "png"), {"out.zip"}),
    "TIFF": ("out.tif", (), {"out.tif"}),
}


@pytest.mark.parametrize(("target", "options", "files"), FILES.values(), ids=FILES)
def test_files(sample: bytes, tmp_path: Path, target: str, options: tuple[str, ...], files: set[str]) -> None:
    answer = run(tmp_path, sample, target, *options)
    assert answer.exit_code == 0, answer.output
    assert files_below(tmp_path) == {"in.afp", *files}


def files_below(folder: Path) -> set[str]:
    return {str(entry.relative_to(folder)) for entry in folder.rglob("*") if entry.is_file()}


@pytest.mark.parametrize("target", ["out", "out/"])
def test_a_folder_that_is_there(sample: bytes, tmp_path: Path, target: str) -> None:
    """An empty one is filled; one with something in it is left alone."""
    (tmp_path / "out").mkdir()
    options = ("--pages", "1", "-f", "png")
    assert run(tmp_path, sample, target, *options).exit_code == 0
    again = run(tmp_path, sample, target, *options)
    assert again.exit_code == 1
    assert "is there already" in again.stderr
    assert files_below(tmp_path) == {"in.afp", "out/0001.png"}


@pytest.mark.parametrize("format_", ["pdf", "tiff"])
def test_one_file_is_no_folder(sample: bytes, tmp_path: Path, format_: str) -> None:
    answer = run(tmp_path, sample, "out/", "-f", format_)
    assert answer.exit_code == 1
    assert f"{format_} is one file; name a file in it" in answer.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.afp"]


def test_nothing_is_left_after_an_error(sample: bytes, tmp_path: Path) -> None:
    for target in ("out.png", "out.tif", "out.zip", "out/"):
        assert (
            run(tmp_path, sample[:-5], target, "-f", "tiff" if target == "out.tif" else "png").exit_code == 4
        )
        assert [entry.name for entry in tmp_path.iterdir()] == ["in.afp"]


def test_a_page_that_is_too_large_a_picture(tmp_path: Path) -> None:
    size = field("PGD", modca.PageDescriptor(0, 0, UNITS, UNITS, 14400 * 20, 14400 * 20))
    page = enclosed("BPG", "P", (enclosed("BAG", "A", (size,)),))
    (tmp_path / "in.afp").write_bytes(enclosed("BDT", "D", (page,), b"\0\0"))
    command = ["convert", str(tmp_path / "in.afp"), "-o", str(tmp_path / "o.png"), "--dpi", "2400"]
    answer = CliRunner().invoke(app, command)
    assert answer.exit_code == 5
    assert "too large a picture" in answer.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.afp"]


class GoneError(Exception):
    """The client has left."""


@pytest.mark.parametrize("options", [{}, {"format": Format.TIFF}, {"split": "pages:3"}])
def test_drawing_makes_progress_and_can_be_ended(sample: bytes, options: dict[str, Any]) -> None:
    """A server ends a conversion without progress, and one whose client has left."""
    chosen = Options(**({"format": Format.PNG, "dpi": 20} | options))
    told: list[tuple[int, int]] = []
    pages = convert(io.BytesIO(sample), io.BytesIO(), chosen, progress=lambda *at: told.append(at)).pages
    assert len(told) == 2 * pages
    calls = iter(range(2 * pages - 1))

    def leave(_done: int, _size: int) -> None:
        if next(calls, None) is None:
            raise GoneError

    with pytest.raises(GoneError):
        convert(io.BytesIO(sample), io.BytesIO(), chosen, progress=leave)


@pytest.mark.parametrize("form", [Format.PNG, Format.TIFF])
@pytest.mark.parametrize("processes", [1, 2, 4])
def test_pages_are_drawn_from_small_pdfs_and_nothing_shows_it(
    sample: bytes, form: Format, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PDFium keeps what it reads for as long as the file is open, and that grows with the pages in front."""
    whole = output_of_file(sample, Options(format=form, dpi=20))
    pages: list[int] = []  # of each PDF

    class Counted(pypdfium2.PdfDocument):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            pages.append(len(self))

    monkeypatch.setattr(pypdfium2, "PdfDocument", Counted)
    monkeypatch.setattr("afpcluster.outputs.pictures._PAGES_AT_ONCE", 3)
    assert output_of_file(sample, Options(format=form, dpi=20, processes=processes)) == whole
    assert pages == [3, 1]


def test_several_print_files_are_drawn_from_a_pdf_each(sample: bytes, tmp_path: Path) -> None:
    (tmp_path / "one.afp").write_bytes(sample)
    (tmp_path / "two.afp").write_bytes(sample)
    sink = io.BytesIO()
    convert([tmp_path / "one.afp", tmp_path / "two.afp"], sink, Options(format=Format.PNG, dpi=20))
    with zipfile.ZipFile(sink) as archive:
        pictures = [archive.read(name) for name in archive.namelist()]
    assert len(pictures) == 8
    assert pictures[:4] == pictures[4:]


@pytest.mark.parametrize("pages_at_once", [1, 2, 3])
def test_what_is_found_of_a_font_is_told_once(pages_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many PDFs it is in."""
    monkeypatch.setattr("afpcluster.outputs.pictures._PAGES_AT_ONCE", pages_at_once)
    program = FontProgram("broken", ProgramKind.TYPE1, "Broken", b"no font")
    face = OutlineFace("face", program, 1, {1: "A"}, {1: 500.0}, {1: "A"})
    findings, output = Findings(), output_of(Options(format=Format.PNG, dpi=20))
    maker, writer = output.maker(), output.writer(io.BytesIO(), findings)
    for number in (1, 2, 3):
        writer.add(maker.packet(Page(number, 100, 100, [GlyphRun(face, 20, 10, 50, b"\1")], ordinal=number)))
    writer.finish()
    assert [(f.code, f.page, f.count) for f in findings] == [("font-not-embedded", 1, 1)]


def test_a_tiff_file_that_would_be_too_large(sample: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its offsets are 32 bits."""
    options = Options(format=Format.TIFF, dpi=20)
    size = len(output_of_file(sample, options))
    monkeypatch.setattr("afpcluster.outputs.pictures._LARGEST_TIFF", size)
    assert len(output_of_file(sample, options)) == size
    monkeypatch.setattr("afpcluster.outputs.pictures._LARGEST_TIFF", size - 20)  # less than its last page
    with pytest.raises(LimitError, match="4 GB"):
        output_of_file(sample, options)


def test_a_page_of_a_tiff_file_takes_as_long_as_the_one_before() -> None:
    """What is read of the file does not grow with its pages."""
    reads: list[int] = []

    class Counted(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            reads[-1] += 1
            return super().read(size)

    reads.append(0)
    writer = appending(Counted())
    for _ in range(8):
        reads.append(0)
        Image.new("1", (8, 8)).save(writer, format="TIFF")
        writer.newFrame()
    assert len(set(reads[3:])) == 1
