"""Urlencoded forms and JSON objects as streams: bytes in, the document's bytes out.

Rules: only the document may be large, and of it no more than a piece is held; all else together has
`MAX_PARAMETER_BYTES`. A piece is decoded by library calls in C, so that even one that is nothing but
escapes takes no longer than a few milliseconds.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Collection
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes

from afpcluster.web.errors import ServiceError

MAX_PARAMETERS = 64
MAX_PARAMETER_BYTES = 64 * 1024
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_NAME_END = re.compile(rb"[=&]")
_STRUCTURE = re.compile(rb'["{}\[\]:,]')
_STRING_END = re.compile(rb'["\\]')
_CUT_ESCAPE = re.compile(rb"\\(?:u[0-9A-Fa-f]{0,3})?\Z")
_WHITESPACE = b" \t\r\n"


class FormStream(Protocol):
    """A body that holds a document and parameters."""

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes of the body; the bytes of the document that came with them."""

    def finish(self) -> tuple[bytes, list[tuple[str, str]]]:
        """The body is over: the document's last bytes, and all parameters."""


class UrlencodedStream:
    """application/x-www-form-urlencoded (WHATWG URL "urlencoded parsing"); a `%` that begins no escape
    stands for itself."""

    def __init__(self, document_names: Collection[str]) -> None:
        self._document_names = document_names
        self._documents = 0
        self._fields: list[tuple[bytearray, bytearray]] = []
        self._name = bytearray()
        self._value: bytearray | None = None  # None while in the name
        self._in_document = False
        self._cut = b""  # the beginning of an escape
        self._held = 0
        self._ended = 0  # fields, empty ones too

    def feed(self, data: bytes) -> bytes:
        out = []
        while data:
            if self._value is None and not self._in_document:
                end = _NAME_END.search(data)
                self._hold(self._name, data[: end.start()] if end else data)
                data = data[end.end() :] if end else b""
                if end and end.group() == b"=":
                    self._begin_value()
                elif end:
                    self._end_field()
            else:
                value, ampersand, data = data.partition(b"&")
                out.append(self._take(value, last=bool(ampersand)))
                if ampersand:
                    self._end_field()
        return b"".join(out)

    def finish(self) -> tuple[bytes, list[tuple[str, str]]]:
        last = self._take(b"", last=True) if self._in_document else b""
        self._end_field()
        return last, [(_text(name), _text(value)) for name, value in self._fields]

    def _take(self, value: bytes, *, last: bool) -> bytes:
        if not self._in_document:
            assert self._value is not None  # begun with the name's end
            self._hold(self._value, value)
            return b""
        value = self._cut + value
        cut = 0 if last else len(value) - value.rfind(b"%", -2) if b"%" in value[-2:] else 0
        self._cut = value[len(value) - cut :]
        return percent_decoded(value[: len(value) - cut])

    def _begin_value(self) -> None:
        if _text(self._name).lower() not in self._document_names:
            self._value = bytearray()
            return
        self._in_document = True
        self._documents += 1
        if self._documents > 1:
            raise document_twice()

    def _end_field(self) -> None:
        if not self._in_document and (self._name or self._value is not None):
            self._fields.append((self._name, self._value or bytearray()))
        self._ended += 1
        if len(self._fields) > MAX_PARAMETERS or self._ended > MAX_PARAMETERS + 1:  # the document is one, too
            raise too_many_parameters()
        self._name, self._value, self._in_document = bytearray(), None, False

    def _hold(self, buffer: bytearray, data: bytes) -> None:
        self._held += len(data)
        if self._held > MAX_PARAMETER_BYTES:
            raise parameters_too_large(self._document_names)
        buffer += data


def percent_decoded(data: bytes) -> bytes:
    """The bytes that urlencoded `data` stands for: `+` is a space, `%41` is `A`.

    By way of quoted-printable, whose decoder is in C: a hundred times as fast for data full of escapes.
    """
    data = _NO_ESCAPE.sub(b"%25", data).replace(b"=", b"%3D").replace(b"+", b" ")
    return binascii.a2b_qp(data.replace(b"%", b"="))


def _text(encoded: bytes | bytearray) -> str:
    try:
        return unquote_to_bytes(bytes(encoded).replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise malformed("urlencoded form", "a parameter is not UTF-8") from error


class JsonStream:
    """A JSON object (RFC 8259, UTF-8) with the parameters as members; the document's is in base64.

    The value of the document's member is decoded on the way and left out of the text, `_rest`, that the
    library then parses as a whole.
    """

    def __init__(self, document_names: Collection[str]) -> None:
        self._document_names = document_names
        self._documents = 0
        self._rest = bytearray()
        self._depth = 0
        self._string_at: int | None = None  # where in `_rest` the string began that we are in
        self._key: str | None = None
        self._value_follows = False
        self._escaped = False  # the next character belongs to an escape
        self._in_document = False
        self._cut = b""  # the beginning of an escape in the document
        self._base64 = b""  # less than four characters
        self._padded = False

    def feed(self, data: bytes) -> bytes:
        out = []
        while data:
            if self._in_document:
                taken, data = self._document(self._cut + data)
                out.append(taken)
            elif self._string_at is not None:
                data = self._string(data)
            else:
                data = self._structure(data)
        return b"".join(out)

    def finish(self) -> tuple[bytes, list[tuple[str, str]]]:
        try:
            members = json.loads(self._rest, object_pairs_hook=_Members) if self._rest.strip() else _Members()
        except (ValueError, RecursionError) as error:
            where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            raise malformed("JSON", where) from error
        if not isinstance(members, _Members):
            raise malformed("JSON", "expected an object with the parameters as members")
        parameters = []
        for name, value in members:
            if name.lower() not in self._document_names:
                parameters.append((name, _plain(name, value)))
            elif value != "":  # what was a string was taken out
                raise malformed("JSON", f"{name} must be a string with the document in base64")
        return b"", parameters

    def _structure(self, data: bytes) -> bytes:
        """Up to and with the next character that matters outside strings; what is left of `data`."""
        match = _STRUCTURE.search(data)
        self._hold(data[: match.end()] if match else data)
        if match is None:
            return b""
        character = match.group()
        if character == b'"':
            self._string_at = len(self._rest) - 1
            if self._value_follows and (self._key or "").lower() in self._document_names:
                self._begin_document()
        elif character in b"{[":
            self._depth += 1
        elif character in b"}]":
            self._depth -= 1
        self._value_follows = character == b":" and self._depth == 1
        return data[match.end() :]

    def _string(self, data: bytes) -> bytes:
        """On to the end of a string that is kept, or behind its next escape; what is left of `data`."""
        assert self._string_at is not None  # we are in a string
        if self._escaped:
            self._escaped = False
            self._hold(data[:1])
            return data[1:]
        match = _STRING_END.search(data)
        self._hold(data[: match.end()] if match else data)
        if match is None:
            return b""
        if match.group() == b"\\":
            self._escaped = True
        else:
            self._key = _json_text(self._rest[self._string_at :]) if self._depth == 1 else None
            self._string_at = None
        return data[match.end() :]

    def _begin_document(self) -> None:
        self._string_at, self._in_document = None, True
        self._documents += 1
        if self._documents > 1:
            raise document_twice()

    def _document(self, data: bytes) -> tuple[bytes, bytes]:
        """Decode on to the end of the document's string; its bytes, and what is left of `data`."""
        value, quote, data = data.partition(b'"')
        cut = None if quote else _CUT_ESCAPE.search(value)
        self._cut = cut.group() if cut else b""
        decoded = self._decode(value[: cut.start()] if cut else value, last=bool(quote))
        if quote:
            self._hold(quote)
            self._in_document = self._value_follows = False
        return decoded, data

    def _decode(self, value: bytes, *, last: bool) -> bytes:
        if b"\\" in value:
            value = (_json_text(b'"' + value + b'"') or "*").encode()
        value = self._base64 + value.translate(None, _WHITESPACE)
        whole = len(value) - len(value) % 4
        self._base64 = value[whole:]
        if (self._padded and value) or (last and self._base64):
            raise malformed("JSON", "the document is not base64")
        self._padded = value[:whole].endswith(b"=")
        try:
            return binascii.a2b_base64(value[:whole], strict_mode=True) if whole else b""
        except binascii.Error as error:
            raise malformed("JSON", "the document is not base64") from error

    def _hold(self, data: bytes) -> None:
        self._rest += data
        if len(self._rest) > MAX_PARAMETER_BYTES:
            raise parameters_too_large(self._document_names)


class _Members(list[tuple[str, Any]]):
    """An object's members in order, repeats kept."""


def _json_text(literal: bytes | bytearray) -> str | None:
    """What a string literal stands for; None when it is none."""
    try:
        return str(json.loads(literal))
    except ValueError:
        return None


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "On" if value else "Off"
    if isinstance(value, str | int):
        return str(value)
    raise malformed("JSON", f"{name[:64]!r} must be a string, a number or true/false")


def malformed(kind: str, detail: str) -> ServiceError:
    """A body that does not follow its own form."""
    return ServiceError(400, "body-malformed", f"The {kind} body cannot be read: {detail or 'broken'}.")


def document_twice() -> ServiceError:
    return ServiceError(400, "document-twice", "The request holds two documents; send one.")


def too_many_parameters() -> ServiceError:
    return ServiceError(400, "too-many-parameters", f"More than {MAX_PARAMETERS} parameters.")


def parameters_too_large(document_names: Collection[str]) -> ServiceError:
    """As a rule it is a document in a field that is not one of `document_names`."""
    where = f" The document's field is {' or '.join(document_names)}." if document_names else ""
    return ServiceError(
        400,
        "too-many-parameters",
        f"The parameters beside the document have more than {MAX_PARAMETER_BYTES} bytes.{where}",
    )
