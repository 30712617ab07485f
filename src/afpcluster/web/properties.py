"""A properties file over the life of a service: the last good one is kept beside it, what is odd is told.

Rules: content that was valid is kept as FILE.last-good. When the file is bad at the next start, the service
starts from that one and says so: in its log, its heartbeat and its metrics. A key given twice counts with
its last value (as Java reads it), and is told.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

import javaproperties

from afpcluster.web.settings import (
    MAX_PROPERTIES_BYTES,
    PropertiesError,
    SettingsT,
    build_settings,
    parse_properties,
)

SUFFIX = ".last-good"
_logger = logging.getLogger("afpcluster.web.properties")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[SettingsT]):
    """Valid settings, and what an operator should know of the file they come from. `refused` says why the
    file itself could not be used, so that these settings come from the last good one."""

    settings: SettingsT
    warnings: tuple[str, ...] = ()
    refused: str | None = None


def last_good(path: Path) -> Path:
    """Where the last valid content of `path` is kept: beside it, or in the folder for what a service
    keeps, if its manager names one (systemd's STATE_DIRECTORY)."""
    return Path(os.environ.get("STATE_DIRECTORY", path.parent)) / (path.name + SUFFIX)


def read_content(path: Path) -> bytes:
    """At most one byte more than a properties file may have. Raises PropertiesError."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_PROPERTIES_BYTES + 1)
    except OSError as error:
        raise PropertiesError(f"{path}: cannot be read: {error.strerror}") from error


def check(model: type[SettingsT], content: bytes, path: Path) -> Loaded[SettingsT]:
    """The settings in `content`, which was read from `path`. Raises PropertiesError."""
    settings = build_settings(model, parse_properties(content, path), path)
    given = Counter(key for key, _ in javaproperties.loads(content.decode("utf-8"), object_pairs_hook=list))
    twice = (
        f"{path}: {key} is given {count} times; the last counts" for key, count in given.items() if count > 1
    )
    return Loaded(settings, tuple(twice))


def start(model: type[SettingsT], path: Path) -> Loaded[SettingsT]:
    """What a service starts with: the file, or the last good one when the file is bad.

    Raises PropertiesError when there is neither."""
    try:
        content = read_content(path)
        loaded = check(model, content, path)
    except PropertiesError as error:
        kept = last_good(path)
        try:
            if not (content := read_content(kept)):  # made by the installation, never written yet
                raise error from None
            loaded = check(model, content, kept)
        except PropertiesError:
            raise error from None
        return Loaded(loaded.settings, (f"started from {kept}, because {error}",), str(error))
    return Loaded(loaded.settings, (*loaded.warnings, *keep(path, content)))


def keep(path: Path, content: bytes) -> list[str]:
    """Keep valid content of `path` beside it; what an operator must know when that fails."""
    kept = last_good(path)
    try:
        if kept.exists() and kept.read_bytes() == content:
            return []
        if os.access(kept.parent, os.W_OK):
            _replace(kept, content)
        else:  # a folder of root's, with this one file for us to write
            kept.write_bytes(content)
    except OSError as error:
        return [f"{kept} cannot be written ({error.strerror}): a bad edit would end the next start"]
    return []


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def needing_restart(old: SettingsT, new: SettingsT) -> list[str]:
    """The keys that differ and count only after a restart."""
    return [
        str(field.alias)
        for name, field in type(new).model_fields.items()
        if name not in new.followed and getattr(old, name) != getattr(new, name)
    ]


def tell(loaded: Loaded[SettingsT]) -> None:
    """Say in the log what is odd about the file, loudly when it could not be used."""
    for warning in loaded.warnings:
        level = logging.ERROR if loaded.refused else logging.WARNING
        _logger.log(level, "properties", extra={"data": {"warning": warning}})
