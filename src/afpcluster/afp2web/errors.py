"""Error codes of afp2web: the one table `code -> A2W-nnnn`, and the two forms of an error answer.

Rules: 1xxx the request, 2xxx the document, 3xxx known to the interface but not offered by this server,
5xxx this server. A caller may repeat a request after 5xxx; `A2W-5000`, `A2W-5003`, `A2W-5004` and
`A2W-5007` may be the document's fault, so not for ever.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from afpcluster.web import pages
from afpcluster.web.errors import PROBLEM, ServiceError, problem_members

CODES = {
    "parameter-unknown": ("A2W-1001", "a parameter this interface does not know"),
    "parameter-value": ("A2W-1002", "a value this parameter cannot have"),
    "parameter-twice": ("A2W-1003", "the same parameter more than once"),
    "document-missing": ("A2W-1004", "no document in the request"),
    "document-twice": ("A2W-1004", "more than one document in the request"),
    "body-malformed": ("A2W-1005", "a body that cannot be read"),
    "too-many-parameters": ("A2W-1005", "far too many parameters"),
    "media-type": ("A2W-1006", "a Content-Type that is not accepted"),
    "content-encoding": ("A2W-1006", "a Content-Encoding that is not accepted"),
    "body-too-large": ("A2W-1007", "a body over the limit"),
    "body-too-slow": ("A2W-1008", "a body that did not arrive in time"),
    "not-found": ("A2W-1009", "no such service"),
    "method-not-allowed": ("A2W-1010", "a method this service does not have"),
    "http-error": ("A2W-1011", "any other request that HTTP does not allow"),
    "client-unknown": ("A2W-1012", "a client that is not known here"),
    "client-limit": ("A2W-1013", "a client that asks for more than it may have; try again later"),
    "conversion-failed": ("A2W-2000", "a document that cannot be converted"),
    "NotAfpError": ("A2W-2001", "empty, not AFP, or without a page"),
    "TruncatedError": ("A2W-2002", "a document that ends too early"),
    "LimitError": ("A2W-2003", "a document over a limit: pages, nesting, output bytes"),
    "MissingResourceError": ("A2W-2004", "Strict=On and a resource is missing"),
    "SelectionError": (
        "A2W-1014",
        "PageRange, Groups or Documents that cannot be read or choose nothing",
    ),
    "SplitError": ("A2W-1014", "Split or PartName that cannot be read"),
    "LanguageError": ("A2W-1014", "a Language that is no language tag"),
    "FormatError": ("A2W-1014", "parameters that do not go together"),
    "PermissionsError": ("A2W-1014", "Permissions that cannot be read"),
    "FindingsError": ("A2W-2006", "Fail-On is given and a finding is that serious"),
    "worker-memory": ("A2W-2005", "a document that needs more memory than a conversion may have"),
    "input-urls-off": ("A2W-3001", "InputURLs is not offered by this server"),
    "file-mode-off": ("A2W-3002", "OutputMode=File and OutputFilePath are not offered by this server"),
    "format-not-built": ("A2W-3003", "an output format this server does not make"),
    "parameter-not-built": ("A2W-3004", "a parameter this server does not carry out"),
    "service-not-built": ("A2W-3005", "a service this server does not offer"),
    "internal-error": ("A2W-5000", "an error of this server"),
    "busy": ("A2W-5001", "too many conversions wait; try again, or elsewhere"),
    "worker-crashed": ("A2W-5003", "the process that converted the document died"),
    "convert-timeout": ("A2W-5004", "the conversion took longer than allowed"),
    "no-progress": ("A2W-5007", "the conversion made no progress for longer than allowed"),
    "stopping": ("A2W-5005", "this instance is stopping"),
    "storage-failed": ("A2W-5006", "temporary storage failed"),
}
_UNLISTED = "A2W-2000"


def number(code: str) -> str:
    """The `A2W-nnnn` of a code; a code of the engine that has no row of its own is A2W-2000."""
    return CODES.get(code, (_UNLISTED, ""))[0]


def wants_json(request: Request) -> bool:
    """ResponseFormat (once parsed, also from a body; else from the query) decides, then Accept."""
    asked: str | None = getattr(request.state, "response_format", None)
    if asked is None:
        query = {name.lower(): value.upper() for name, value in request.query_params.items()}
        asked = query.get("responseformat")
    return asked == "JSON" if asked in ("JSON", "HTML") else pages.accepts_json(request)


def error_answer(request: Request, error: ServiceError) -> Response:
    """The answer in the form the client asked for."""
    members: dict[str, object] = {
        "Status": "ERROR",
        "ErrorCode": number(error.code),
        "ErrorMessage": error.message,
        "RequestId": request.state.request_id,
    }
    if error.reason is not None:
        members["Reason"] = error.reason
    if error.offset is not None:
        members["Offset"] = error.offset
    request.state.log.update(error=members["ErrorCode"], reason=error.reason or error.code)
    headers = error.headers | {"X-AFP2web-ErrorCode": number(error.code)}
    if wants_json(request):
        problem = problem_members(error, number(error.code), request.state.request_id)
        asked_for = PROBLEM in request.headers.get("accept", "")
        return JSONResponse(problem | members, error.status, headers, PROBLEM if asked_for else None)
    body = pages.page(f"afp2web: error {error.status}", pages.table((), members.items()))
    return HTMLResponse(body, error.status, headers)
