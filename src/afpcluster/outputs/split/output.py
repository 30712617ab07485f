"""Splitting: an output of its own for each part, as if its pages were alone.

Nothing of a part is known to another: makers forget what they sent, and each part has a writer of its own, so
that it holds only its fonts, images, overlays and bookmarks. A manifest says what each part is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, cast

from afpcluster.display.items import Page
from afpcluster.display.place import Place
from afpcluster.findings import Findings, Severity
from afpcluster.outputs.output import Holding, Output, Packet, Restarting, Sink, Stepping, Takes, Writer
from afpcluster.outputs.parts import ZIP_MEDIA_TYPE, Part, parts_to
from afpcluster.outputs.scratch import copy_all, scratch_file
from afpcluster.outputs.split.rule import PartNames, SplitRule

MANIFEST = "manifest.jsonl"


class _SplitPacket(NamedTuple):
    key: Hashable
    place: Place
    number: int
    packet: Packet


@dataclass(slots=True, frozen=True)
class SplitOutput:
    """`output` makes each part; `suffix` is that of their names, which follow `template`."""

    media_type: ClassVar[str] = ZIP_MEDIA_TYPE
    output: Output
    rule: SplitRule
    template: str
    suffix: str

    @property
    def takes(self) -> Takes:
        return self.output.takes

    def maker(self) -> _SplitMaker:
        return _SplitMaker(self.output, self.rule)

    def writer(self, sink: Sink, findings: Findings) -> _SplitWriter:
        return _SplitWriter(self, sink, findings)


class _SplitMaker:
    """Its maker begins anew with each part, or is another. Where pages of other processes lie between, too:
    it cannot know whether a part ended there, and a writer takes what comes twice once."""

    def __init__(self, output: Output, rule: SplitRule) -> None:
        self._output = output
        self._rule = rule
        self._maker = output.maker()
        self._restarting = self._maker if isinstance(self._maker, Restarting) else None
        self._last: tuple[Hashable, int] = (None, -1)

    def packet(self, page: Page) -> _SplitPacket:
        key = self._rule.key(page.place, page.ordinal)
        if self._last != (key, page.ordinal - 1):
            self._restart()
        packet = self._maker.packet(page)
        self._last = (key, page.ordinal)
        return _SplitPacket(key, page.place, page.number, packet)

    def _restart(self) -> None:
        if self._restarting is not None:
            self._restarting.restart()
        else:
            self._maker = self._output.maker()


@dataclass(slots=True)
class _OpenPart:
    """The part that is being written."""

    key: Hashable
    place: Place
    name: str
    first_page: int
    part: Part
    writer: Writer
    closing: ExitStack
    pages: int = 0
    last_page: int = 0
    tags: dict[int, list[dict[str, str]]] = field(default_factory=dict)  # by group


class _SplitWriter:
    def __init__(self, output: SplitOutput, sink: Sink, findings: Findings) -> None:
        self._output = output
        self._names = PartNames(output.template, output.suffix)
        self._parts = parts_to(sink)
        self._findings = findings
        self._open: _OpenPart | None = None
        self._count = 0
        self._without_key = 0  # pages of which nothing says in which part they belong
        self._manifest = scratch_file()  # some hundred bytes a part
        self._file: str | None = None  # the print file, where there are several
        self.step: Callable[[], None] = lambda: None
        self._steps: bool | None = None  # whether the writers of parts do, once it is known

    def add(self, packet: _SplitPacket) -> None:
        opened = self._open
        if opened is None or packet.key != opened.key:
            self._close()
            opened = self._open = self._begin(packet)
        opened.pages += 1
        self._without_key += packet.key is None
        opened.last_page = packet.number
        for group in packet.place.groups:
            if group.number not in opened.tags:
                opened.tags[group.number] = [{"name": n, "value": v} for n, v in group.attributes]
        opened.writer.add(packet.packet)

    def begin_file(self, name: str) -> None:
        self._close()  # no part has pages of two print files
        self._file = name

    def _begin(self, packet: _SplitPacket) -> _OpenPart:
        self._count += 1
        name = self._names.name(packet.place, self._count, packet.number)
        closing = ExitStack()
        part = closing.enter_context(self._parts.open(name))
        writer = self._output.output.writer(part, self._findings)
        if self._steps is None:
            self._steps = isinstance(writer, Stepping)  # which takes its time
        if self._steps:
            cast(Stepping, writer).step = self.step
        return _OpenPart(packet.key, packet.place, name, packet.number, part, writer, closing)

    def _close(self) -> None:
        opened, self._open = self._open, None
        if opened is None:
            return
        with opened.closing:
            opened.writer.finish()
        groups = opened.place.groups
        entry: dict[str, Any] = {
            "name": opened.name,
            **({"file": self._file} if self._file is not None else {}),
            "pages": opened.pages,
            "first_page": opened.first_page,
            "last_page": opened.last_page,
            "document": opened.place.document_name,
            "group": groups[0].name if groups else None,
            "tags": [tag for tags in opened.tags.values() for tag in tags],
            "bytes": opened.part.size,
            "sha256": opened.part.sha256,
        }
        self._manifest.write(json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace") + b"\n")

    def abandon(self) -> None:
        if self._open is not None:
            if isinstance(self._open.writer, Holding):
                self._open.writer.abandon()
            with suppress(Exception):
                self._open.closing.close()
        self._parts.abandon()
        with suppress(OSError):  # a full disk takes no last bytes of it, either
            self._manifest.close()

    def finish(self) -> int:
        self._close()
        with self._manifest, self._parts.open(MANIFEST) as part:
            copy_all(self._manifest, part)
        if self._names.renamed:
            self._findings.add(
                "part-renamed",
                Severity.INFO,
                "A part would have had the name of another and got a number behind its own",
                count=self._names.renamed,
            )
        if self._without_key:
            self._findings.add(
                "part-unsaid",
                Severity.INFO,
                f"Pages have {self._output.rule.lacking}, by which the output is split; "
                "those that follow each other are one part",
                count=self._without_key,
            )
        return self._parts.finish()
