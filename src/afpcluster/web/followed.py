"""Files that are followed while a service runs: certificates, clients, keys.

Rules: content is compared, not time stamps; new content counts when two looks in a row saw the same. Content
that cannot be used changes nothing: it is logged once and told by `refused`, and what was in force stays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, TypeVar

from afpcluster.web.files import read_regular
from afpcluster.web.settings import PropertiesError

T = TypeVar("T")
MAX_BYTES = 4 * 1024 * 1024
_logger = logging.getLogger("afpcluster.web.followed")


class Followed(Generic[T]):
    """`value` is what `build` made of the files' contents, in their order, when last it could.

    `build` raises ValueError or OSError with the reason; whatever else it raises is one, too. The constructor
    raises PropertiesError."""

    def __init__(self, what: str, paths: Sequence[Path], build: Callable[[list[bytes]], T]) -> None:
        self.what = what
        self.refused: str | None = None
        self._paths = paths
        self._build = build
        contents = self._read()
        if isinstance(contents, str):
            raise PropertiesError(contents)
        try:
            self.value = build(contents)
        except Exception as error:
            raise PropertiesError(self._named(error)) from error
        self._judged: list[bytes] | str = contents
        self._seen: list[bytes] | str = contents

    def look(self) -> bool:
        """One look at the files; whether `value` is a new one now."""
        contents = self._read()
        settled, self._seen = contents == self._seen, contents
        if not settled or contents == self._judged:
            return False
        self._judged = contents
        try:
            if isinstance(contents, str):
                raise ValueError(contents)
            self.value = self._build(contents)
        except Exception as error:
            self.refused = self._named(error)
            _logger.error("files refused", extra={"data": {"what": self.what, "reason": self.refused}})
            return False
        self.refused = None
        _logger.warning("files taken", extra={"data": {"what": self.what}})
        return True

    def _read(self) -> list[bytes] | str:
        contents = []
        for path in self._paths:
            try:
                contents.append(read_regular(path, MAX_BYTES))
            except OSError as error:
                return f"{self.what}: {path} cannot be read: {error.strerror}"
            if len(contents[-1]) > MAX_BYTES:
                return f"{self.what}: {path} is larger than {MAX_BYTES} bytes; is it the right file?"
        return contents

    def _named(self, error: Exception) -> str:
        text = str(error) or type(error).__name__
        return text if text.startswith(self.what) else f"{self.what}: {text}"
