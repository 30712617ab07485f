"""Error answers of wrapper-service: application/problem+json (RFC 9457).

Rules: `code` is afp2web's own when the refusal is afp2web's.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from afpcluster.web.errors import PROBLEM, ServiceError, problem_members


def problem(request: Request, error: ServiceError) -> Response:
    """The answer to a request that failed."""
    request.state.log.update(error=error.code, reason=error.reason)
    members = problem_members(error, error.code, request.state.request_id)
    return JSONResponse(members, error.status, error.headers, PROBLEM)
