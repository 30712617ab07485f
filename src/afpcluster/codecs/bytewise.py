"""Decompression and recording algorithms of IOCA that are plain byte work (IOCA Appendix A).

Each decoder takes compressed bytes and a limit and gives what could be decoded: data that ends early or
is damaged gives fewer bytes, never an exception. CCITT codes are in `ccitt`.
"""

from __future__ import annotations

from itertools import accumulate

_REVERSED = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


def reverse_bits(data: bytes) -> bytes:
    """Every byte with its bits in the opposite order (IOCA "Image Encoding", BITORDR 1)."""
    return bytes(data).translate(_REVERSED)


def unpack_bits(data: bytes, limit: int) -> bytes:
    """TIFF PackBits; at most `limit` bytes."""
    out = bytearray()
    at, end = 0, len(data)
    while at < end and len(out) < limit:
        count = data[at]
        at += 1
        if count < 128:
            out += data[at : at + count + 1]
            at += count + 1
        elif count > 128:
            out += data[at : at + 1] * (257 - count)
            at += 1
    return bytes(out[:limit])


_CLEAR, _END = 256, 257


def decode_lzw(data: bytes, limit: int) -> bytes:
    """TIFF LZW (TIFF 6.0 section 13: codes of 9 to 12 bits, highest bit first); at most `limit` bytes.

    Strips may follow each other: each begins with a clear code and ends with an end code.
    """
    first = [bytes((value,)) for value in range(256)] + [b"", b""]
    table = first.copy()
    out = bytearray()
    previous = b""
    width, held, bits = 9, 0, 0
    for byte in data:
        held = held << 8 | byte
        bits += 8
        if bits < width:
            continue
        bits -= width
        code = held >> bits
        held &= (1 << bits) - 1
        if len(out) >= limit:
            break
        if code in (_CLEAR, _END):
            table, width, previous = first.copy(), 9, b""
            if code == _END:  # the next strip begins at a byte
                held = bits = 0
            continue
        if not previous:
            if code >= 256:
                break
            entry = first[code]
        else:
            if code < len(table):
                entry = table[code]
            elif code == len(table):
                entry = previous + previous[:1]
            else:
                break
            if len(table) < 4096:
                table.append(previous + entry[:1])
        out += entry
        previous = entry
        size = len(table)
        width = 9 if size < 511 else 10 if size < 1023 else 11 if size < 2047 else 12
    return bytes(out[:limit])


def undo_predictor(data: bytes, row_length: int, samples: int) -> bytes:
    """Undo horizontal differencing (TIFF 6.0 section 14) of 8-bit samples, `samples` per image point. A
    last row that is cut off counts too."""
    out = bytearray(data)
    for start in range(0, len(out), row_length):
        for sample in range(start, start + samples):
            column = slice(sample, start + row_length, samples)
            out[column] = bytes([total & 0xFF for total in accumulate(out[column])])
    return bytes(out)


def decode_rl4(data: bytes, width: int, height: int, limit: int) -> tuple[bytes, int]:
    """Run Length 4: (rows padded to bytes, number of rows). `height` 0: as many as the data has.

    Each row is its number, its length and its runs, the first white, then an end-of-line code (IOCA "Run
    Length 4 (RL4) Compression Algorithm"). Rows left out are white. The lowest number, 0 or 1, is the
    first row. Whether the length counts itself is not said: the end-of-line code is what ends a row.
    """
    row_length = (width + 7) // 8
    rows: dict[int, bytes] = {}
    digits = data.hex()
    at, base = 0, None
    while at + 8 <= len(digits):
        number = int(digits[at : at + 4], 16)
        base = min(number, 1) if base is None else base
        if number < base or (number - base + 1) * row_length > limit:
            break
        rows[number - base], at = _rl4_row(digits, at + 8, width)
    count = height or max(rows, default=-1) + 1
    white = bytes(row_length)
    return b"".join([rows.get(number, white) for number in range(count)]), count


_RL4_RUNS = (  # first and last leading digit, digits of the code, lowest run, mask of the rest
    (0x0, 0x7, 1, 1, 0x7),
    (0x8, 0xB, 2, 9, 0x3F),
    (0xC, 0xD, 3, 73, 0x1FF),
    (0xE, 0xE, 4, 585, 0xFFF),
    (0xF, 0xF, 5, 4681, 0x7FFF),
)
_RL4 = [run[2:] for run in _RL4_RUNS for _ in range(run[0], run[1] + 1)]


def _rl4_row(digits: str, at: int, width: int) -> tuple[bytes, int]:
    """(one row, digit behind its end-of-line code). A code word is one to five hexadecimal digits."""
    x, black, bits = 0, False, 0
    while at < len(digits):
        if digits.startswith("ff", at):
            at += 2 + at % 2  # to the byte boundary
            break
        if digits.startswith("fe", at):
            run, at = 0, at + 2
        else:
            size, lowest, mask = _RL4[int(digits[at], 16)]
            run, at = lowest + (int(digits[at : at + size], 16) & mask), at + size
        run = min(run, width - x)
        if black:
            bits |= ((1 << run) - 1) << (width - x - run)
        x += run
        black = not black
    row_length = (width + 7) // 8
    return (bits << (row_length * 8 - width)).to_bytes(row_length, "big"), at


def pad_rows(data: bytes, row_bits: int, height: int) -> bytes:
    """Rows that follow each other bit by bit (unpadded RIDIC), padded to whole bytes."""
    if row_bits % 8 == 0:
        return data
    row_length = (row_bits + 7) // 8
    mask, pad = (1 << row_bits) - 1, row_length * 8 - row_bits
    rows = []
    for row in range(height):
        group, index = divmod(row, 8)  # 8 rows are `row_bits` bytes
        eight = int.from_bytes(data[group * row_bits : (group + 1) * row_bits].ljust(row_bits, b"\0"), "big")
        rows.append(((eight >> (7 - index) * row_bits & mask) << pad).to_bytes(row_length, "big"))
    return b"".join(rows)


def turn_over(data: bytes, row_bits: int, height: int) -> bytes:
    """Bottom-to-Top recording: rows padded to 32 bits, the lowest first -> padded to bytes, top first."""
    stored, wanted = (row_bits + 31) // 32 * 4, (row_bits + 7) // 8
    rows = [data[row * stored : row * stored + wanted].ljust(wanted, b"\0") for row in range(height)]
    return b"".join(reversed(rows))
