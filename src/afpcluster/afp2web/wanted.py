"""What a request wants, on its way to the worker: parameters of the interface -> a job's members (JSON) ->
options of the engine. Names and values are said here once."""

from __future__ import annotations

import json
from typing import Any

from afpcluster.afp2web.parameters import ARCHIVES, FORMATS, Values
from afpcluster.options import Colour, FailOn, Format, PdfA, TextOrder
from afpcluster.selection import Selection
from afpcluster.web.errors import ServiceError

_MOST_BYTES = 96 * 1024  # of a job's members in JSON: an order has room for them and what is the server's
_MOST_GROWTH = 6  # bytes in JSON of a character
_LONGEST = 4096  # characters of a value: jobs go to workers as one message


def wanted(values: Values) -> dict[str, Any]:
    """The members of a job that say what is to be made. Raises ServiceError, and ConversionError where a
    selection cannot be read."""
    asked = values.text("OutputFormat") or "PDF"
    members: dict[str, Any] = {
        "strict": values.on("Strict"),
        "fail_on": values.text("Fail-On"),
        "pdf_a": ARCHIVES.get(asked),
        "format": FORMATS.get(asked, FORMATS["PDF"]),
        "pages": values.text("PageRange"),
        "groups": values.text("Groups"),
        "documents": values.text("Documents"),
        "split": values.text("Split"),
        "part_name": values.text("PartName"),
        "attach_index": values.on("Index"),
        "text_order": values.text("TextOrder"),
        "dpi": _dpi(values.text("DPI")),
        "colour": values.text("Colour"),
        "title": values.text("Title"),
        "password": values.text("Password"),
        "permissions": values.text("Permissions"),
        "linearize": values.on("Linearize"),
        "tagged": values.on("Tagged"),
        "language": values.text("Language"),
    }
    texts = {name: value for name, value in members.items() if isinstance(value, str)}
    for name, value in texts.items():
        if len(value) > _LONGEST:
            raise ServiceError(400, "parameter-value", f"{name} is longer than {_LONGEST} characters.")
    if (
        sum(map(len, texts.values())) * _MOST_GROWTH > _MOST_BYTES // 2
        and _bytes_in_json(members) > _MOST_BYTES
    ):
        raise ServiceError(400, "parameter-value", "The parameters are too long together; shorten them.")
    _selection(members)
    return members


def _bytes_in_json(members: dict[str, Any]) -> int:
    return len(json.dumps(members, ensure_ascii=False).encode())  # control characters grow


def options_of(members: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `Options` that a job's members stand for. Raises ConversionError."""
    permissions = members["permissions"]
    return {
        "strict": members["strict"],
        "fail_on": FailOn(members["fail_on"]) if members["fail_on"] else None,
        "pdf_a": PdfA(members["pdf_a"]) if members["pdf_a"] else None,
        "format": Format(members["format"]),
        "selection": _selection(members),
        "split": members["split"],
        "part_name": members["part_name"],
        "attach_index": members["attach_index"],
        "text_order": TextOrder(members["text_order"]) if members["text_order"] else None,
        "dpi": members["dpi"],
        "colour": Colour(members["colour"]) if members["colour"] else None,
        "title": members["title"],
        "password": members["password"],
        "permissions": tuple(permissions.split(",")) if permissions is not None else None,
        "linearize": members["linearize"],
        "tagged": members["tagged"],
        "language": members["language"],
    }


def _selection(members: dict[str, Any]) -> Selection:
    groups = [members["groups"]] if members["groups"] is not None else []
    return Selection.parse(members["pages"], groups, members["documents"])


def _dpi(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 10 <= int(text) <= 1200):
        raise ServiceError(400, "parameter-value", f"DPI={text[:64]!r} is no number from 10 to 1200.")
    return int(text)
