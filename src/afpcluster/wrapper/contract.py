"""The public face of wrapper-service: paths, parameters, and their description for OpenAPI.

Rules: an unknown parameter is refused. Parameters that concern the conversion go to afp2web under
afp2web's names; nothing else of the client's request does. OpenAPI describes each parameter in one place,
the query: a field of a form may give it, too, but not a second time.
"""

from __future__ import annotations

from typing import Any

from afpcluster import __version__
from afpcluster.options import PdfA
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
_TRUE_FALSE = {"true": "On", "on": "On", "false": "Off", "off": "Off"}
_SWITCHES = {"strict": "Strict", "findings": "Findings"}
_FAIL_ON = "fail-on"
_FAIL_ON_VALUES = ("skipped", "error")
_PDF_A = "pdf-a"
_PDF_A_VALUES = tuple(PdfA)
_FILE_NAME = "filename"


def for_afp2web(given: list[tuple[str, str]]) -> dict[str, str]:
    """The client's parameters as afp2web's. Raises ServiceError."""
    passed: dict[str, str] = {}
    for name, value in given:
        key = name.lower()
        if key == _FILE_NAME:
            afp2web_name, afp2web_value = "Filename", value
        elif key in _SWITCHES and value.lower() in _TRUE_FALSE:
            afp2web_name, afp2web_value = _SWITCHES[key], _TRUE_FALSE[value.lower()]
        elif key == _FAIL_ON and value.lower() in _FAIL_ON_VALUES:
            afp2web_name, afp2web_value = "Fail-On", value.lower()
        elif key == _FAIL_ON:
            known = " or ".join(_FAIL_ON_VALUES)
            raise ServiceError(400, "parameter-value", f"{name}={value[:64]!r}: expected {known}.")
        elif key == _PDF_A and value.lower() in _PDF_A_VALUES:
            afp2web_name, afp2web_value = "OutputFormat", f"PDFA-{value.upper()}"
        elif key == _PDF_A:
            known = ", ".join(_PDF_A_VALUES)
            raise ServiceError(400, "parameter-value", f"{name}={value[:64]!r}: expected one of {known}.")
        elif key in _SWITCHES:
            raise ServiceError(400, "parameter-value", f"{name}={value[:64]!r}: expected true or false.")
        else:
            known = ", ".join([*_SWITCHES, _FAIL_ON, _PDF_A, _FILE_NAME])
            raise ServiceError(
                400, "parameter-unknown", f"Parameter {name[:64]!r} is not known. Known here: {known}."
            )
        if afp2web_name in passed:
            raise ServiceError(400, "parameter-twice", f"Parameter {key} is given twice; give it once.")
        passed[afp2web_name] = afp2web_value
    return passed


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
            _query("strict", "boolean", "Refuse where a missing resource would be substituted"),
            _query(_FAIL_ON, "string", "Refuse where a finding is this serious, or more", _FAIL_ON_VALUES),
            _query(_PDF_A, "string", "Make an archive (PDF/A), or refuse", _PDF_A_VALUES),
            _query("findings", "boolean", "Answer with the list of findings in JSON instead of the PDF"),
            _query("filename", "string", "Name of the document, for the answer's file name"),
        ],
        "requestBody": {
            "required": True,
            "description": "The document. In a form, the parameters of the query may be fields instead.",
            "content": document_content("file"),
        },
        "responses": {
            "200": {
                "description": "The PDF, or with findings=true the findings",
                "content": {"application/pdf": _BINARY, **_JSON},
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
