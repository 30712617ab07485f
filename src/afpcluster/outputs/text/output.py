"""The outputs of text: a file of text with form feeds between pages, and words with their boxes as JSON."""

from __future__ import annotations

import json
from typing import ClassVar

from afpcluster.display.items import Page
from afpcluster.findings import Findings
from afpcluster.light import dataclass
from afpcluster.options import TextOrder
from afpcluster.outputs.output import Sink, Takes
from afpcluster.outputs.text.embedded import EmbeddedText, report_left_out
from afpcluster.outputs.text.layout import in_reading_order, laid_out
from afpcluster.outputs.text.words import TextReader, by_direction, lines_of

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


_Packet = tuple[bytes, bool]
"""What is written of a page, and whether text of embedded PDF pages is left out of it."""


class _TextMaker:
    def __init__(self, order: TextOrder) -> None:
        self._order = order
        self._embedded = EmbeddedText()
        self._reader = TextReader(self._embedded.meet)

    def packet(self, page: Page) -> _Packet:
        words = self._reader.phrases(page)
        text = laid_out(words) if self._order is TextOrder.LAYOUT else in_reading_order(words)
        data = (text + "\n").encode("utf-8", "replace") if text else b""
        return data, self._embedded.was_met()


class _WordsMaker:
    def __init__(self) -> None:
        self._embedded = EmbeddedText()
        self._reader = TextReader(self._embedded.meet)

    def packet(self, page: Page) -> _Packet:
        words = [
            {"text": word.text, **{name: round(value, 2) for name, value in word.box._asdict().items()}}
            for group in by_direction(self._reader.words(page))
            for line in lines_of(group)
            for word in line
        ]
        size = {"number": page.number, "width": round(page.width, 3), "height": round(page.height, 3)}
        data = _ENCODE({**size, "words": words}).encode("utf-8", "replace")
        return data, self._embedded.was_met()


class _Joining:
    """Writes packets with something in front of the first, between all, and behind the last."""

    def __init__(self, sink: Sink, findings: Findings, front: bytes, between: bytes, behind: bytes) -> None:
        self._sink = sink
        self._findings = findings
        self._left_out = False
        self._next, self._between, self._behind = front, between, behind
        self._size = 0

    def add(self, packet: _Packet) -> None:
        data, left_out = packet
        self._put(self._next + data)
        self._next = self._between
        self._left_out = self._left_out or left_out

    def finish(self) -> int:
        self._put(self._behind)
        if self._left_out:
            report_left_out(self._findings)
        return self._size

    def _put(self, data: bytes) -> None:
        self._sink.write(data)
        self._size += len(data)


@dataclass(slots=True, frozen=True)
class TextOutput:
    """Plain text in UTF-8."""

    media_type: ClassVar[str] = "text/plain; charset=utf-8"
    takes: ClassVar[Takes] = Takes.PAGES
    order: TextOrder = TextOrder.LAYOUT

    def maker(self) -> _TextMaker:
        return _TextMaker(self.order)

    def writer(self, sink: Sink, findings: Findings) -> _Joining:
        return _Joining(sink, findings, b"", b"\f", b"")


@dataclass(slots=True, frozen=True)
class WordsOutput:
    """Words with their boxes, in points from the upper left corner of their page."""

    media_type: ClassVar[str] = "application/json"
    takes: ClassVar[Takes] = Takes.PAGES

    def maker(self) -> _WordsMaker:
        return _WordsMaker()

    def writer(self, sink: Sink, findings: Findings) -> _Joining:
        return _Joining(sink, findings, b'{"pages":[\n', b",\n", b"\n]}\n")
