"""The usage answer of GET /services: every service and parameter, from the tables that parse them."""

from __future__ import annotations

from functools import cache
from typing import Any

from afpcluster import __version__
from afpcluster.afp2web.errors import CODES
from afpcluster.afp2web.parameters import COMMON, TRANSFORM, VERSION, Parameter
from afpcluster.web import pages

_SERVICES: tuple[tuple[str, str, str, tuple[Parameter, ...]], ...] = (
    ("/services", "GET", "This page", ()),
    ("/services/version", "GET, HEAD, POST", "Versions; the cluster's heartbeat", VERSION),
    ("/services/openapi.json", "GET", "This interface as OpenAPI", ()),
    ("/services/livez", "GET, HEAD", "200 while the process answers", ()),
    ("/services/readyz", "GET, HEAD", "503 with the reasons while documents would not be converted", ()),
    ("/services/usid", "GET", "Stable id of this installation and the instance's name", ()),
    ("/services/transform", "POST", "Convert an AFP print file", TRANSFORM),
    ("/services/asyncTransform", "POST", "Not offered by this server", ()),
    ("/services/getStatus", "GET", "Not offered by this server", ()),
)


@cache
def usage() -> dict[str, Any]:
    """The usage as JSON members."""
    return {
        "Status": "OK",
        "Server": "afp2web",
        "Version": __version__,
        "CommonParameters": [_members(parameter) for parameter in COMMON],
        "Services": [
            {"URL": url, "Methods": methods, "Description": text, "Parameters": [_members(p) for p in table]}
            for url, methods, text, table in _SERVICES
        ],
        "ErrorCodes": [{"ErrorCode": number, "Meaning": meaning} for number, meaning in CODES.values()],
    }


@cache
def usage_page() -> str:
    """The usage as HTML."""
    parts = [
        pages.paragraph(
            "Names and On/Off are case-insensitive. Parameters go into the query, a form or JSON."
        ),
        pages.heading("All services"),
        _table(COMMON),
    ]
    for url, methods, text, table in _SERVICES:
        parts += [pages.heading(f"{methods} {url}"), pages.paragraph(text), _table(table) if table else ""]
    parts += [pages.heading("Error codes"), pages.table(("Code", "Meaning"), CODES.values())]
    return pages.page(f"afp2web {__version__}", *parts)


def _members(parameter: Parameter) -> dict[str, Any]:
    return {
        "Name": parameter.name,
        "Description": parameter.description,
        "Values": list(parameter.values),
        "Default": parameter.default,
        "Offered": parameter.refusal is None,
    }


def _table(table: tuple[Parameter, ...]) -> str:
    rows = (
        (
            p.name,
            ", ".join(p.values) or "text",
            p.default or "",
            p.description if p.refusal is None else f"{p.description} (not offered by this server)",
        )
        for p in table
    )
    return pages.table(("Parameter", "Values", "Default", "Meaning"), rows)
