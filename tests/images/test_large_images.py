"""Large images take as much memory as they must, and nothing adds up over pages."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from containers import drawn
from PIL import Image

from afpcluster.codecs.png import Png, compressed_bands, compressed_rows, first_rows, read_png, whole_file
from afpcluster.display.items import Encoding
from afpcluster.display.items import Image as ImageItem
from afpcluster.sample.records import enclosed, field
from benchmarks.fuzz.seed_pages import area_at_origin

_CONVERT = """
import sys
from pathlib import Path
from afpcluster.convert import convert
from afpcluster.options import Options
sink = open(sys.argv[2], "wb")
def peak():  # of this program alone, not of the one that started it
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
before = peak()
with open(sys.argv[1], "rb") as source:
    result = convert(source, sink, Options(raise_faults=True))
print(peak() - before, *[finding.code for finding in result.findings if finding.field == "BOC"])
"""


def picture(mode: str, size: int, number: int) -> Image.Image:
    image = Image.radial_gradient("L").resize((size, size)).convert(mode)
    image.paste(Image.new(mode, (64, 64)), (number * 64, 0))
    return image


def print_file(path: Path, mode: str, size: int, pages: int, file_format: str) -> Path:
    """A page for each picture, all different."""
    with path.open("wb") as sink:
        sink.write(field("BDT", b"\xff" * 8 + b"\0\0"))
        for number in range(pages):
            buffer = io.BytesIO()
            picture(mode, size, number).save(buffer, file_format)
            sink.write(page(buffer.getvalue(), number))
        sink.write(field("EDT", b"\xff" * 8))
    return path


def page(data: bytes, number: int = 0) -> bytes:
    """A page with an image file."""
    records = (field("OCD", data[at : at + 30_000]) for at in range(0, len(data), 30_000))
    group = enclosed("BOG", "AREA", area_at_origin(3_000, 3_000))
    return enclosed("BPG", f"P{number:07}", (enclosed("BOC", "PICTURE", (group, *records)),))


def peak(path: Path, tmp_path: Path, *codes: str) -> int:
    """Kilobytes that a conversion takes above what the program has anyway; it finds `codes`."""
    run = [sys.executable, "-c", _CONVERT, str(path), str(tmp_path / "out.pdf")]
    words = subprocess.run(run, check=True, capture_output=True, text=True, timeout=300).stdout.split()
    assert words[1:] == list(codes)
    return int(words[0])


@pytest.mark.parametrize(
    ("mode", "file_format", "size", "megabytes"),
    [
        ("RGB", "PNG", 6_000, 40),  # 108 MB of samples that nobody holds
        ("P", "PNG", 6_000, 40),
        ("RGBA", "PNG", 4_000, 64 + 60),  # held once
        ("CMYK", "TIFF", 3_000, 36 * 3 + 60),  # in the file, which is read and joined, and once decoded
    ],
)
def test_memory_of_one_image(mode: str, file_format: str, size: int, megabytes: int, tmp_path: Path) -> None:
    path = print_file(tmp_path / "in.afp", mode, size, 1, file_format)
    assert peak(path, tmp_path) < megabytes * 1_000


def test_memory_of_a_damaged_image(tmp_path: Path) -> None:
    """A byte for each point while it is decoded, though that is tried three times."""
    tags = {256: 8_000, 257: 20_000, 258: 1, 259: 1, 262: 1, 273: 8, 277: 1, 278: 20_000, 279: 100}
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    tiff = b"II*\0" + struct.pack("<IH", 8, len(tags)) + directory + bytes(4)
    path = tmp_path / "in.afp"
    path.write_bytes(field("BDT", b"\xff" * 8 + b"\0\0") + page(tiff) + field("EDT", b"\xff" * 8))
    assert peak(path, tmp_path, "image-damaged-in-part") < (160 + 20 + 40) * 1_000


def test_nothing_adds_up_over_pages(tmp_path: Path) -> None:
    """Images that are decoded, one a page."""
    few, many = (
        peak(print_file(tmp_path / f"{pages}.afp", "LA", 2_000, pages, "PNG"), tmp_path) for pages in (2, 12)
    )
    assert many < few + 30_000  # ten pages more: their samples are 40 MB, their masks, which are kept, 5 MB


@pytest.mark.parametrize("mode", ["L", "RGB", "LA", "RGBA", "CMYK"])
def test_what_is_compressed_in_bands_is_the_same_image(mode: str) -> None:
    """Large enough to be compressed at once, and drawn in bands."""
    image = picture(mode, 2_100, 1)
    buffer = io.BytesIO()
    image.save(buffer, "TIFF")
    items, found = drawn(buffer.getvalue())
    assert found == []
    item = items[-1]
    assert isinstance(item, ImageItem)
    assert item.image.encoding is Encoding.PNG
    columns, kind = {"L": (2_100, 0), "LA": (2_100, 0), "CMYK": (8_400, 0)}.get(mode, (2_100, 2))
    png = Png(columns, 2_100, 8, kind, False, b"", b"", item.image.data)
    assert first_rows(png) == 2_100
    with Image.open(io.BytesIO(whole_file(png))) as decoded:
        wanted = image.convert({"LA": "L", "RGBA": "RGB"}.get(mode, mode))
        assert decoded.tobytes() == wanted.tobytes()


def test_rows_that_are_there() -> None:
    image = Image.effect_noise((300, 200), 60)
    png = read_png(whole_file(Png(300, 200, 8, 0, False, b"", b"", compressed_rows(image))))
    assert first_rows(png) == 200
    for part in (0.1, 0.5, 0.9):
        cut = png._replace(rows=png.rows[: int(len(png.rows) * part)])
        assert part * 200 - 20 < first_rows(cut) < part * 200 + 20
    damaged = bytearray(png.rows)
    damaged[len(damaged) // 2] ^= 0xFF
    assert first_rows(png._replace(rows=bytes(damaged))) < 200
    assert first_rows(png._replace(rows=b"")) == 0


def test_bands_share_the_row_between_them() -> None:
    image = Image.effect_noise((64, 100), 60)
    bands = [image.crop((0, max(0, top - 1), 64, min(top + 30, 100))) for top in range(0, 100, 30)]
    png = Png(64, 100, 8, 0, False, b"", b"", compressed_bands(bands))
    with Image.open(io.BytesIO(whole_file(png))) as decoded:
        assert decoded.tobytes() == image.tobytes()
