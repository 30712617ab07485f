"""Loaded by schemathesis: where a schema says "binary", valid data is an AFP file, and its base64 for "byte".

No schema can say what AFP is; what is not AFP is refused with 422, and comes as negative data.
"""

from __future__ import annotations

import base64
import io
from typing import Any

import schemathesis
from hypothesis import strategies
from schemathesis.hooks import HookContext
from schemathesis.transport.serialization import Binary

from afpcluster.sample import write_sample
from afpcluster.web.intake import AFP_MEDIA_TYPES, FORM


def _sample(statements: int) -> bytes:
    file = io.BytesIO()
    write_sample(file, statements=statements)
    return file.getvalue()


_FILES = strategies.just(_sample(1))
schemathesis.openapi.format("binary", _FILES.map(Binary))
schemathesis.openapi.format("byte", _FILES.map(lambda file: base64.b64encode(file).decode()))
for _media_type in (*AFP_MEDIA_TYPES, "application/octet-stream"):
    schemathesis.openapi.media_type(_media_type, _FILES)


# What no schema can say. These are refused where they do not fit the document, or have a form of their own.
_ABOUT_THE_DOCUMENT = {
    *("pages", "groups", "documents", "split", "part-name", "permissions", "password", "dpi"),
    *("PageRange", "Groups", "Documents", "Split", "PartName", "Permissions", "Password", "DPI"),
}

_OF_PDF = {
    *("attach-index", "title", "tagged", "language", "linearize"),
    *("Index", "Title", "Tagged", "Language", "Linearize"),
}
_OF_PICTURES = {"colour", "Colour"}
_OF_TEXT = {"text", "TextOrder"}


def _fit(values: dict[str, Any]) -> None:
    """Take those out of valid parameters that exclude others."""
    left_out = set(_ABOUT_THE_DOCUMENT)
    if "format" in values:
        left_out.add("pdf-a")  # which is a format, too
    if "pdf-a" in values or str(values.get("OutputFormat")).startswith("PDFA"):
        left_out |= {"Index", "attach-index"}  # archives have it, or must not
    made = str(values.get("OutputFormat", values.get("format", "PDF"))).upper()
    for formats, parameters in (
        (("PDF",), _OF_PDF),
        (("PNG", "JPEG", "TIFF"), _OF_PICTURES),
        (("TXT",), _OF_TEXT),
    ):
        if not made.startswith(formats):
            left_out |= parameters
    for name in left_out & values.keys():
        del values[name]


@schemathesis.hook
def before_call(context: HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """`Binary` is empty as a field of an urlencoded form; its bytes are not."""
    if case.media_type == FORM and isinstance(case.body, dict):
        case.body = {
            name: value.data if isinstance(value, Binary) else value for name, value in case.body.items()
        }
    if case.meta is not None and case.meta.generation.mode.is_positive:
        for values in (case.query, case.body):
            if isinstance(values, dict):
                _fit(values)
