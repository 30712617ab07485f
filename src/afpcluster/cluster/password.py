"""The password of /stats and its hash, as crypt(3) makes and HAProxy reads it.

Rules: HAProxy computes the hash at each request, in the loop that serves everybody: hence few rounds, which
a random password can afford.
"""

from __future__ import annotations

import ctypes
import hmac
import secrets
from pathlib import Path

_ROUNDS = 1000


def make_password() -> str:
    """20 random characters."""
    return secrets.token_urlsafe(15)


def hashed(password: str) -> str:
    """The SHA-256 hash of crypt(5), with a salt of its own."""
    return _crypt(password, f"$5$rounds={_ROUNDS}${secrets.token_hex(8)}")


def matches(password: str, known_hash: str) -> bool:
    """Is it the hash of this password?"""
    return known_hash.startswith("$5$") and hmac.compare_digest(_crypt(password, known_hash), known_hash)


def keep(password_file: Path, hash_file: Path) -> None:
    """Both are there afterwards, for their owner alone, and match; a password that is there stays."""
    if not _word(password_file):
        _write(password_file, make_password())
    password = _word(password_file)
    if not matches(password, _word(hash_file)):
        _write(hash_file, hashed(password))


def _word(file: Path) -> str:
    return file.read_text(encoding="ascii").strip() if file.exists() else ""


def _write(file: Path, word: str) -> None:
    file.touch(mode=0o600)
    file.write_text(f"{word}\n", encoding="ascii")


def _crypt(password: str, setting: str) -> str:
    library = ctypes.CDLL("libcrypt.so.1")  # what HAProxy itself uses
    library.crypt.restype = ctypes.c_char_p
    library.crypt.argtypes = (ctypes.c_char_p, ctypes.c_char_p)
    made: bytes | None = library.crypt(password.encode(), setting.encode())
    if not made or not made.startswith(b"$5$"):
        raise OSError(f"crypt(3) of this machine cannot make a SHA-256 hash: {made!r}")
    return made.decode("ascii")
