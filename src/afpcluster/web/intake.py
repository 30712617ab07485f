"""A request's body -> parameters and document, in every form the services accept.

Rules: every form streams: the document goes into a spool piece by piece, and what is beside it is small.
Raw and multipart bodies may have `service.max-body-bytes`, urlencoded and JSON (base64) ones, which cost
more work, `service.max-form-bytes`. Bodies must keep a pace (`bodies`). Query and body parameters are
gathered together.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import ClientDisconnect, Request

from afpcluster.web.bodies import Bodies, Body
from afpcluster.web.client import peer_address
from afpcluster.web.errors import ServiceError
from afpcluster.web.forms import (
    MAX_PARAMETER_BYTES,
    MAX_PARAMETERS,
    FormStream,
    JsonStream,
    UrlencodedStream,
    document_twice,
    parameters_too_large,
    too_many_parameters,
)
from afpcluster.web.multipart import FormReader, option
from afpcluster.web.settings import ServiceSettings
from afpcluster.web.spool import Spool

AFP_MEDIA_TYPES = ("application/vnd.ibm.modcap", "application/vnd.afpc.modca")
RAW_MEDIA_TYPES = (*AFP_MEDIA_TYPES, "application/octet-stream", "")
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"
MAX_VALUE_BYTES = 4096
"""Of one parameter, and of a file's name: as much as a path can have."""
_SLICE = 16 * 1024  # of a form that is decoded at a time


@dataclass(slots=True)
class Submission:
    """What a client sent. `document` is None when there was none, or an empty raw body."""

    parameters: list[tuple[str, str]]
    document: Spool | None = None
    file_name: str | None = None
    _spools: list[Spool] = field(default_factory=list)

    def close(self) -> None:
        """Give back what the document occupies."""
        for spool in self._spools:
            spool.close()

    def new_spool(self, settings: ServiceSettings) -> Spool:
        """A spool that `close` will close."""
        spool = Spool(settings.temp_dir, settings.spool_memory_bytes, hashed=True)
        self._spools.append(spool)
        return spool


async def read_submission(
    request: Request,
    settings: ServiceSettings,
    bodies: Bodies,
    document_names: Sequence[str],
    body: Body | None = None,
) -> Submission:
    """Read the whole body. `document_names` are the form fields that hold the document; `body`, if given,
    shows others how the body comes.

    Raises ServiceError, after which nothing is kept.
    """
    submission = Submission(request.query_params.multi_items())
    _check_parameters(submission)
    names = [name.lower() for name in document_names]
    body = body or Body(asyncio.get_running_loop().time, peer_address(request.scope))
    try:
        with bodies.reading(body):
            await _Reading(request, settings, bodies, body, names, submission).read()
        _check_parameters(submission)
    except BaseException:
        submission.close()
        raise
    finally:
        request.state.received = body.passed
    return submission


class _Reading:
    """One body while it is read into `submission`; `names` (lower case) are those of the document."""

    def __init__(
        self,
        request: Request,
        settings: ServiceSettings,
        bodies: Bodies,
        body: Body,
        names: list[str],
        submission: Submission,
    ) -> None:
        self._request = request
        self._settings = settings
        self._pace = bodies.pace
        self._body = body
        self._names = names
        self._submission = submission

    async def read(self) -> None:
        content_type = self._request.headers.get("content-type", "")
        media_type = content_type.split(";")[0].strip().lower()
        _refuse_content_coding(self._request)
        if media_type in RAW_MEDIA_TYPES:
            await self._read_raw(self._pieces(self._settings.max_body_bytes))
        elif media_type == MULTIPART:
            await self._read_multipart(option(content_type, "boundary"))
        elif media_type == JSON:
            await self._read_form(JsonStream(self._names), self._pieces(self._settings.max_form_bytes))
        elif media_type == FORM:
            await self._read_urlencoded()
        else:
            known = ", ".join([*filter(None, RAW_MEDIA_TYPES), MULTIPART, FORM, JSON])
            raise ServiceError(
                415,
                "media-type",
                f"Content-Type {media_type[:100]!r} is not accepted. Send one of: {known}, or none.",
            )

    async def _read_raw(self, pieces: AsyncIterator[bytes], first: bytes = b"") -> None:
        spool = self._submission.new_spool(self._settings)
        await spool.write(first)
        async for piece in pieces:
            await spool.write(piece)
        await self._keep(spool)

    async def _read_urlencoded(self) -> None:
        """A form, or an AFP file all the same: `curl --data-binary` calls everything a form."""
        pieces = self._pieces(self._settings.max_body_bytes)
        first = b""
        while len(first) < 4 and (piece := await anext(pieces, None)) is not None:
            first += piece
        if first[:1] == b"\x5a" and first[3:4] == b"\xd3":
            await self._read_raw(pieces, first)
        else:
            limit = self._settings.max_form_bytes
            await self._read_form(UrlencodedStream(self._names), pieces, first, limit)

    async def _read_form(
        self, form: FormStream, pieces: AsyncIterator[bytes], first: bytes = b"", limit: int | None = None
    ) -> None:
        spool = self._submission.new_spool(self._settings)
        piece: bytes | None = first
        while piece is not None:
            if limit is not None and self._body.passed > limit:
                raise _too_large(limit)
            for start in range(0, len(piece), _SLICE):
                await spool.write(form.feed(piece[start : start + _SLICE]))
                await asyncio.sleep(0)  # let others on between slices
            piece = await anext(pieces, None)
        last, parameters = form.finish()
        await spool.write(last)
        await self._keep(spool)
        self._submission.parameters += parameters

    async def _read_multipart(self, boundary: str | None) -> None:
        form = FormReader(boundary)
        spool: Spool | None = None
        others = 0
        async for piece in self._pieces(self._settings.max_body_bytes):
            for part, data in form.feed(piece):
                if part.name.lower() not in self._names:
                    others += len(data)
                    if others > MAX_PARAMETER_BYTES:
                        raise parameters_too_large(self._names)
                    part.collect(data)
                    continue
                if not part.seen:
                    if spool is not None:
                        raise document_twice()
                    part.seen, spool = True, self._submission.new_spool(self._settings)
                    self._submission.file_name = part.file_name
                assert spool is not None  # made with the part's first bytes
                await spool.write(data)
        form.finish()
        if spool is not None:
            await self._keep(spool)
        self._submission.parameters += form.fields(self._names)

    async def _keep(self, spool: Spool) -> None:
        await spool.finish()
        self._submission.document = spool if spool.size else None

    async def _pieces(self, limit: int) -> AsyncIterator[bytes]:
        """The body in pieces. Raises ServiceError 413 and 408."""
        declared = self._request.headers.get("content-length")
        if declared is not None and int(declared) > limit:  # the parser let only digits pass
            raise _too_large(limit)
        clock = asyncio.get_running_loop().time
        more = True
        while more:
            try:
                async with asyncio.timeout_at(self._pace.deadline(self._body, clock())) as self._body.timeout:
                    message = await self._request.receive()
            except TimeoutError as error:
                raise self._too_slow() from error
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            if self._body.given_up:
                raise self._too_slow()
            piece, more = message["body"], message["more_body"]
            self._body.passed += len(piece)
            if self._body.passed > limit:
                raise _too_large(limit)
            if piece:
                yield piece

    def _too_slow(self) -> ServiceError:
        pace = self._pace
        return ServiceError(
            408,
            "body-too-slow",
            f"The body stopped after {self._body.passed} bytes: nothing for {pace.idle:g} s, fewer than "
            f"{pace.rate:g} bytes a second, not whole within {pace.total:g} s, or the slowest of too many. "
            "Send it again.",
            headers={"Connection": "close"},
        )


def document_content(name: str) -> dict[str, Any]:
    """How OpenAPI describes these bodies, with `name` as the document's field in forms."""
    text = {"type": "string", "minLength": 1}
    binary = text | {"format": "binary"}
    base64 = text | {"format": "byte", "contentEncoding": "base64"}
    fields = {MULTIPART: binary, FORM: binary, JSON: base64}
    return {media_type: {"schema": binary} for media_type in filter(None, RAW_MEDIA_TYPES)} | {
        media_type: {
            "schema": {
                "type": "object",
                "required": [name],
                "properties": {name: field},
                "additionalProperties": False,
            }
        }
        for media_type, field in fields.items()
    }


def _too_large(limit: int) -> ServiceError:
    return ServiceError(
        413,
        "body-too-large",
        f"The body is larger than the {limit} bytes this service takes in this form. Raw and multipart "
        "bodies have the larger limit; beyond it, split the print file.",
    )


def _refuse_content_coding(request: Request) -> None:
    for coding in ",".join(request.headers.getlist("content-encoding")).lower().split(","):
        if coding.strip() in ("", "identity"):
            continue
        raise ServiceError(
            415,
            "content-encoding",
            f"Content-Encoding {coding.strip()[:40]!r} is not accepted; send it plain.",
        )


def _check_parameters(submission: Submission) -> None:
    """Raises ServiceError where there are too many, or one is too long."""
    if len(submission.parameters) > MAX_PARAMETERS:
        raise too_many_parameters()
    file_name = (submission.file_name or "").encode("utf-8", "replace").decode()
    for name, value in [*submission.parameters, ("the file's name", file_name)]:
        if name.isascii() and any("\ud800" <= character <= "\udfff" for character in value):  # JSON can
            raise ServiceError(
                400, "parameter-value", f"{name[:64]!r}: half of a surrogate pair is no character."
            )
        if len(name) + len(value.encode("utf-8", "replace")) > MAX_VALUE_BYTES:
            raise ServiceError(
                400,
                "parameter-value",
                f"{name[:64]!r} is longer than {MAX_VALUE_BYTES} bytes.",
            )
