"""This interface as OpenAPI, from the tables that parse requests and number errors.

Rules: what is described is accepted. A parameter may come in the query or as a field of a form, but once,
which OpenAPI cannot say; so it is described in one place, and values that are never accepted in none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from afpcluster import __version__
from afpcluster.afp2web.errors import CODES
from afpcluster.afp2web.parameters import COMMON, DOCUMENT, TRANSFORM, VERSION, Parameter, offered
from afpcluster.web.intake import FORM, JSON, document_content

PATH = "/services/openapi.json"
_HTML, _PDF = "text/html", "application/pdf"
_PROBLEM = "application/problem+json"
_REFUSALS = {
    400: "The request is wrong",
    401: "No key, or one that is not known",
    408: "The body came too slowly",
    413: "Over a limit",
    415: "The Content-Type is not accepted",
    422: "Not AFP, damaged, or without a page",
    424: "Strict, and a resource is missing",
    429: "Over the limits of this client",
    500: "This server failed, perhaps because of the document",
    501: "Known to the interface, not offered here",
    503: "Busy, starting, stopping, or without storage",
    504: "The conversion took too long or made no progress",
}


@cache
def openapi() -> dict[str, Any]:
    """The whole document."""
    page = _answer("As asked for", _HTML, JSON)
    pages = {"200": page}
    health = {"200": _answer("Well", JSON), "503": _answer("Not ready, with the reasons", JSON)}
    version = {"200": page, "503": _answer("Starting, failing or draining", _HTML, JSON)}
    not_built = {"501": _answer("Not offered by this server", *_ERRORS)}
    transform = {"200": _answer("The PDF, or with Findings=On the findings", _PDF, JSON)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "afp2web", "version": __version__},
        "paths": {
            "/services": {"get": _operation("Usage", pages, ())},
            "/services/version": {
                "get": _operation("Versions; the heartbeat", version | _refused(400), VERSION),
                "post": _answers("Versions", version | _refused(400, 408, 413, 415))
                | {"requestBody": _form(VERSION)},
            },
            "/services/usid": {"get": _operation("Id of the installation", pages, ())},
            "/services/livez": {"get": {"summary": "Whether the process answers", "responses": health}},
            "/services/readyz": {"get": {"summary": "Whether it can convert", "responses": health}},
            "/services/transform": {
                "post": _operation(
                    "Convert AFP to PDF", transform | _refused(*_REFUSALS), _in_query(TRANSFORM)
                )
                | {"requestBody": _document()},
            },
            "/services/asyncTransform": {"post": _operation("Not offered", not_built, ())},
            "/services/getStatus": {"get": _operation("Not offered", not_built, ())},
        },
        "components": {"schemas": {"Error": _error()}},
    }


_ERRORS = (_HTML, JSON, _PROBLEM)


def _operation(summary: str, responses: dict[str, Any], table: Sequence[Parameter]) -> dict[str, Any]:
    listed = [
        {"name": p.name, "in": "query", "description": p.description, "schema": _schema(p)}
        for p in (*COMMON, *table)
    ]
    return _answers(summary, responses) | {"parameters": listed}


def _answers(summary: str, responses: dict[str, Any]) -> dict[str, Any]:
    return {"summary": summary, "responses": _refused(400) | responses}


def _schema(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if parameter.values:
        schema["enum"] = list(offered(parameter))
    if parameter.pattern is not None:
        schema["pattern"] = f"^{parameter.pattern}$"
    if parameter.default is not None:
        schema["default"] = parameter.default
    return schema


def _in_query(table: Iterable[Parameter]) -> list[Parameter]:
    """Without the document, which is the body, and without what this server refuses in any case."""
    return [parameter for parameter in table if parameter.name != DOCUMENT and parameter.refusal is None]


def _answer(description: str, *media_types: str) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {} for media_type in media_types}}


def _refused(*statuses: int) -> dict[str, Any]:
    content = {_HTML: {}, JSON: {"schema": {"$ref": "#/components/schemas/Error"}}, _PROBLEM: {}}
    return {str(status): {"description": _REFUSALS[status], "content": content} for status in statuses}


def _form(table: Iterable[Parameter]) -> dict[str, Any]:
    texts = {p.name: _schema(p) for p in (*COMMON, *table)}
    values = {p.name: _json_schema(p) for p in (*COMMON, *table)}
    forms = {FORM: texts, JSON: values}
    return {
        "content": {
            media_type: {"schema": {"type": "object", "properties": fields, "additionalProperties": False}}
            for media_type, fields in forms.items()
        }
    }


def _json_schema(parameter: Parameter) -> dict[str, Any]:
    """JSON has true and false for On and Off besides."""
    schema = _schema(parameter)
    known = {value.lower() for value in parameter.values}
    if booleans := [value for value, word in ((True, "on"), (False, "off")) if word in known]:
        schema |= {"type": ["string", "boolean"], "enum": [*schema["enum"], *booleans]}
    return schema


def _document() -> dict[str, Any]:
    return {
        "required": True,
        "description": "The document. In a form, the parameters of the query may be fields instead.",
        "content": document_content(DOCUMENT),
    }


def _error() -> dict[str, Any]:
    texts = ("Status", "ErrorCode", "ErrorMessage", "RequestId", "Reason")
    properties: dict[str, Any] = {name: {"type": "string"} for name in texts}
    properties["ErrorCode"]["enum"] = sorted({number for number, _ in CODES.values()})
    properties["Offset"] = {"type": "integer"}
    return {"type": "object", "properties": properties, "required": list(texts[:4])}
