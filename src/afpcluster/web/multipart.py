"""multipart/form-data as a stream: bytes in, (part, bytes) out (RFC 7578).

Rules: no part is kept as a whole here; small fields are collected up to a limit, a document goes piece
by piece to whoever asked for it.
"""

from __future__ import annotations

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from afpcluster.web.errors import ServiceError
from afpcluster.web.forms import malformed

MAX_PARTS = 64
MAX_FIELD_BYTES = 64 * 1024
_MAX_HEADER_BYTES = 16 * 1024  # of all headers of one part


class Part:
    """One part of the form, from its headers."""

    def __init__(self, headers: dict[str, str]) -> None:
        disposition = headers.get("content-disposition", "")
        name = option(disposition, "name")
        if not disposition.lower().startswith("form-data") or name is None:
            raise _malformed("a part has no name in its Content-Disposition")
        if headers.get("content-transfer-encoding", "binary").lower() not in ("binary", "8bit", "7bit"):
            raise _malformed("a part uses a Content-Transfer-Encoding; send it as binary")
        self.name = name
        self.file_name = option(disposition, "filename")
        self.seen = False  # for the reader of documents: its first bytes have come
        self.value = bytearray()

    def collect(self, data: bytes) -> None:
        """Keep the bytes of a small field. Raises ServiceError past the limit."""
        self.value += data
        if len(self.value) > MAX_FIELD_BYTES:
            raise _malformed(f"the field {self.name[:64]!r} is larger than {MAX_FIELD_BYTES} bytes")


class FormReader:
    """Feed it the body piece by piece. Raises ServiceError for a body that is not multipart/form-data."""

    def __init__(self, boundary: str | None) -> None:
        if not boundary:
            raise _malformed("Content-Type has no boundary")
        self.parts: list[Part] = []
        self._pieces: list[tuple[Part, bytes]] = []
        self._headers: dict[str, str] = {}
        self._header_bytes = 0
        self._name = bytearray()
        self._value = bytearray()
        self._ended = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": lambda data, start, end: self._header(self._name, data[start:end]),
                    "on_header_value": lambda data, start, end: self._header(self._value, data[start:end]),
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_finished,
                    "on_part_data": self._data,
                    "on_end": self._end,
                },
            )
        except (FormParserError, UnicodeEncodeError) as error:
            raise _malformed("the boundary is not usable") from error

    def feed(self, data: bytes) -> list[tuple[Part, bytes]]:
        """Parse on; what came of which part."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed("it does not follow multipart/form-data") from error
        pieces, self._pieces = self._pieces, []
        return pieces

    def finish(self) -> None:
        """The body is over. Raises ServiceError when the closing boundary is missing."""
        if not self._ended:
            raise _malformed("it ends before its closing boundary")

    def fields(self, without: list[str]) -> list[tuple[str, str]]:
        """The small fields as texts, except those named (lower case)."""
        try:
            return [
                (part.name, part.value.decode("utf-8"))
                for part in self.parts
                if part.name.lower() not in without
            ]
        except UnicodeDecodeError as error:
            raise _malformed("a field is not UTF-8") from error

    def _begin(self) -> None:
        if len(self.parts) >= MAX_PARTS:
            raise _malformed(f"more than {MAX_PARTS} parts")
        self._headers = {}
        self._header_bytes = 0

    def _header(self, buffer: bytearray, data: bytes) -> None:
        self._header_bytes += len(data)
        if self._header_bytes > _MAX_HEADER_BYTES:
            raise _malformed(
                f"the headers of a part, the file's name included, exceed {_MAX_HEADER_BYTES} bytes"
            )
        buffer += data

    def _header_end(self) -> None:
        self._headers[self._name.decode("latin-1").lower()] = self._value.decode("latin-1")
        self._name.clear()
        self._value.clear()

    def _headers_finished(self) -> None:
        self.parts.append(Part(self._headers))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._pieces.append((self.parts[-1], data[start:end]))

    def _end(self) -> None:
        self._ended = True


def option(header: str, name: str) -> str | None:
    """The value of one `; name=value` of a header (as latin-1 text holding UTF-8), None when absent."""
    value = parse_options_header(header)[1].get(name.encode())
    return value.decode("utf-8", "replace") if value is not None else None


def _malformed(detail: str) -> ServiceError:
    return malformed("multipart", detail)
