"""Follows edits of `wrapperservice.properties` while the service runs.

Rules: the content is compared, not the time stamp, so atomic renames, edits in place and edits within
one clock tick are all seen. New content counts when it has stayed the same for a moment (longer when
its last line has no end, which a file still being written may look like) and is valid as a whole. A bad
edit is refused and logged once; the old values stay.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter

from afpcluster.web.settings import MAX_PROPERTIES_BYTES, PropertiesError, build_settings, parse_properties
from afpcluster.wrapper.settings import Target, WrapperSettings

_POLL_SECONDS = 0.25
_SETTLING_POLL_SECONDS = 0.1
_SAME_READS = 2  # reads with the same content before it counts
_SAME_READS_OPEN_END = 5
_FOLLOWED = ("afp2web_protocol", "afp2web_host", "afp2web_port", "fallback_targets")
_logger = logging.getLogger("afpcluster.wrapper.watcher")


@dataclass(frozen=True, slots=True)
class InForce:
    """The targets that are used now, since when, and why the last edit was refused, if it was."""

    targets: tuple[Target, ...]
    since: str
    refused: str | None = None


class PropertiesWatcher:
    """`in_force` is always valid; `follow` keeps it up to date until cancelled."""

    def __init__(self, path: Path, settings: WrapperSettings, registry: CollectorRegistry) -> None:
        self.in_force = InForce(settings.targets, _now())
        self._path = path
        self._settings = settings
        self._seen: bytes | str | None = None  # the content, or why there is none
        self._same_reads = 0
        self._judged: bytes | str | None = None
        self._edits = Counter("property_edits", "Edits of the properties file", ["result"], registry=registry)
        self._edits.labels("taken"), self._edits.labels("refused")  # so that both are listed from the start

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
            with self._path.open("rb") as file:
                return file.read(MAX_PROPERTIES_BYTES + 1)
        except OSError as error:
            return f"{self._path}: cannot be read: {error.strerror}"

    def _judge(self, content: bytes | str) -> None:
        try:
            if isinstance(content, str):
                raise PropertiesError(content)
            pairs = parse_properties(content, self._path)
            settings = build_settings(WrapperSettings, pairs, self._path)
        except PropertiesError as error:
            self.in_force = InForce(self.in_force.targets, self.in_force.since, str(error))
            self._edits.labels("refused").inc()
            kept = [target.url for target in self.in_force.targets]
            _logger.error("properties refused", extra={"data": {"reason": str(error), "kept": kept}})
            return
        self._take(settings)

    def _take(self, settings: WrapperSettings) -> None:
        if settings.targets != self.in_force.targets:
            data = {"old": [t.url for t in self.in_force.targets], "new": [t.url for t in settings.targets]}
            self.in_force = InForce(settings.targets, _now())
            self._edits.labels("taken").inc()
            _logger.warning("afp2web target changed", extra={"data": data})
        else:
            self.in_force = InForce(self.in_force.targets, self.in_force.since)
        waiting = [
            str(field.alias)
            for name, field in WrapperSettings.model_fields.items()
            if name not in _FOLLOWED and getattr(settings, name) != getattr(self._settings, name)
        ]
        if waiting:
            _logger.warning("properties that count after a restart", extra={"data": {"keys": waiting}})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
