"""The password of /stats and its hash, as crypt(3) makes and HAProxy reads it.

Rules: HAProxy computes the hash at each request, in the loop that serves everybody: hence few rounds, which
a random password can afford. Where the password is, the topology says (`Secret`); haproxy.cfg has its hash.
"""

from __future__ import annotations

import ctypes
import hmac
import os
import secrets
from pathlib import Path

from afpcluster.cluster.topology import Secret, SiteError

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


def known(secret: Secret) -> str:
    """The password; empty where there is none. Raises `SiteError` for what cannot be one."""
    if secret.file is not None:
        return _one_line(_word(secret.file), secret.place)
    return _one_line(os.environ.get(str(secret.env), ""), secret.place)


def made(secret: Secret) -> str:
    """The password; one not in its file yet is made there, for its owner alone. Raises `SiteError`."""
    if secret.file is not None and not known(secret):
        _write(secret.file, make_password())
    if not (password := known(secret)):
        raise SiteError(f"the password of /stats: {secret.place} is not set")
    return password


def keep(secret: Secret, hash_file: Path) -> None:
    """Password and hash are there afterwards, and match; what is there stays. Raises `SiteError`."""
    password = made(secret)
    if not matches(password, _word(hash_file)):
        _write(hash_file, hashed(password))


def _one_line(text: str, where: str) -> str:
    if not text.isprintable():
        raise SiteError(f"the password of /stats: {where} must hold it alone, in one line")
    return text


def _word(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip() if file.exists() else ""


def _write(file: Path, word: str) -> None:
    file.touch(mode=0o600)
    file.write_text(f"{word}\n", encoding="utf-8")


def _crypt(password: str, setting: str) -> str:
    library = ctypes.CDLL("libcrypt.so.1")  # what HAProxy itself uses
    library.crypt.restype = ctypes.c_char_p
    library.crypt.argtypes = (ctypes.c_char_p, ctypes.c_char_p)
    made: bytes | None = library.crypt(password.encode(), setting.encode())
    if not made or not made.startswith(b"$5$"):
        raise OSError(f"crypt(3) of this machine cannot make a SHA-256 hash: {made!r}")
    return made.decode("ascii")
