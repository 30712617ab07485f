"""The public face of wrapper-service: paths, parameters, and their description for OpenAPI.

Rules: an unknown parameter is refused. Parameters that concern the conversion go to afp2web under
afp2web's names; nothing else of the client's request does. OpenAPI describes each parameter in one place,
the query: a field of a form may give it, too, but not a second time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from afpcluster import __version__
from afpcluster.options import LANGUAGE_TAG, Colour, Format, PdfA, TextOrder
from afpcluster.web.errors import ServiceError
from afpcluster.web.intake import document_content

ROOT = "/wrapperservice"
HEARTBEAT = f"{ROOT}/heartbeat"
LIVEZ = f"{ROOT}/livez"
READYZ = f"{ROOT}/readyz"
CONVERT = f"{ROOT}/convert"
OPENAPI = f"{ROOT}/openapi.json"
DOCUMENT_NAMES = ("file", "document", "inputbuffer")

OFFERED = {
    CONVERT: ("POST", "Convert an AFP print file to PDF"),
    HEARTBEAT: ("GET, HEAD", "Whether this instance serves, and which afp2web it calls"),
    LIVEZ: ("GET, HEAD", "Whether this process answers"),
    READYZ: ("GET, HEAD", "Whether conversions would succeed here, and why not"),
    OPENAPI: ("GET", "This interface as OpenAPI"),
}
_LONGEST_QUERY = 24 * 1024  # of what goes to afp2web, which takes 32 KiB of headers and request line
_TRUE_FALSE = {"true": "On", "on": "On", "false": "Off", "off": "Off"}


class Row(NamedTuple):
    """A parameter: afp2web's name of it, and its values by ours. None: any text, or one of `pattern`."""

    name: str
    description: str
    values: Mapping[str, str] | None = None
    pattern: str | None = None


def _same(*values: str) -> dict[str, str]:
    return {value: value for value in values}


PARAMETERS = {
    "strict": Row("Strict", "Refuse where a missing resource would be substituted", _TRUE_FALSE),
    "fail-on": Row("Fail-On", "Refuse where a finding is this serious, or more", _same("skipped", "error")),
    "format": Row(
        "OutputFormat",
        "What is made: pdf, pictures, text, words with boxes, or an index",
        {format_: "JSON" if format_ == "words" else format_.upper() for format_ in Format},
    ),
    "pdf-a": Row(
        "OutputFormat",
        "Make an archive (PDF/A), or refuse",
        {level: f"PDFA-{level.upper()}" for level in PdfA},
    ),
    "findings": Row("Findings", "Answer with the list of findings in JSON instead of the PDF", _TRUE_FALSE),
    "filename": Row("Filename", "Name of the document, for the answer's file name"),
    "pages": Row("PageRange", "Pages to convert: 3-4,9,12-"),
    "groups": Row("Groups", "Page groups to convert: TAG=VALUE or a name; * stands for anything"),
    "documents": Row("Documents", "Documents of the file to convert: 2-5"),
    "split": Row("Split", "A ZIP file with one result per document, group, tag:NAME or pages:N"),
    "part-name": Row("PartName", "Names of these results: {document}-{tag:NAME}-{number}"),
    "attach-index": Row("Index", "Attach the index to the PDF", _TRUE_FALSE),
    "text": Row("TextOrder", "Text as it is laid out, or in the order of reading", _same(*TextOrder)),
    "dpi": Row("DPI", "Pixels to the inch of pictures, from 10 to 1200"),
    "colour": Row("Colour", "Colours of pictures", _same(*Colour)),
    "title": Row("Title", "Title of the PDF"),
    "password": Row("Password", "Password to open the PDF; better as a field of a form than in a URL"),
    "permissions": Row("Permissions", "What readers of the PDF may do: print,copy,modify,annotate,forms"),
    "tagged": Row("Tagged", "Give the PDF the structure of its text, for readers that speak", _TRUE_FALSE),
    "language": Row("Language", "Language of the PDF's text: en, de-CH", pattern=LANGUAGE_TAG),
    "linearize": Row("Linearize", "Order the PDF for the web", _TRUE_FALSE),
}
"""The parameters of a conversion by their names here."""


def for_afp2web(given: list[tuple[str, str]]) -> dict[str, str]:
    """The client's parameters as afp2web's. Raises ServiceError."""
    passed: dict[str, str] = {}
    for name, value in given:
        key = name.lower()
        row = PARAMETERS.get(key)
        if row is None:
            known = ", ".join(PARAMETERS)
            raise ServiceError(
                400, "parameter-unknown", f"Parameter {name[:64]!r} is not known. Known here: {known}."
            )
        if row.values is not None:
            if value.lower() not in row.values:
                known = "true or false" if row.values is _TRUE_FALSE else " or ".join(row.values)
                raise ServiceError(400, "parameter-value", f"{name}={value[:64]!r}: expected {known}.")
            value = row.values[value.lower()]
        if row.name in passed:
            raise ServiceError(
                400, "parameter-twice", f"Parameter {key} is given twice, or does not go with another."
            )
        passed[row.name] = value
    if (length := len(urlencode(passed))) > _LONGEST_QUERY:
        raise ServiceError(
            400,
            "parameter-value",
            f"The parameters have {length} bytes together as in a URL; shorten them to {_LONGEST_QUERY}.",
        )
    return passed


def _of_row(name: str, row: Row) -> dict[str, Any]:
    if row.values is _TRUE_FALSE:
        return _query(name, "boolean", row.description)
    query = _query(name, "string", row.description, tuple(row.values or ()))
    if row.pattern is not None:
        query["schema"]["pattern"] = f"^{row.pattern}$"
    return query


def _query(name: str, kind: str, text: str, values: tuple[str, ...] = ()) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": kind, "enum": list(values)} if values else {"type": kind}
    return {"name": name, "in": "query", "schema": schema, "description": text}


_PROBLEM = {
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail", "code", "requestId"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                    "requestId": {"type": "string"},
                    "reason": {"type": "string"},
                    "offset": {"type": "integer", "description": "Byte offset in the document"},
                },
            }
        }
    }
}
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_JSON: dict[str, Any] = {"application/json": {}}


def _health(well: str, not_well: str) -> dict[str, Any]:
    answers = {"200": well, "503": not_well}
    return {"responses": {s: {"description": text, "content": _JSON} for s, text in answers.items()}}


def openapi(title: str) -> dict[str, Any]:
    """The whole document."""
    summaries = {ROOT: "What this service is and offers"}
    summaries |= {path: summary for path, (_, summary) in OFFERED.items() if path in _DESCRIPTIONS}
    paths = {
        path: {"post" if path == CONVERT else "get": {"summary": summary, **_DESCRIPTIONS[path]}}
        for path, summary in summaries.items()
    }
    return {"openapi": "3.1.0", "info": {"title": title, "version": __version__}, "paths": paths}


_DESCRIPTIONS: dict[str, dict[str, Any]] = {
    ROOT: {"responses": {"200": {"description": "What this is", "content": {"text/html": {}, **_JSON}}}},
    HEARTBEAT: _health("Serving", "Draining, or without storage"),
    LIVEZ: {"responses": {"200": {"description": "Alive", "content": _JSON}}},
    READYZ: _health("Ready", "Not ready, with the reasons"),
    CONVERT: {
        "parameters": [
            *(_of_row(name, row) for name, row in PARAMETERS.items()),
        ],
        "requestBody": {
            "required": True,
            "description": "The document. In a form, the parameters of the query may be fields instead.",
            "content": document_content("file"),
        },
        "responses": {
            "200": {
                "description": "What was asked for, or with findings=true the findings",
                "content": {"application/pdf": _BINARY, "*/*": _BINARY, **_JSON},
            },
            "400": {"description": "The request is wrong", **_PROBLEM},
            "401": {"description": "The client is not known here", **_PROBLEM},
            "408": {"description": "The document did not arrive in time", **_PROBLEM},
            "413": {"description": "The document is over a limit", **_PROBLEM},
            "415": {"description": "The Content-Type is not accepted", **_PROBLEM},
            "422": {
                "description": "Not AFP, damaged, without a page, or refused by fail-on or pdf-a",
                **_PROBLEM,
            },
            "424": {"description": "strict, and a resource is missing", **_PROBLEM},
            "429": {"description": "More than this client may have", **_PROBLEM},
            "502": {"description": "afp2web failed on this document", **_PROBLEM},
            "503": {"description": "This instance is busy or stopping", **_PROBLEM},
            "504": {"description": "No afp2web answered in time", **_PROBLEM},
        },
    },
}
