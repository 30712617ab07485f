"""The cipher of Type 1 programs (Adobe Type 1 Font Format, chapter 7.1): of the eexec portion, and of each
charstring in it.

Rules: the cipher goes byte by byte, and its key depends on all bytes before. A text that is written anew
comes in pieces, so that what subsets have in common is encrypted once: white space behind a piece takes the
key to where the next one begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from afpcluster.type1.kept import kept

_EEXEC_KEY = 55665
_CHARSTRING_KEY = 4330
_FACTOR, _SUMMAND = 52845, 22719
_INVERSE = pow(_FACTOR, -1, 1 << 16)
_EEXEC_START = 4  # bytes that begin the eexec portion and mean nothing
_PIECE_KEY = 28552  # at the begin of a piece: short ways lead to it from more keys than to any other
_SPACES = b"\n \t\r"  # what every reader takes for white space
_LONGEST_WAY = 5  # bytes of white space that are looked up together


def decrypt_eexec(cipher: bytes) -> bytes:
    """The text of an eexec portion in binary."""
    return _decrypt(cipher, _EEXEC_KEY)[_EEXEC_START:]


def encrypt_eexec(plain: bytes) -> bytes:
    """The eexec portion of this text. It starts with zeros: their cipher is no hexadecimal to any reader."""
    return _encrypt(bytes(_EEXEC_START) + plain, _EEXEC_KEY)


def eexec_portion(first: bytes, pieces: Iterable[bytes], last: bytes) -> bytes:
    """The eexec portion of a text that comes in pieces: the first and the last as they are, the others made
    by `eexec_piece`. The first, too, may have white space behind it."""
    return b"".join([_piece(bytes(_EEXEC_START) + first, _EEXEC_KEY), *pieces, _end(last, _PIECE_KEY)])


def eexec_piece(plain: bytes) -> bytes:
    """The cipher of a piece of text, which may have white space behind it: about eight bytes of it are put
    there."""
    return _piece(plain, _PIECE_KEY)


@kept
def _piece(plain: bytes, key: int) -> bytes:
    """The cipher of a piece with the white space behind it."""
    cipher = _encrypt(plain, key)
    for byte in cipher:
        key = (byte + key) * _FACTOR + _SUMMAND & 0xFFFF
    return cipher + _encrypt(_way_from(key), key)


def _way_from(key: int) -> bytes:
    """White space that leads from a key to that of pieces, by the first key from which a way is known."""
    ways = _ways()
    if key in ways:
        return ways[key]
    reached = [(key, b"")]
    for known, way in reached:
        for space in _SPACES:
            after = ((space ^ known >> 8) + known) * _FACTOR + _SUMMAND & 0xFFFF
            if after in ways:
                return b"%b%c%b" % (way, space, ways[after])
            reached.append((after, b"%b%c" % (way, space)))
    raise AssertionError("white space leads from every key to every other")


@cache
def _ways() -> dict[int, bytes]:
    """Keys from which a little white space leads to that of pieces, and which."""
    ways = last = {_PIECE_KEY: b""}
    for _ in range(_LONGEST_WAY):
        last = {
            before: bytes((space,)) + spaces
            for key, spaces in last.items()
            for space in _SPACES
            for before in _keys_before(key, space)
            if before not in ways
        }
        ways = ways | last
    return ways


def _keys_before(key: int, plain: int) -> Iterator[int]:
    """The keys that this plain byte takes to `key`."""
    total = (key - _SUMMAND) * _INVERSE & 0xFFFF  # of the cipher's byte and the key before
    for high in range((total >> 8) - 2, (total >> 8) + 1):
        low = total - (high << 8) - (plain ^ high & 0xFF)
        if 0 <= low <= 0xFF:
            yield (high & 0xFF) << 8 | low


def decrypt_charstring(cipher: bytes, len_iv: int) -> bytes:
    """The charstring behind its `len_iv` leading bytes; a negative number: it is not encrypted."""
    return cipher if len_iv < 0 else _decrypt(cipher, _CHARSTRING_KEY)[len_iv:]


@kept
def encrypt_charstring(plain: bytes, len_iv: int) -> bytes:
    """The inverse of `decrypt_charstring`."""
    return plain if len_iv < 0 else _encrypt(bytes(len_iv) + plain, _CHARSTRING_KEY)


def _decrypt(cipher: bytes, key: int) -> bytes:
    plain = bytearray(len(cipher))
    for position, byte in enumerate(cipher):
        plain[position] = byte ^ key >> 8
        key = (byte + key) * _FACTOR + _SUMMAND & 0xFFFF
    return bytes(plain)


@kept
def _end(plain: bytes, key: int) -> bytes:
    """The cipher of the piece behind all others."""
    return _encrypt(plain, key)


def _encrypt(plain: bytes, key: int) -> bytes:
    cipher = bytearray(len(plain))
    for position, byte in enumerate(plain):
        cipher[position] = byte = byte ^ key >> 8
        key = (byte + key) * _FACTOR + _SUMMAND & 0xFFFF
    return bytes(cipher)
