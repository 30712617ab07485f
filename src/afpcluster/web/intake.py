"""A request's body -> parameters and document, in every form the services accept.

Rules: raw bodies and multipart stream into a spool under `service.max-body-bytes`; urlencoded and JSON
(base64) bodies are decoded in memory and so have the smaller `service.max-form-bytes`. Reading is
limited in time, for each piece and in all. Query and body parameters are gathered together.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from afpcluster.web.errors import ServiceError
from afpcluster.web.multipart import FormReader, option
from afpcluster.web.settings import ServiceSettings
from afpcluster.web.spool import Spool

AFP_MEDIA_TYPES = ("application/vnd.ibm.modcap", "application/vnd.afpc.modca")
RAW_MEDIA_TYPES = (*AFP_MEDIA_TYPES, "application/octet-stream", "")
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"
MAX_PARAMETERS = 64


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
    request: Request, settings: ServiceSettings, document_names: Sequence[str]
) -> Submission:
    """Read the whole body. `document_names` (lower case) are the form fields that hold the document.

    Raises ServiceError, after which nothing is kept.
    """
    submission = Submission(_bounded(request.query_params.multi_items()))
    try:
        await _read_body(request, settings, [name.lower() for name in document_names], submission)
        _bounded(submission.parameters)
    except BaseException:
        submission.close()
        raise
    return submission


async def _read_body(
    request: Request, settings: ServiceSettings, names: list[str], submission: Submission
) -> None:
    content_type = request.headers.get("content-type", "")
    media_type = content_type.split(";")[0].strip().lower()
    _refuse_content_coding(request)
    if media_type in RAW_MEDIA_TYPES:
        await _read_raw(_limited(request, settings, settings.max_body_bytes), settings, submission)
    elif media_type == MULTIPART:
        await _read_multipart(request, settings, names, submission, option(content_type, "boundary"))
    elif media_type in (FORM, JSON):
        pieces = _limited(request, settings, settings.max_body_bytes)
        first = await anext(pieces, b"")
        if media_type == FORM and _looks_like_afp(first):
            await _read_raw(pieces, settings, submission, first)
            return
        data = await _join(first, pieces, settings.max_form_bytes)
        decode = _decode_form if media_type == FORM else _decode_json
        parameters, document = await asyncio.to_thread(decode, data, names)
        submission.parameters += parameters
        if document is not None:
            submission.document = submission.new_spool(settings)
            await submission.document.write(document)
            await submission.document.finish()
    else:
        known = ", ".join([*filter(None, RAW_MEDIA_TYPES), MULTIPART, FORM, JSON])
        raise ServiceError(
            415,
            "media-type",
            f"Content-Type {media_type[:100]!r} is not accepted. Send one of: {known}, or none.",
        )


def _looks_like_afp(data: bytes) -> bool:
    """Whether a body is an AFP file all the same: `curl --data-binary` calls everything a form."""
    return data[:1] == b"\x5a" and data[3:4] == b"\xd3"


async def _read_raw(
    pieces: AsyncIterator[bytes], settings: ServiceSettings, submission: Submission, first: bytes = b""
) -> None:
    spool = submission.new_spool(settings)
    await spool.write(first)
    async for piece in pieces:
        await spool.write(piece)
    await spool.finish()
    submission.document = spool if spool.size else None


async def _join(first: bytes, pieces: AsyncIterator[bytes], limit: int) -> bytes:
    """A small body as a whole. Raises ServiceError 413."""
    parts, total = [first], len(first)
    async for piece in pieces:
        total += len(piece)
        if total > limit:
            raise _too_large(limit)
        parts.append(piece)
    if total > limit:
        raise _too_large(limit)
    return b"".join(parts)


async def _read_multipart(
    request: Request,
    settings: ServiceSettings,
    names: list[str],
    submission: Submission,
    boundary: str | None,
) -> None:
    form = FormReader(boundary)
    spool: Spool | None = None
    async for piece in _limited(request, settings, settings.max_body_bytes):
        for part, data in form.feed(piece):
            if part.name.lower() not in names:
                part.collect(data)
                continue
            if not part.seen:
                if spool is not None:
                    raise _document_twice()
                part.seen, spool = True, submission.new_spool(settings)
                submission.file_name = part.file_name
            assert spool is not None  # made with the part's first bytes
            await spool.write(data)
    form.finish()
    if spool is not None:
        await spool.finish()
        submission.document = spool if spool.size else None
    submission.parameters += form.fields(names)


async def _limited(request: Request, settings: ServiceSettings, limit: int) -> AsyncIterator[bytes]:
    """The body in pieces. Raises ServiceError 413 and 408."""
    declared = request.headers.get("content-length")
    if declared is not None and int(declared) > limit:  # the parser let only digits pass
        raise _too_large(limit)
    total = 0
    stream = request.stream()
    deadline = asyncio.get_running_loop().time() + settings.body_timeout
    while True:
        wait_until = min(deadline, asyncio.get_running_loop().time() + settings.body_idle_timeout)
        try:
            async with asyncio.timeout_at(wait_until):
                piece = await anext(stream, None)
        except TimeoutError as error:
            raise ServiceError(
                408,
                "body-too-slow",
                f"The body stopped after {total} bytes: nothing for {settings.body_idle_timeout:g} s, or not "
                f"whole within {settings.body_timeout:g} s. Send it again.",
                headers={"Connection": "close"},
            ) from error
        if piece is None:
            return
        total += len(piece)
        if total > limit:
            raise _too_large(limit)
        if piece:
            yield piece


def _too_large(limit: int) -> ServiceError:
    return ServiceError(
        413,
        "body-too-large",
        f"The body is larger than the {limit} bytes this service takes in this form. Raw and multipart "
        "bodies have the larger limit; beyond it, split the print file.",
    )


def _refuse_content_coding(request: Request) -> None:
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise ServiceError(
            415, "content-encoding", f"Content-Encoding {coding[:40]!r} is not accepted; send it plain."
        )


def _decode_form(data: bytes, names: list[str]) -> tuple[list[tuple[str, str]], bytes | None]:
    """Latin-1 on the way makes every byte one character, so that a binary document survives."""
    try:
        pairs = parse_qsl(
            data.decode("latin-1"), keep_blank_values=True, encoding="latin-1", max_num_fields=MAX_PARAMETERS
        )
        document = None
        parameters = []
        for name, value in pairs:
            if name.lower() in names:
                document = _only(document, value.encode("latin-1"))
            else:
                parameters.append((name, value.encode("latin-1").decode("utf-8")))
    except ValueError as error:
        raise _malformed("urlencoded form", str(error)) from error
    return parameters, document or None


def _decode_json(data: bytes, names: list[str]) -> tuple[list[tuple[str, str]], bytes | None]:
    try:
        members = json.loads(data) if data else {}
    except (ValueError, RecursionError) as error:
        raise _malformed(
            "JSON", f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        ) from error
    if not isinstance(members, dict):
        raise _malformed("JSON", "expected an object with the parameters as members")
    document = None
    parameters = []
    for name, value in members.items():
        if name.lower() in names:
            document = _only(document, _decode_base64(name, value))
        else:
            parameters.append((name, _plain(name, value)))
    return parameters, document or None


def _decode_base64(name: str, value: Any) -> bytes:
    try:
        if isinstance(value, str):
            return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed("JSON", f"{name} is not base64") from error
    raise _malformed("JSON", f"{name} must be a string with the document in base64")


def _only(before: bytes | None, document: bytes) -> bytes:
    if before is not None:
        raise _document_twice()
    return document


def _document_twice() -> ServiceError:
    return ServiceError(400, "document-twice", "The request holds two documents; send one.")


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "On" if value else "Off"
    if isinstance(value, str | int):
        return str(value)
    raise _malformed("JSON", f"{name[:64]!r} must be a string, a number or true/false")


def _malformed(kind: str, detail: str) -> ServiceError:
    return ServiceError(400, "body-malformed", f"The {kind} body cannot be read: {detail or 'broken'}.")


def _bounded(parameters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if len(parameters) > MAX_PARAMETERS:
        raise ServiceError(400, "too-many-parameters", f"More than {MAX_PARAMETERS} parameters.")
    return parameters
