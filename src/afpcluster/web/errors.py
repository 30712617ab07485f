"""The one error type of the services: a stable code, an HTTP status, a text for the operator.

Rules: whoever meets a problem raises `ServiceError`; both services render it as application/problem+json
(RFC 9457), afp2web with the members of its own interface besides, under that media type where a client names
it, or as a page. The text says what, where and what next, and never contains document content.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

PROBLEM = "application/problem+json"
_PHRASES = {int(status): status.phrase for status in HTTPStatus}


class ServiceError(Exception):
    """A request that cannot be served.

    `code` is stable kebab-case; `status` the HTTP status; `offset` a byte offset in the document, if known;
    `retry_after` (seconds) tells the client when another try makes sense.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        offset: int | None = None,
        reason: str | None = None,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.offset = offset
        self.reason = reason
        self._headers = dict(headers or {})
        if retry_after is not None:
            self._headers["Retry-After"] = str(retry_after)

    @property
    def headers(self) -> dict[str, str]:
        """Headers the answer must carry."""
        return dict(self._headers)


def problem_members(error: ServiceError, code: str, request_id: str) -> dict[str, object]:
    """The members of a problem document: the standard ones, `code` (stable), `requestId`, and what is known
    of `reason` and `offset` into the document."""
    members: dict[str, object] = {
        "type": "about:blank",
        "title": _PHRASES.get(error.status, "Error"),  # a proxy may have refused with a status of its own
        "status": error.status,
        "detail": error.message,
        "code": code,
        "requestId": request_id,
    }
    known = {"reason": error.reason, "offset": error.offset}
    return members | {name: value for name, value in known.items() if value is not None}


class ClientGone(Exception):
    """The client closed the connection, or takes nothing; there is nobody to answer."""
