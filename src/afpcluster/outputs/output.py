"""What an output is, and the table of them.

An output has two halves. A maker, one in each process, makes a packet of a page; the writer, one for the
document, takes the packets of all makers in page order. A packet is plain picklable data that only the
writer of its output understands.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol

from afpcluster.display.items import Page
from afpcluster.findings import Findings
from afpcluster.options import Format, Options

Packet = Any
"""A page on its way from a maker to its writer."""


class Sink(Protocol):
    """Where an output goes; it need not be seekable."""

    def write(self, data: bytes, /) -> object: ...


class Maker(Protocol):
    """Makes packets of pages, in rising order of their numbers."""

    def packet(self, page: Page) -> Packet: ...


class Writer(Protocol):
    """Writes one document: `add` every packet in page order, then `finish`."""

    def add(self, packet: Packet) -> None: ...

    def finish(self) -> int:
        """Write what is left; the size of the output in bytes."""


class Output(Protocol):
    """One kind of output. It crosses process borders."""

    media_type: ClassVar[str]

    def maker(self) -> Maker: ...

    def writer(self, sink: Sink, findings: Findings) -> Writer:
        """A writer to `sink` that reports to `findings`."""


def _pdf(options: Options) -> Output:
    from afpcluster.outputs.pdf import PdfOutput

    return PdfOutput(title=options.title)


# Imported when asked for: each output brings libraries of its own.
_OUTPUTS: dict[Format, Callable[[Options], Output]] = {Format.PDF: _pdf}


def output_of(options: Options) -> Output:
    """The output that the options ask for."""
    return _OUTPUTS[options.format](options)
