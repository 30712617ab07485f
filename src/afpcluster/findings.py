"""What was wrong, skipped, substituted or guessed during a conversion.

Rules: bad input never stops a page. Whoever meets it records a `Finding` and goes on. Only when the
input is not AFP at all, or a limit is reached, is a `ConversionError` raised; it carries the HTTP
status and the exit code, so that every front door answers alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """What is lost for someone who compares the output with paper, least first (docs/findings.md)."""

    INFO = "info"  # nothing: a guess that is almost surely right, a producer's quirk
    SUBSTITUTED = "substituted"  # looks: something else stands in its place (a font, a colour)
    SKIPPED = "skipped"  # a part that is known is not shown: unsupported, or damaged
    ERROR = "error"  # a page, an object, or what nobody can know: bytes that could not be read

    @property
    def rank(self) -> int:
        """How much is lost, from 0."""
        return list(Severity).index(self)


@dataclass(slots=True, frozen=True)
class Finding:
    """One observation. `offset` is the byte offset of the structured field in the input, if known;
    `page` counts from 1; `spec` names the section of the reference that the rule comes from."""

    code: str  # short, stable, kebab-case: "font-substituted", "triplet-unknown"
    severity: Severity
    message: str  # for the operator at night: what, and what was done instead
    offset: int | None = None
    field: str | None = None  # mnemonic of the structured field: "PTX"
    page: int | None = None
    spec: str | None = None
    count: int = 1  # how often the same thing was seen; offset and page are those of the first
    bytes_lost: int = 0  # of the input, that could not be read; of all times together

    def as_dict(self) -> dict[str, Any]:
        return {k: v for k, v in asdict(self).items() if v is not None and (v or k != "bytes_lost")}


class Findings:
    """Collects findings; the same code and message twice is one finding with a count.

    `limit` bounds memory: past it, new kinds are only counted, in a last finding of their own.
    """

    def __init__(self, limit: int = 1000) -> None:
        self._by_key: dict[tuple[str, str], Finding] = {}
        self._repeats: Counter[tuple[str, str]] = Counter()
        self._bytes_lost: Counter[tuple[str, str]] = Counter()
        self._limit = limit
        self._beyond = 0
        self._worst_beyond = Severity.INFO
        self.page: int | None = None  # set by whoever walks the pages

    def add(
        self,
        code: str,
        severity: Severity,
        message: str,
        *,
        offset: int | None = None,
        field: str | None = None,
        spec: str | None = None,
        count: int = 1,
        bytes_lost: int = 0,
    ) -> None:
        """Record one finding on the current page, seen `count` times."""
        self._insert(Finding(code, severity, message, offset, field, self.page, spec, count, bytes_lost))

    def extend(self, findings: Iterable[Finding]) -> None:
        """Merge findings made elsewhere (another process), keeping their pages and counts."""
        for finding in findings:
            self._insert(finding)

    def _insert(self, finding: Finding) -> None:
        key = (finding.code, finding.message)
        if key in self._by_key:
            self._repeats[key] += finding.count
            if finding.bytes_lost:
                self._bytes_lost[key] += finding.bytes_lost
        elif len(self._by_key) < self._limit:
            self._by_key[key] = finding
        else:
            self._beyond += finding.count
            self._worst_beyond = max(self._worst_beyond, finding.severity, key=lambda s: s.rank)

    def __iter__(self) -> Iterator[Finding]:
        for key, finding in self._by_key.items():
            extra = self._repeats[key]
            if extra:
                lost = finding.bytes_lost + self._bytes_lost[key]
                finding = replace(finding, count=finding.count + extra, bytes_lost=lost)
            yield finding
        if self._beyond:
            message = f"{self._beyond} further findings of other kinds not listed"
            yield Finding("findings-limit", self._worst_beyond, message)

    def __len__(self) -> int:
        return len(self._by_key) + (1 if self._beyond else 0)


class ConversionError(Exception):
    """The conversion as a whole cannot be done. `code` is stable; `message` says what, where, what next."""

    http_status = 422
    exit_code = 2

    def __init__(self, code: str, message: str, *, offset: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset

    def __reduce__(self) -> tuple[Any, ...]:  # crosses process borders with its offset
        return (_rebuild, (type(self), self.code, self.message, self.offset))


def _rebuild(kind: type[ConversionError], code: str, message: str, offset: int | None) -> ConversionError:
    return kind(code, message, offset=offset)


class NotAfpError(ConversionError):
    """The input is empty, not AFP, or has no page."""

    http_status = 422
    exit_code = 3


class TruncatedError(ConversionError):
    """The input ends in the middle of a structured field, or before its last document ends."""

    http_status = 422
    exit_code = 4


class LimitError(ConversionError):
    """A configured limit was reached: input bytes, pages, nesting, output bytes or time."""

    http_status = 413
    exit_code = 5


class MissingResourceError(ConversionError):
    """`strict` was asked for and a font, overlay or other resource is neither in the file nor in a folder."""

    http_status = 424
    exit_code = 6


class FindingsError(ConversionError):
    """The document was converted, and a finding is as serious as the caller would not have it."""

    http_status = 422
    exit_code = 7
