"""The parameters of afp2web's services, as one table: usage page, parsing and refusals read it.

Rules: names and On/Off are case-insensitive. What the interface knows but this server does not do is
refused with its own code, never ignored; so is a name the interface does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from afpcluster.options import LANGUAGE_TAG, Colour, Format, PdfA, TextOrder
from afpcluster.web.errors import ServiceError
from afpcluster.web.logs import LEVELS

ON_OFF = ("On", "Off")
ARCHIVES = {f"PDFA-{level.upper()}": level for level in PdfA}
"""Formats that are levels of PDF/A."""
FORMATS = {
    "PDF": Format.PDF,
    "PNG": Format.PNG,
    "TIFF": Format.TIFF,
    "JPEG": Format.JPEG,
    "TXT": Format.TEXT,
    "JSON": Format.WORDS,
    "INDEX": Format.INDEX,
    "CSV": Format.CSV,
    "IND": Format.IND,
    "AFP": Format.AFP,
}
"""Formats of the interface -> those of the engine."""
BUILT_FORMATS = (*FORMATS, *ARCHIVES)
KNOWN_FORMATS = (*BUILT_FORMATS, "PS", "PCL", "HTML")


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """`values` empty: any text, or one of `pattern`. `refusal`: the error code when the parameter is given at
    all."""

    name: str
    description: str
    values: Sequence[str] = ()
    default: str | None = None
    refusal: str | None = None
    pattern: str | None = None


COMMON = (
    Parameter("server_log_level", "Log level of this request's lines", tuple(LEVELS), "INFO"),
    Parameter(
        "ResponseFormat",
        "Form of an answer that is not a document; without it Accept decides",
        ("HTML", "JSON"),
    ),
)
VERSION = (
    Parameter("version", "Version of the server", ON_OFF, "On"),
    Parameter("version_all", "Versions of all modules of the server", ON_OFF, "Off"),
    Parameter("h2x", "Version of the HTML engine", ON_OFF, "Off"),
    Parameter("h2x_all", "Versions of all modules of the HTML engine", ON_OFF, "Off"),
    Parameter("a2w", "Version of the AFP engine", ON_OFF, "Off"),
    Parameter("a2w_all", "Versions of all modules of the AFP engine", ON_OFF, "Off"),
)
DOCUMENT = "InputBuffer"
TRANSFORM = (
    Parameter(DOCUMENT, "The document's bytes; or send them as the raw body"),
    Parameter("InputURLs", "Comma-separated files or URLs", refusal="input-urls-off"),
    Parameter("OutputMode", "Where the result goes; File is not offered", ("Buffer", "File"), "Buffer"),
    Parameter(
        "OutputFormat", "Format of the result; offered: " + ", ".join(BUILT_FORMATS), KNOWN_FORMATS, "PDF"
    ),
    Parameter("OutputFilePath", "Where OutputMode=File writes", refusal="file-mode-off"),
    Parameter("Strict", "Refuse where a missing resource would be substituted", ON_OFF, "Off"),
    Parameter(
        "Fail-On",
        "Refuse where a finding is this serious, or more: skipped (a part is not shown) or error",
        ("skipped", "error"),
    ),
    Parameter("Findings", "Answer with the list of findings in JSON instead of the document", ON_OFF, "Off"),
    Parameter("Filename", "Name of the document, for the answer's file name"),
    Parameter("PageRange", "Pages to convert, for example 3-4,9,12-"),
    Parameter("Groups", "Page groups to convert: TAG=VALUE or a name; * stands for anything"),
    Parameter("Documents", "Documents of the file to convert, for example 2-5"),
    Parameter("Split", "A ZIP file with one result per document, group, tag:NAME or pages:N"),
    Parameter("PartName", "Names of these results: {document}-{group}-{tag:NAME}-{number}"),
    Parameter("Index", "Attach the index to the PDF", ON_OFF, "Off"),
    Parameter(
        "TextOrder",
        "Text (TXT) as it is laid out, so without this, or in the order of reading",
        tuple(TextOrder),
    ),
    Parameter("DPI", "Pixels to the inch of pictures, from 10 to 1200; 150 without it"),
    Parameter("Colour", "Colours of pictures; in colour without it", tuple(Colour)),
    Parameter("Title", "Title of the PDF"),
    Parameter("Password", "Password to open the PDF (AES-256); better as a field of a form than in a URL"),
    Parameter("Permissions", "What readers of the PDF may do: print,copy,modify,annotate,forms,assemble"),
    Parameter("Tagged", "Give the PDF the structure of its text, for readers that speak", ON_OFF, "Off"),
    Parameter("Language", "Language of the PDF's text: en, de-CH", pattern=LANGUAGE_TAG),
    Parameter("Linearize", "Order the PDF for the web", ON_OFF, "Off"),
    Parameter("ResourcePath", "Folders with resources", refusal="parameter-not-built"),
)
_REFUSALS = {
    "input-urls-off": "does not read files or URLs; send the document itself",
    "file-mode-off": "does not write files; leave it out and take the document from the answer",
    "parameter-not-built": "does not carry this out; leave it out",
}


class Values:
    """Parsed parameters: canonical spelling, defaults filled in."""

    def __init__(self, values: dict[str, str | None]) -> None:
        self._values = values

    def text(self, name: str) -> str | None:
        return self._values[name]

    def on(self, name: str) -> bool:
        return self._values[name] == "On"


def parse(given: Iterable[tuple[str, str]], table: tuple[Parameter, ...]) -> Values:
    """Check every parameter against `table` and the common ones. Raises ServiceError."""
    rows, defaults = _rows(table)
    values = dict(defaults)
    seen: set[str] = set()
    for name, value in given:
        parameter = rows.get(name.lower())
        if parameter is None:
            known = ", ".join(row.name for row in rows.values())
            raise ServiceError(
                400, "parameter-unknown", f"Parameter {name[:64]!r} is not known. Known here: {known}."
            )
        if parameter.name in seen:
            raise ServiceError(
                400, "parameter-twice", f"Parameter {parameter.name} is given twice; give it once."
            )
        seen.add(parameter.name)
        values[parameter.name] = _checked(parameter, value)
    return Values(values)


@cache
def _rows(table: tuple[Parameter, ...]) -> tuple[dict[str, Parameter], dict[str, str | None]]:
    """The parameters of a table and the common ones by their names in lower case, and their defaults."""
    rows = {parameter.name.lower(): parameter for parameter in (*COMMON, *table)}
    return rows, {parameter.name: parameter.default for parameter in rows.values()}


def offered(parameter: Parameter) -> Sequence[str]:
    """The values that are not refused."""
    return [value for value in parameter.values if _not_built(parameter, value) is None]


def _checked(parameter: Parameter, value: str) -> str:
    if parameter.refusal is not None:
        what = _REFUSALS[parameter.refusal]
        raise ServiceError(501, parameter.refusal, f"Parameter {parameter.name}: this server {what}.")
    if parameter.values:
        by_lower = {known.lower(): known for known in parameter.values}
        if value.lower() not in by_lower:
            known = ", ".join(parameter.values)
            raise ServiceError(
                400,
                "parameter-value",
                f"{parameter.name}={value[:64]!r} is not known. Known values: {known}.",
            )
        value = by_lower[value.lower()]
    if (refusal := _not_built(parameter, value)) is not None:
        raise refusal
    return value


def _not_built(parameter: Parameter, value: str) -> ServiceError | None:
    """The refusal of a value that the interface knows and this server does not do."""
    if parameter.name == "OutputMode" and value == "File":
        return ServiceError(
            501, "file-mode-off", f"OutputMode=File: this server {_REFUSALS['file-mode-off']}."
        )
    if parameter.name == "OutputFormat" and value not in BUILT_FORMATS:
        made = ", ".join(BUILT_FORMATS)
        return ServiceError(
            501, "format-not-built", f"OutputFormat={value} is not made here; made here: {made}."
        )
    return None
