"""Follows edits of `wrapperservice.properties` while the service runs.

Rules: the content is compared, not the time stamp, so atomic renames, edits in place and edits within
one clock tick are all seen. New content counts when it has stayed the same for a moment (longer when
its last line has no end, which a file still being written may look like) and is valid as a whole. A bad
edit is refused and logged once; the old values stay. What was good is kept for the next start.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge

from afpcluster.web.files import read_regular
from afpcluster.web.properties import Loaded, check, keep, needing_restart
from afpcluster.web.settings import MAX_PROPERTIES_BYTES, PropertiesError
from afpcluster.wrapper.settings import Target, WrapperSettings

_POLL_SECONDS = 0.25
_SETTLING_POLL_SECONDS = 0.1
_SAME_READS = 2  # reads with the same content before it counts
_SAME_READS_OPEN_END = 5
_logger = logging.getLogger("afpcluster.wrapper.watcher")


@dataclass(frozen=True, slots=True)
class InForce:
    """The targets that are used now and since when; why the last edit was refused, if it was; what else an
    operator should know of the file."""

    targets: tuple[Target, ...]
    since: str
    refused: str | None = None
    warnings: tuple[str, ...] = ()


class PropertiesWatcher:
    """`in_force` is always valid; `follow` keeps it up to date until cancelled."""

    def __init__(self, path: Path, loaded: Loaded[WrapperSettings], registry: CollectorRegistry) -> None:
        self.in_force = InForce(loaded.settings.targets, _now(), loaded.refused, loaded.warnings)
        self._path = path
        self._settings = loaded.settings
        self._seen: bytes | str | None = None  # the content, or why there is none
        self._same_reads = 0
        self._judged: bytes | str | None = None
        self._edits = Counter("property_edits", "Edits of the properties file", ["result"], registry=registry)
        self._edits.labels("taken"), self._edits.labels("refused")  # so that both are listed from the start
        refused = Gauge("properties_refused", "1 while the file is not the one in force", registry=registry)
        refused.set_function(lambda: self.in_force.refused is not None)

    async def follow(self) -> None:
        """Poll the file for ever."""
        while True:
            self.look()
            settled = self._seen == self._judged
            await asyncio.sleep(_POLL_SECONDS if settled else _SETTLING_POLL_SECONDS)

    def look(self) -> None:
        """One look at the file; takes or refuses content that has settled."""
        content = self._read()
        if content == self._judged:
            self._seen = content
            return
        self._same_reads = self._same_reads + 1 if content == self._seen else 1
        self._seen = content
        ended = isinstance(content, str) or content.endswith(b"\n")
        if self._same_reads >= (_SAME_READS if ended else _SAME_READS_OPEN_END):
            self._judged = content
            self._judge(content)

    def _read(self) -> bytes | str:
        try:
            return read_regular(self._path, MAX_PROPERTIES_BYTES)
        except OSError as error:
            return f"{self._path}: cannot be read: {error.strerror}"

    def _judge(self, content: bytes | str) -> None:
        try:
            if isinstance(content, str):
                raise PropertiesError(content)
            loaded = check(WrapperSettings, content, self._path)
        except PropertiesError as error:
            self.in_force = replace(self.in_force, refused=str(error))
            self._edits.labels("refused").inc()
            kept = [target.url for target in self.in_force.targets]
            _logger.error("properties refused", extra={"data": {"reason": str(error), "kept": kept}})
            return
        self._take(loaded, keep(self._path, content))

    def _take(self, loaded: Loaded[WrapperSettings], not_kept: list[str]) -> None:
        targets, since = loaded.settings.targets, self.in_force.since
        if targets != self.in_force.targets:
            data = {"old": [t.url for t in self.in_force.targets], "new": [t.url for t in targets]}
            since = _now()
            self._edits.labels("taken").inc()
            _logger.warning("afp2web target changed", extra={"data": data})
        warnings = [*loaded.warnings, *not_kept]
        if waiting := needing_restart(self._settings, loaded.settings):
            warnings.append(f"{self._path}: counts only after a restart: {', '.join(waiting)}")
            _logger.warning("properties that count after a restart", extra={"data": {"keys": waiting}})
        for warning in set(loaded.warnings) - set(self.in_force.warnings):
            _logger.warning("properties", extra={"data": {"warning": warning}})
        self.in_force = InForce(targets, since, warnings=tuple(warnings))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
