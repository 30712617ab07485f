"""The OpenAPI document says what the server does."""

from __future__ import annotations

import pytest
from service_processes import Afp2webProcess

from afpcluster.afp2web.openapi import openapi

PATHS = openapi()["paths"]
OPERATIONS = [(method.upper(), path) for path, operations in PATHS.items() for method in operations]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("accept", ["application/json", "text/html", "application/problem+json"])
def test_answers_are_as_described(
    afp2web: Afp2webProcess, document: bytes, method: str, path: str, accept: str
) -> None:
    described = PATHS[path][method.lower()]["responses"]
    queries = (
        ["", "?ResponseFormat=JSON", "?ResponseFormat=XML"]
        if "parameters" in PATHS[path][method.lower()]
        else [""]
    )
    for query in queries:
        for body in [document, b"not AFP", b""] if path.endswith("/transform") else [None]:
            reply = afp2web.call(method, path + query, body, {"Accept": accept})
            assert str(reply.status) in described, (query, reply.status)
            assert reply.headers.get_content_type() in described[str(reply.status)]["content"]


def test_every_described_path_is_in_the_usage_and_the_other_way_round(afp2web: Afp2webProcess) -> None:
    usage = afp2web.call("GET", "/services?ResponseFormat=JSON").json["Services"]
    assert {row["URL"] for row in usage} == {*PATHS, "/services/openapi.json"}
    assert afp2web.call("GET", "/services/openapi.json").json == openapi()


OF_FORMATS = {"Colour": "PNG", "DPI": "PNG", "TextOrder": "TXT"}
"""Parameters that a PDF has no use for, and a format that has one."""


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_described_parameters_are_known(
    afp2web: Afp2webProcess, document: bytes, method: str, path: str
) -> None:
    for parameter in PATHS[path][method.lower()].get("parameters", ()):
        for value in parameter["schema"].get("enum", ["x"]):
            body = document if path.endswith("/transform") else None
            name = parameter["name"]
            format_ = f"&OutputFormat={OF_FORMATS[name]}" if name in OF_FORMATS else ""
            reply = afp2web.call(method, f"{path}?{name}={value}{format_}", body)
            refused = reply.headers["X-AFP2web-ErrorCode"]
            if "enum" not in parameter["schema"] and refused in ("A2W-1002", "A2W-1014"):
                continue  # known, and "x" is no range, number or split
            assert reply.status in (200, 501), (name, value, reply.body)
