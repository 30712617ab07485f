"""The cipher of Type 1 programs (Adobe Type 1 Font Format, chapter 7.1): of the eexec portion, and of each
charstring in it."""

from __future__ import annotations

_EEXEC_KEY = 55665
_CHARSTRING_KEY = 4330
_EEXEC_START = 4  # bytes that begin the eexec portion and mean nothing


def decrypt_eexec(cipher: bytes) -> bytes:
    """The text of an eexec portion in binary."""
    return _decrypt(cipher, _EEXEC_KEY)[_EEXEC_START:]


def encrypt_eexec(plain: bytes) -> bytes:
    """The eexec portion of this text. It starts with zeros: their cipher is no hexadecimal to any reader."""
    return _encrypt(bytes(_EEXEC_START) + plain, _EEXEC_KEY)


def decrypt_charstring(cipher: bytes, len_iv: int) -> bytes:
    """The charstring behind its `len_iv` leading bytes; a negative number: it is not encrypted."""
    return cipher if len_iv < 0 else _decrypt(cipher, _CHARSTRING_KEY)[len_iv:]


def encrypt_charstring(plain: bytes, len_iv: int) -> bytes:
    """The inverse of `decrypt_charstring`."""
    return plain if len_iv < 0 else _encrypt(bytes(len_iv) + plain, _CHARSTRING_KEY)


def _decrypt(cipher: bytes, key: int) -> bytes:
    plain = bytearray(len(cipher))
    for position, byte in enumerate(cipher):
        plain[position] = byte ^ key >> 8
        key = (byte + key) * 52845 + 22719 & 0xFFFF
    return bytes(plain)


def _encrypt(plain: bytes, key: int) -> bytes:
    cipher = bytearray(len(plain))
    for position, byte in enumerate(plain):
        cipher[position] = byte = byte ^ key >> 8
        key = (byte + key) * 52845 + 22719 & 0xFFFF
    return bytes(cipher)
