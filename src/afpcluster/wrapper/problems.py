"""Error answers of wrapper-service: application/problem+json (RFC 9457).

Rules: beside the standard members, `code` (stable; afp2web's own code when the refusal is afp2web's),
`requestId`, and `offset` into the document when it is known.
"""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from afpcluster.web.errors import ServiceError

MEDIA_TYPE = "application/problem+json"


def problem(request: Request, error: ServiceError) -> Response:
    """The answer to a request that failed."""
    members: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "requestId": request.state.request_id,
    }
    if error.reason is not None:
        members["reason"] = error.reason
    if error.offset is not None:
        members["offset"] = error.offset
    request.state.log.update(error=error.code, reason=error.reason)
    return JSONResponse(members, error.status, error.headers, MEDIA_TYPE)
