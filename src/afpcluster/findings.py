"""What was wrong, skipped, substituted or guessed during a conversion.

Rules: bad input never stops a page. Whoever meets it records a `Finding` and goes on. Only when the
input is not AFP at all, or a limit is reached, is a `ConversionError` raised; it carries the HTTP
status and the exit code, so that every front door answers alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from enum import StrEnum
from typing import Any, Protocol

from afpcluster.light import dataclass


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
    kept: int = 0  # how many of `count` are of things that are made once and used again
    file: str | None = None  # which print file it is of, where several become one output

    def as_dict(self) -> dict[str, Any]:
        """What is known of it, by name."""
        shown = {name: value for name, value in asdict(self).items() if value is not None}
        del shown["kept"]
        return shown if self.bytes_lost else {n: v for n, v in shown.items() if n != "bytes_lost"}


class Placed(Protocol):
    """What stands at a place of the input: a structured field."""

    @property
    def offset(self) -> int: ...

    @property
    def mnemonic(self) -> str: ...


@dataclass(slots=True, frozen=True)
class Reporter:
    """Records findings about one place: offset, field and section of the reference are filled in."""

    findings: Findings
    offset: int | None = None
    field: str | None = None
    spec: str | None = None

    def __call__(
        self,
        code: str,
        message: str,
        spec: str | None = None,
        *,
        severity: Severity = Severity.SKIPPED,
        offset: int | None = None,
        count: int = 1,
        bytes_lost: int = 0,
    ) -> None:
        """Record a finding. `offset` is that of the place where it is not given; `spec` is a section of that
        of the place, if it has one."""
        self.findings.add(
            code,
            severity,
            message,
            offset=self.offset if offset is None else offset,
            field=self.field,
            spec=" ".join(part for part in (self.spec, spec) if part) or None,
            count=count,
            bytes_lost=bytes_lost,
        )

    def missing(
        self,
        code: str,
        message: str,
        instead: str = "",
        *,
        severity: Severity = Severity.SKIPPED,
        refused_as: str = "resource-missing",
        advice: str = "",
    ) -> None:
        """Record that what the file needs is not there, and what is done `instead`; the one place that
        refuses it where `strict`: raises MissingResourceError `refused_as`, with `advice` what to do."""
        if self.findings.strict:
            parts = (f"{message.removesuffix('.')}; strict was asked for.", advice)
            raise MissingResourceError(refused_as, " ".join(filter(None, parts)), offset=self.offset)
        self(code, f"{message}; {instead}" if instead else message, severity=severity)


_LIMIT = "findings-limit"


Whereabouts = tuple[str | None, int | None, int | None]
"""Print file, page, and the byte where that begins."""


class Findings:
    """Collects findings; the same code and message twice is one finding with a count.

    What is found while something is made that is kept and used again (`kept`) says nothing of how often it
    is used, and every process meets it anew: it counts once.

    `limit` bounds memory: past it, new kinds are only known of, in a last finding of their own. `strict`
    refuses what is missing (`Reporter.missing`). `file` is the print file that findings are of from now on,
    where there are several.
    """

    def __init__(self, limit: int = 1000, *, strict: bool = False) -> None:
        self.strict = strict
        self.file: str | None = None
        self._by_key: dict[tuple[str | None, str, str], Finding] = {}
        self._limit = limit
        self._beyond: Finding | None = None
        self._page: int | None = None
        self._page_offset: int | None = None
        self._keeping = 0

    def on_page(self, number: int, offset: int | None) -> AbstractContextManager[None]:
        """What is found meanwhile is found on this page, which begins at byte `offset`: that is the place of
        what has none of its own."""
        return self.back_at((self.file, number, offset))

    @property
    def here(self) -> Whereabouts:
        """Where findings are of now, for `back_at`."""
        return self.file, self._page, self._page_offset

    def back_at(self, here: Whereabouts) -> AbstractContextManager[None]:
        """What is found meanwhile is of a file and page of before."""
        return _Back(self, here)

    def go(self, here: Whereabouts) -> None:
        """What is found from now on is of this file and page."""
        self.file, self._page, self._page_offset = here

    @contextmanager
    def kept(self) -> Iterator[None]:
        """What is found meanwhile is about something that is kept and used again."""
        self._keeping += 1
        try:
            yield
        finally:
            self._keeping -= 1

    def at(self, place: Placed | int | None, field: str | None = None, spec: str | None = None) -> Reporter:
        """The one who records findings about a structured field, or about the byte at an offset (None where
        it is not known). `spec` is the section of the reference that rules come from."""
        if place is None or isinstance(place, int):
            return Reporter(self, place, field, spec)
        return Reporter(self, place.offset, field or place.mnemonic, spec)

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
        kept = count if self._keeping else 0
        if offset is None and field is None and self._page_offset is not None:
            offset, field = self._page_offset, "BPG"
        self._insert(
            Finding(
                code, severity, message, offset, field, self._page, spec, count, bytes_lost, kept, self.file
            )
        )

    def extend(self, findings: Iterable[Finding]) -> None:
        """Merge findings made elsewhere (another process), keeping their pages and counts."""
        for finding in findings:
            if self.file is not None and finding.file is None:
                finding = replace(finding, file=self.file)
            if finding.code == _LIMIT:
                self._note_beyond(finding)
            else:
                self._insert(finding)

    def _insert(self, finding: Finding) -> None:
        key = (finding.file, finding.code, finding.message)
        known = self._by_key.get(key)
        if known is not None:
            self._by_key[key] = _together(known, finding)
        elif len(self._by_key) < self._limit:
            self._by_key[key] = finding
        else:
            self._note_beyond(finding)

    def _note_beyond(self, finding: Finding) -> None:
        before = self._beyond
        worst = max((f.severity for f in (finding, before) if f is not None), key=lambda s: s.rank)
        message = f"There are more than {self._limit} kinds of findings; the others are not listed"
        lost = finding.bytes_lost + (before.bytes_lost if before is not None else 0)
        self._beyond = Finding(_LIMIT, worst, message, bytes_lost=lost)

    def __iter__(self) -> Iterator[Finding]:
        yield from self._by_key.values()
        if self._beyond is not None:
            yield self._beyond

    def __len__(self) -> int:
        return len(self._by_key) + (self._beyond is not None)


class _Back:
    """Findings are of another place while the block runs. Written out: every page enters some of these, and
    a generator as context manager takes more than three times as long."""

    __slots__ = ("_before", "_findings", "_here")

    def __init__(self, findings: Findings, here: Whereabouts) -> None:
        self._findings = findings
        self._here = here

    def __enter__(self) -> None:
        self._before = self._findings.here
        self._findings.go(self._here)

    def __exit__(self, *_: object) -> None:
        self._findings.go(self._before)


def _together(first: Finding, again: Finding) -> Finding:
    """Two findings of one kind as one, at the place of the first."""
    kept = max(first.kept, again.kept)
    count = first.count - first.kept + again.count - again.kept + kept
    if again.kept == again.count:
        lost = max(first.bytes_lost, again.bytes_lost)
    else:
        lost = first.bytes_lost + again.bytes_lost
    if (count, kept, lost) == (first.count, first.kept, first.bytes_lost):
        return first
    return replace(first, count=count, kept=kept, bytes_lost=lost)


class ConversionError(Exception):
    """The conversion as a whole cannot be done. `code` is stable; `message` says what, where, what next."""

    http_status = 422
    exit_code = 2

    def __init__(self, code: str, message: str, *, offset: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset
        self.file: str | None = None  # which print file, where several become one output

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


class ProcessLostError(ConversionError):
    """A process of the conversion died: killed, or out of memory. The document may be sound."""

    http_status = 503
    exit_code = 8


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
