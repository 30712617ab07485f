"""Who may come in: a file of named clients with the hashes of their keys, their certificates, their limits.

Rules: a key is 256 random bits, so one fast hash (SHA-256) of it tells nothing; the file holds hashes alone.
A client may have several keys at once, so that a new one can be handed out before the old one is taken away.
The file is a properties file (UTF-8) with `NAME.keys`, `NAME.certificate`, `NAME.max-conversions`,
`NAME.documents-per-minute`, `NAME.bytes-per-minute`; without a limit there is none.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import javaproperties

from afpcluster.web.followed import Followed
from afpcluster.web.settings import KEY_PREFIX

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_HASH = re.compile(r"[0-9a-f]{64}")
_LIMITS = ("max-conversions", "documents-per-minute", "bytes-per-minute")


@dataclass(frozen=True, slots=True)
class Client:
    """One client; a limit of None is no limit."""

    name: str
    max_conversions: int | None = None
    documents_per_minute: int | None = None
    bytes_per_minute: int | None = None


@dataclass(frozen=True, slots=True)
class Clients:
    """All of them, by what they show: the hash of a key, or the name in a certificate."""

    by_hash: Mapping[str, Client] = field(default_factory=dict)
    by_certificate: Mapping[str, Client] = field(default_factory=dict)

    def with_key(self, key: str) -> Client | None:
        """The client of a key. The look-up is of its hash, so its duration tells nothing of the key."""
        return self.by_hash.get(hash_of(key))


def new_key() -> str:
    """A key that nobody can guess."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """As it stands in the file."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


def followed_clients(path: Path) -> Followed[Clients]:
    """The clients in a file, followed. Raises PropertiesError."""
    return Followed("clients", [path], lambda contents: parse_clients(contents[0]))


def parse_clients(content: bytes) -> Clients:
    """Raises ValueError that names the bad key of the file."""
    pairs: list[tuple[str, str]] = javaproperties.loads(content.decode("utf-8"), object_pairs_hook=list)
    if twice := [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]:
        raise ValueError(f"{', '.join(twice)}: given twice")
    given: dict[str, dict[str, str]] = {}
    for key, value in pairs:
        name, _, what = key.partition(".")
        if not NAME.fullmatch(name) or what not in ("keys", "certificate", *_LIMITS):
            known = ", ".join(f"NAME.{known}" for known in ("keys", "certificate", *_LIMITS))
            raise ValueError(f"{key[:100]}: unknown; expected {known}")
        given.setdefault(name, {})[what] = value.strip()
    by_hash: dict[str, Client] = {}
    by_certificate: dict[str, Client] = {}
    for name, values in given.items():
        client = Client(name, **{limit.replace("-", "_"): _limit(name, limit, values) for limit in _LIMITS})
        hashes = [part.strip().lower() for part in values.get("keys", "").split(",") if part.strip()]
        if bad := [part for part in hashes if not _HASH.fullmatch(part)]:
            raise ValueError(
                f"{name}.keys: {bad[0][:12]}… is not a SHA-256 in hexadecimal: never write a key here"
            )
        _enter(by_hash, hashes, client, "keys")
        _enter(by_certificate, filter(None, [values.get("certificate")]), client, "certificate")
    if not by_hash and not by_certificate:  # as a full disk leaves it
        raise ValueError("nobody in it has a key or a certificate")
    return Clients(by_hash, by_certificate)


def _limit(name: str, limit: str, values: Mapping[str, str]) -> Any:
    text = values.get(limit)
    if text is None:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,14}", text):
        raise ValueError(f"{name}.{limit} = {text[:40]!r}: expected a positive whole number")
    return int(text)


def _enter(known: dict[str, Client], shown: Iterable[str], client: Client, what: str) -> None:
    for one in shown:
        if one in known:
            raise ValueError(f"{client.name}.{what}: the same as {known[one].name}'s")
        known[one] = client
