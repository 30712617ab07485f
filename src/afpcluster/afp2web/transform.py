"""POST /services/transform: the request's document through the pool, back as a stream.

Rules: an answer is sent only when the conversion is complete, so an error is never half a document.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from afpcluster.afp2web import parameters
from afpcluster.afp2web.errors import number
from afpcluster.afp2web.line import Ticket
from afpcluster.afp2web.metrics import PoolMetrics
from afpcluster.afp2web.pool import Outcome, Pool
from afpcluster.afp2web.settings import Afp2webSettings
from afpcluster.afp2web.wanted import wanted
from afpcluster.findings import ConversionError
from afpcluster.web import audit, logs
from afpcluster.web.answers import Answers, PiecesAnswer, content_disposition, suffix_of, while_client_waits
from afpcluster.web.bodies import Bodies, Body
from afpcluster.web.errors import ServiceError
from afpcluster.web.intake import Submission, read_submission
from afpcluster.web.spool import anonymous_file, file_pieces


class Transform:
    """The transform service of one instance."""

    def __init__(
        self, settings: Afp2webSettings, pool: Pool, metrics: PoolMetrics, bodies: Bodies, answers: Answers
    ) -> None:
        self._settings = settings
        self._pool = pool
        self._metrics = metrics
        self._bodies = bodies
        self._answers = answers

    async def __call__(self, request: Request) -> Response:
        parse_request(request, request.query_params.multi_items(), parameters.TRANSFORM)
        body = Body(asyncio.get_running_loop().time, request.state.lane)
        with self._counted(), self._pool.admit(body) as ticket:
            submission = await read_submission(
                request, self._settings, self._bodies, [parameters.DOCUMENT], body
            )
            try:
                return await self._transform(request, submission, ticket)
            finally:
                submission.close()

    async def _transform(self, request: Request, submission: Submission, ticket: Ticket) -> Response:
        values = parse_request(request, submission.parameters, parameters.TRANSFORM)
        if submission.document is None:
            raise ServiceError(
                400,
                "document-missing",
                "No document: send it as the raw body, or as InputBuffer in a form.",
            )
        sink = anonymous_file(self._settings.temp_dir)
        try:
            outcome = await self._convert(request, submission, values, ticket, sink)
            return self._answer(values, submission, outcome, sink)
        except BaseException:
            sink.close()
            raise

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """Count what is refused; what is converted is counted where its numbers are."""
        try:
            yield
        except ServiceError as error:
            self._metrics.conversions.labels(number(error.code)).inc()
            raise

    async def _convert(
        self,
        request: Request,
        submission: Submission,
        values: parameters.Values,
        ticket: Ticket,
        sink: IO[bytes],
    ) -> Outcome:
        assert submission.document is not None  # the caller looked
        name = values.text("Filename") or submission.file_name
        audit.note_document(request, submission.document, name)
        try:
            members = wanted(values)
        except ConversionError as error:
            raise ServiceError(error.http_status, type(error).__name__, error.message) from error
        source = await submission.document.as_file()
        job = {
            **members,
            "resource_paths": [str(path) for path in self._settings.resource_paths],
            "stand_in_folders": [str(path) for path in self._settings.stand_in_folders],
        }
        outcome = await while_client_waits(request, self._pool.convert(ticket, job, source, sink))
        self._count(submission.document.size, outcome)
        audit.note(request, pages=outcome.pages)
        request.state.log.update(
            pages=outcome.pages,
            bytes_in=submission.document.size,
            findings=len(outcome.findings),
            convert_ms=round(outcome.seconds * 1000, 1),
        )
        return outcome

    def _count(self, size: int, outcome: Outcome) -> None:
        self._metrics.conversions.labels("ok").inc()
        self._metrics.seconds.observe(outcome.seconds)
        self._metrics.pages.inc(outcome.pages)
        self._metrics.input_bytes.inc(size)
        self._metrics.output_bytes.inc(outcome.bytes)
        for severity, count in by_severity(outcome).items():
            self._metrics.findings.labels(severity).inc(count)

    def _answer(
        self, values: parameters.Values, submission: Submission, outcome: Outcome, sink: IO[bytes]
    ) -> Response:
        severities = by_severity(outcome)
        headers = {
            "X-AFP2web-Pages": str(outcome.pages),
            "X-AFP2web-Findings": str(severities.total()),
            "X-AFP2web-Bytes-Lost": str(outcome.bytes_lost),
            "X-AFP2web-Findings-By-Severity": ", ".join(f"{k}={v}" for k, v in sorted(severities.items())),
        }
        if values.on("Findings"):
            sink.close()
            report = {
                "Status": "OK",
                "Pages": outcome.pages,
                "Bytes": outcome.bytes,
                "BytesLost": outcome.bytes_lost,
                "Findings": outcome.findings,
            }
            return JSONResponse(report, headers=headers)
        return PiecesAnswer(
            file_pieces(sink, outcome.bytes),
            outcome.bytes,
            close=sink.close,
            headers=headers
            | content_disposition(
                values.text("Filename") or submission.file_name, suffix_of(outcome.media_type)
            ),
            media_type=outcome.media_type,
            timeout=self._settings.answer_timeout,
            answers=self._answers,
        )


def by_severity(outcome: Outcome) -> Counter[str]:
    """How many findings of each severity, repeats counted."""
    counts: Counter[str] = Counter()
    for finding in outcome.findings:
        counts[str(finding["severity"])] += int(finding["count"])
    return counts


def parse_request(
    request: Request, given: list[tuple[str, str]], table: tuple[parameters.Parameter, ...]
) -> parameters.Values:
    """Parse, and let the common parameters take effect. Raises ServiceError."""
    for name, value in given:  # first, so that the refusal of another parameter has the asked form too
        if name.lower() == "responseformat":
            request.state.response_format = value.upper()
    values = parameters.parse(given, table)
    if (level := values.text("server_log_level")) and any(n.lower() == "server_log_level" for n, _ in given):
        logs.request_level.set(logs.LEVELS[level])
    return values
