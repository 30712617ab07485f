"""Two-dimensional codes: contents, sizes, special functions, translation and escape sequences."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import pytest
import zxingcpp
from bar_code_objects import Drawn, bars, draw, ebcdic, extent, read, show

from afpcluster.afp.bcoca import BarCodeType as T

EBCDIC, IGNORE_ESCAPES, REFUSE_BIGGER = 0x80, 0x40, 0x20


def data_matrix(
    data: bytes,
    control: int = 0,
    size: tuple[int, int] = (0, 0),
    append: bytes = b"\0\0\1\1",
    functions: int = 0,
) -> bytes:
    """`size` is rows, row size."""
    return struct.pack(">BHH4sB", control, size[1], size[0], append, functions) + data


def qr(
    data: bytes, control: int = 0, conversion: int = 0, version: int = 0, level: int = 1,
    append: bytes = b"\0\0\0", functions: int = 0, application: int = 0,
) -> bytes:  # fmt: skip
    return struct.pack(">4B3s2B", control, conversion, version, level, append, functions, application) + data


def aztec(
    data: bytes, control: int = 0, layers: int = 0xFF, level: int = 0xFF, functions: int = 0,
    append: bytes = b"\0\0", id_: bytes = b"",
) -> bytes:  # fmt: skip
    return bytes((control, 0, layers, level, functions, 0)) + append + bytes((len(id_),)) + id_ + b"\0" + data


def han_xin(data: bytes, control: int = 0, version: int = 0, level: int = 1, functions: int = 0) -> bytes:
    return bytes((control, 0, version, level, functions, 0, 2)) + b"??" + data


def pdf417(
    data: bytes, control: int = 0, columns: int = 4, rows: int = 0xFF, security: int = 2, macro: bytes = b""
) -> bytes:
    return struct.pack(">4BH", control, columns, rows, security, len(macro)) + macro + data


def maxicode(
    data: bytes, control: int = 0, mode: int = 4, append: bytes = b"\0\0", functions: int = 0
) -> bytes:
    return bytes((control, mode)) + append + bytes((functions,)) + data


CONTENTS = [
    (0x1C, 0, data_matrix(b"Rate 4711"), "Data Matrix", b"Rate 4711"),
    (0x1C, 1, data_matrix(b"Rate 4711"), "Data Matrix", b"Rate 4711"),
    (0x1C, 0, data_matrix(ebcdic("a\\b\xe9"), EBCDIC | IGNORE_ESCAPES), "Data Matrix", b"a\\b\xe9"),
    (0x1C, 0, data_matrix(b"a\\\\b"), "Data Matrix", b"a\\b"),
    (0x1C, 0, data_matrix(b"a\\000009\xe1"), "Data Matrix", b"a\xe1"),
    (0x1C, 0, data_matrix(bytes(range(256)), IGNORE_ESCAPES), "Data Matrix", bytes(range(256))),
    (0x1C, 0, data_matrix(b"019401234567890410AB", functions=0x80), "Data Matrix", b"019401234567890410AB"),
    (0x1C, 0, data_matrix(b"10AB\x1d3712", functions=0x80), "Data Matrix", b"10AB\x1d3712"),
    (0x1C, 0, data_matrix(b"xyz", functions=0x08), "Data Matrix", b"[)>\x1e05\x1dxyz\x1e\x04"),
    (0x1C, 0, data_matrix(b"xyz", functions=0x10), "Data Matrix", b"[)>\x1e06\x1dxyz\x1e\x04"),
    (0x1D, 0, maxicode(b"HELLO 123"), "MaxiCode", b"HELLO 123"),
    (0x1D, 0, maxicode(ebcdic("HELLO"), EBCDIC, 5), "MaxiCode", b"HELLO"),
    (0x1D, 0, maxicode(b"READER", mode=6), "MaxiCode", b"READER"),
    (0x1D, 0, maxicode(b"70173\x1d276\x1d066\x1dFLAT", mode=2), "MaxiCode", b"70173\x1d276\x1d066\x1dFLAT"),
    (
        0x1D, 0, maxicode(b"[)>\x1e01\x1d96H1 2\x1d826\x1d7\x1dX", mode=3), "MaxiCode",
        b"[)>\x1e01\x1d96H1 2  \x1d826\x1d007\x1dX",
    ),
    (0x1E, 0, pdf417(b"Rate 4711, due"), "PDF417", b"Rate 4711, due"),
    (0x1E, 1, pdf417(b"Rate 4711, due"), "PDF417", b"Rate 4711, due"),
    (0x1E, 0, pdf417(ebcdic("\xe4\\b"), EBCDIC | IGNORE_ESCAPES), "PDF417", b"\x84\\b"),
    (0x1E, 0, pdf417(b"a\\\\b\\927\\009\xe1"), "PDF417", b"a\\b\xe1"),
    (0x20, 2, qr(b"Rate 4711"), "QR Code", b"Rate 4711"),
    (0x20, 2, qr(ebcdic("a\xa5b"), EBCDIC | IGNORE_ESCAPES, 1), "QR Code", b"a\\b"),
    (0x20, 2, qr(b"\x62\x81\xc1", EBCDIC, 2), "QR Code", b"a\xb1A"),
    (0x20, 2, qr(b"\x81\x59\xc1", EBCDIC, 3), "QR Code", b"a\xb1A"),
    (0x20, 2, qr(b"a\\000009\xe1"), "QR Code", b"a\xe1"),
    (0x20, 2, qr(b"10AB\x1d3712", functions=0x80), "QR Code", b"10AB\x1d3712"),
    (0x20, 0x12, qr(b"\0\0\0Rate 4711"), "QR Code", b"Rate 4711"),
    (0x26, 0, aztec(b"Rate 4711"), "Aztec", b"Rate 4711"),
    (0x26, 1, aztec(b"Rate 4711"), "Aztec", b"Rate 4711"),
    (0x26, 2, aztec(b"\x19", layers=0), "Aztec", b"025"),
    (0x26, 3, aztec(ebcdic("Rate"), EBCDIC), "Aztec", b"Rate"),
    (0x26, 3, aztec(b"10AB\x1d3712", functions=0x80), "Aztec", b"10AB\x1d3712"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "modifier", "data", "format_", "content"), CONTENTS)
def test_contents(type_: int, modifier: int, data: bytes, format_: str, content: bytes) -> None:
    drawn = draw(type_, modifier, data)
    assert (read(drawn), drawn.findings) == ([(format_, content)], [])


DATA_MATRIX_SIZES = [(n, n) for n in (10, 12, 14, 16, 18, 20, 22, 24, 26, 32, 36, 40, 44, 48, 52, 64, 72, 80)]
DATA_MATRIX_SIZES += [(n, n) for n in (88, 96, 104, 120, 132, 144)]
DATA_MATRIX_SIZES += [(8, 18), (8, 32), (12, 26), (12, 36), (16, 36), (16, 48)]
EXTENDED_SIZES = [(8, n) for n in (48, 64, 80, 96, 120, 144)] + [(12, 64), (12, 88), (16, 64), (20, 36)]
EXTENDED_SIZES += [(20, 44), (20, 64), (22, 48), (24, 48), (24, 64), (26, 40), (26, 48), (26, 64)]


def modules(drawn: Drawn, module_mils: float = 10.0) -> tuple[float, float]:
    """(rows, row size) of a symbol of square modules."""
    _, _, width, height = extent(drawn)
    return round(height / module_mils, 2), round(width / module_mils, 2)


@pytest.mark.parametrize("size", DATA_MATRIX_SIZES + EXTENDED_SIZES)
def test_data_matrix_sizes(size: tuple[int, int]) -> None:
    drawn = draw(0x1C, 1 if size in EXTENDED_SIZES else 0, data_matrix(b"1", size=size), module_width=10)
    assert (modules(drawn), drawn.findings) == (size, [])


SIZES = [
    # type, modifier, data, modules in height and width, exception condition
    (0x1C, 0, data_matrix(b"x" * 30, size=(10, 10)), (20, 20), None),
    (0x1C, 0, data_matrix(b"x" * 30, size=(8, 18)), (12, 36), None),
    (0x1C, 0, data_matrix(b"x", size=(8, 0)), (8, 18), None),
    (0x1C, 0, data_matrix(b"x", size=(0, 26)), (26, 26), None),
    (0x1C, 0, data_matrix(b"x", size=(8, 48)), (10, 10), "EC-0F00"),
    (0x1C, 0, data_matrix(b"x", size=(9, 9)), (10, 10), "EC-0F00"),
    (0x1C, 0, data_matrix(b"x", size=(10, 12)), (10, 10), "EC-0F00"),
    (0x20, 2, qr(b"x"), (21, 21), None),
    (0x20, 2, qr(b"x", version=7), (45, 45), None),
    (0x20, 2, qr(b"x", version=40), (177, 177), None),
    (0x20, 2, qr(b"x" * 50, version=1), (33, 33), None),
    (0x20, 2, qr(b"x" * 50, level=3), (41, 41), None),
    (0x20, 2, qr(b"x", version=41), (21, 21), "EC-0F0F"),
    (0x20, 2, qr(b"x" * 50, level=4), (41, 41), "EC-0F10"),
    (0x26, 0, aztec(b"x"), (19, 19), None),
    (0x26, 0, aztec(b"x", layers=5), (37, 37), None),
    (0x26, 0, aztec(b"x", layers=32), (151, 151), None),
    (0x26, 0, aztec(b"x" * 200, layers=1), (45, 45), None),
    (0x26, 1, aztec(b"x"), (15, 15), None),
    (0x26, 1, aztec(b"x", layers=4), (27, 27), None),
    (0x26, 2, aztec(b"x", layers=0), (11, 11), None),
    (0x26, 3, aztec(b"x"), (15, 15), None),
    (0x26, 3, aztec(b"x" * 60, level=10), (23, 23), None),
    (0x26, 3, aztec(b"x" * 60, level=50), (31, 31), None),
    (0x27, 0, han_xin(b"x"), (23, 23), None),
    (0x27, 0, han_xin(b"x", version=2), (25, 25), None),
    (0x27, 0, han_xin(b"x", version=84), (189, 189), None),
    (0x27, 0, han_xin(b"x" * 40, version=1), (27, 27), None),
    (0x27, 0, han_xin(b"x" * 40, level=4), (33, 33), None),
]


@pytest.mark.parametrize(("type_", "modifier", "data", "size", "condition"), SIZES)
def test_sizes(type_: int, modifier: int, data: bytes, size: tuple[int, int], condition: str | None) -> None:
    drawn = draw(type_, modifier, data, module_width=10)
    assert modules(drawn) == size
    assert set(drawn.findings) == ({f"bar-code-{condition.lower()}"} if condition else set())


@pytest.mark.parametrize(
    ("columns", "rows", "modifier", "width", "height"),
    # Start 17, left and right row indicators 17 each, stop 18 (truncated: 1 and no right indicator).
    [(1, 10, 0, 86, 10), (4, 10, 0, 137, 10), (30, 30, 0, 579, 30), (4, 10, 1, 103, 10), (4, 3, 0, 137, 3)],
)
def test_pdf417_size(columns: int, rows: int, modifier: int, width: int, height: int) -> None:
    drawn = draw(
        0x1E, modifier, pdf417(b"x", columns=columns, rows=rows), module_width=10, element_height=72,
        height_multiplier=2,
    )  # fmt: skip
    assert extent(drawn) == (0, 0, 10 * width, 100 * height)


def test_default_modules() -> None:
    defaults = {
        (T.DATA_MATRIX, 0): (data_matrix(b"x"), 21 * 10),
        (T.QR_CODE, 2): (qr(b"x"), 12 * 21),
        (T.AZTEC, 3): (aztec(b"x"), 14 * 15),
        (T.HAN_XIN, 0): (han_xin(b"x"), 12 * 23),
    }
    assert {key: extent(draw(*key, data))[2] for key, (data, _) in defaults.items()} == {
        key: width for key, (_, width) in defaults.items()
    }
    _, _, width, height = extent(draw(0x1E, 0, pdf417(b"x", columns=1, rows=10)))
    assert (width, height) == (86 * 14, 10 * 4 * 14)


@pytest.mark.parametrize(
    ("type_", "modifier", "make", "append", "values"),
    [
        (0x1C, 0, data_matrix, bytes((3, 5, 1, 2)), {}),
        (0x1D, 0, maxicode, bytes((2, 3)), {}),
        (0x20, 2, qr, bytes((4, 16, 99)), {}),
        (0x26, 3, aztec, bytes((2, 26)), {"id_": b"JOB"}),
    ],
)
def test_structured_append(
    type_: int, modifier: int, make: Callable[..., bytes], append: bytes, values: dict[str, Any]
) -> None:
    """The reader tells nothing of it, but reads the same content from another symbol."""
    alone, first, other = (
        draw(type_, modifier, make(b"PART", **more))
        for more in (
            {},
            {"append": append} | values,
            {"append": bytes((append[0] - 1,)) + append[1:]} | values,
        )
    )
    assert {reading.content for drawn in (alone, first, other) for reading in read(drawn)} == {b"PART"}
    assert len({show(drawn).tobytes() for drawn in (alone, first, other)}) == 3
    assert first.findings == []


@pytest.mark.parametrize("macro", [rb"\9282\017\053\923\0014", rb"\9284\017\053\923\0014\922"])
def test_macro_pdf417(macro: bytes) -> None:
    drawn = draw(0x1E, 0, pdf417(b"part", macro=macro))
    (code,) = zxingcpp.read_barcodes(show(drawn))
    assert (code.bytes, code.extra["FileId"], drawn.findings) == (b"part", "017053", [])


@pytest.mark.parametrize(
    ("module_width", "width"),
    # From the middle of the first column to that of the last: 25.5 mm, small 24.03 mm; 29 columns apart.
    [(0xFF, 25.5), (10, 24.03)],
)
def test_maxicode_size(module_width: int, width: float) -> None:
    drawn = draw(0x1D, 0, maxicode(b"HELLO"), module_width=module_width)
    left, top, right, bottom = extent(drawn)
    column = width / 25.4 * 1000 / 29
    assert (left, top) == pytest.approx((0, 0), abs=0.6 * column)
    assert right == pytest.approx(30 * column, abs=column)
    assert bottom == pytest.approx((32 * 0.866 + 1.155) * column, rel=0.01)


def test_maxicode_zipper() -> None:
    plain, zipper = (extent(draw(0x1D, 0, maxicode(b"HELLO", functions=f))) for f in (0, 0x80))
    dot = 1000 / 203
    assert zipper[1] == pytest.approx(-38 * dot, abs=0.1)
    assert zipper[2] - plain[2] == pytest.approx((19 + 32) * dot, abs=0.2)


def test_matrix_codes_are_one_path() -> None:
    """No rectangle each: edges between modules would show."""
    drawn = draw(0x20, 2, qr(b"Rate 4711"))
    assert bars(drawn) == []
    assert len(drawn.items[0].items) == 1  # type: ignore[union-attr]


CONDITIONS: list[tuple[int, int, bytes, str, Any]] = [
    # type, modifier, data, exception condition, what the reader still finds
    (0x1C, 0, data_matrix(b"x\\y"), "EC-2100", None),
    (0x1C, 0, data_matrix(b""), "EC-0C00", None),
    (0x1C, 0, data_matrix(b"x" * 30, REFUSE_BIGGER, (10, 10)), "EC-0F20", None),
    (0x1C, 0, data_matrix(b"x" * 4000), "EC-0C00", None),
    (0x1C, 0, data_matrix(b"x", functions=0xC0), "EC-0F0A", None),
    (0x1C, 0, data_matrix(b"x", functions=0xA0), "EC-0F0A", None),
    (0x1C, 0, data_matrix(b"x", append=b"\1\2\1\1", functions=0x20), "EC-0F0A", None),
    (0x1C, 0, data_matrix(b"x", append=b"\1\2\0\1"), "EC-0F0B", b"x"),
    (0x1C, 0, data_matrix(b"x", append=b"\1\0\1\1"), "EC-0F03", b"x"),
    (0x1C, 0, data_matrix(b"x", append=b"\1\x11\1\1"), "EC-0F04", b"x"),
    (0x1C, 0, data_matrix(b"x", append=b"\3\2\1\1"), "EC-0F02", b"x"),
    (0x1C, 0, data_matrix(b"??", functions=0x80), "EC-1200", b"??"),
    (0x1C, 0, b"\0\0", "EC-0C00", None),
    (0x1D, 0, maxicode(b"X", mode=7), "EC-0F05", None),
    (0x1D, 0, maxicode(b"X", mode=2), "EC-2100", None),
    (0x1D, 0, maxicode(b"X", append=b"\x09\x09"), "EC-0F01", b"X"),
    (0x1E, 0, pdf417(b"x", columns=31), "EC-0F06", None),
    (0x1E, 0, pdf417(b"x", rows=2), "EC-0F07", b"x"),
    (0x1E, 0, pdf417(b"x", columns=30, rows=90), "EC-0F07", b"x"),
    (0x1E, 0, pdf417(b"x" * 3000), "EC-0F08", None),
    (0x1E, 0, pdf417(b"x", security=9, columns=20), "EC-0F09", b"x"),
    (0x1E, 0, pdf417(b"x")[:4] + b"\x00\xff" + b"x", "EC-0F0C", None),
    (0x1E, 0, pdf417(b"x", macro=b"\\9280\\001"), "EC-0F0D", b"x"),
    (0x1E, 0, pdf417(b"x\\922"), "EC-2100", None),
    (0x1E, 0, pdf417(b"x\\927"), "EC-2100", None),
    (0x20, 2, qr(b"x", EBCDIC, 4), "EC-0F0E", None),
    (0x20, 2, qr(b"\xe0", EBCDIC, 1), "EC-2100", None),
    (0x20, 2, qr(b"x", functions=0xC0), "EC-0F11", None),
    (0x20, 2, qr(b"x", functions=0x40, application=120), "EC-0F12", None),
    (0x20, 2, qr(b"x" * 50, REFUSE_BIGGER, version=1), "EC-0F16", None),
    (0x20, 0x12, qr(b"\0\0\x05Rate"), "EC-0F3B", None),
    (0x26, 0, aztec(b"x", layers=33), "EC-0F18", None),
    (0x26, 1, aztec(b"x", layers=5), "EC-0F18", None),
    (0x26, 0, aztec(b"x", level=4), "EC-0F19", None),
    (0x26, 0, aztec(b"x", functions=0xC0), "EC-0F1A", None),
    (0x26, 0, aztec(b"x" * 200, REFUSE_BIGGER, layers=1), "EC-0F17", None),
    (0x26, 1, aztec(b"x" * 200), "EC-0C00", None),
    (0x26, 1, aztec(b"x" * 50, functions=0x20), "EC-0F1E", None),
    (0x26, 2, aztec(b"xy", layers=0), "EC-0C00", None),
    (0x26, 3, aztec(b"x", id_=b"JOB"), "EC-0F1C", None),
    (0x26, 3, aztec(b"x", append=b"\1\2", id_=b"A B"), "EC-0F1D", None),
    (0x27, 0, han_xin(b"x" * 40, REFUSE_BIGGER, version=1), "EC-0F21", None),
    (0x27, 0, han_xin(b"x", version=85), "EC-0F22", None),
    (0x27, 0, han_xin(b"x", level=0), "EC-0F23", None),
    (0x27, 0, han_xin(b"x", functions=0xC0), "EC-0F24", None),
]


@pytest.mark.parametrize(("type_", "modifier", "data", "condition", "content"), CONDITIONS)
def test_conditions(type_: int, modifier: int, data: bytes, condition: str, content: bytes | None) -> None:
    drawn = draw(type_, modifier, data)
    assert drawn.findings == [f"bar-code-{condition.lower()}"]
    assert condition in drawn.messages[0]
    if content is not None:
        assert [reading.content for reading in read(drawn)] == [content]


@pytest.mark.parametrize(
    ("type_", "modifier", "data", "content"),
    [
        (0x20, 2, qr(b"x", functions=0x40, application=99), b"x"),
        (0x26, 3, aztec(b"xy", level=95), b"xy"),
        (0x1E, 0, pdf417(b"x\\903y"), b"xy"),
        (0x1E, 0, pdf417(b"x", macro=rb"\9281\017\923\0012\923\003ME"), b"x"),
    ],
)
def test_unsupported_functions(type_: int, modifier: int, data: bytes, content: bytes) -> None:
    """What zint cannot encode is said, and the symbol is drawn without it."""
    drawn = draw(type_, modifier, data)
    assert drawn.findings == ["bar-code-function-unsupported"]
    assert [reading.content for reading in read(drawn)] == [content]
