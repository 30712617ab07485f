"""What an output is, and the table of them.

An output has two halves. A maker, one in each process, makes a packet of a page; the writer, one for the
document, takes the packets of all makers in page order. A packet is plain picklable data that only the
writer of its output understands. What a maker is given of a page is what its output `takes`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from afpcluster.findings import ConversionError, Findings
from afpcluster.options import Colour, Format, Layout, Options, TextOrder

Packet = Any
"""A page on its way from a maker to its writer."""


class Takes(Enum):
    """What of a page an output is made of."""

    PAGES = auto()  # what is drawn: a display-list page
    PAGES_AND_FACTS = auto()  # the same, with the page's facts
    SOURCE = auto()  # its fields as they stand in the file, and what they need: a source page
    FACTS = auto()  # what the file says of it: page facts; nothing is drawn


class Sink(Protocol):
    """Where an output goes; it need not be seekable."""

    def write(self, data: bytes, /) -> object: ...


class Maker(Protocol):
    """Makes packets of pages, in rising order of their numbers. A page is what the output takes."""

    def packet(self, page: Any) -> Packet: ...


@runtime_checkable
class Restarting(Protocol):
    """A maker that can go on for another document, and remembers what it makes of what pages share."""

    def restart(self) -> None:
        """What follows is of another document, whose writer has seen nothing yet."""


class Writer(Protocol):
    """Writes one document: `add` every packet in page order, then `finish`."""

    def add(self, packet: Packet) -> None: ...

    def finish(self) -> int:
        """Write what is left; the size of the output in bytes."""


@runtime_checkable
class Merging(Protocol):
    """A writer that tells several print files in one output from each other."""

    def begin_file(self, name: str) -> None:
        """The packets that follow are of another print file: documents, groups and pages are counted from 1
        again, and links lead to its own pages."""


@runtime_checkable
class Holding(Protocol):
    """A writer that holds files of its own."""

    def abandon(self) -> None:
        """Let go of them, since the output is not wanted any more. Never raises."""


@runtime_checkable
class Stepping(Protocol):
    """A writer that has work of its own with each page; `step` is called behind every such piece of it, so
    that whoever waits knows that it goes on, and may end it by an exception."""

    step: Callable[[], None]


class Output(Protocol):
    """One kind of output. It crosses process borders."""

    @property
    def media_type(self) -> str: ...

    @property
    def takes(self) -> Takes:
        """What its makers are given."""

    def maker(self) -> Maker: ...

    def writer(self, sink: Sink, findings: Findings) -> Writer:
        """A writer to `sink` that reports to `findings`."""


def _pdf(options: Options) -> Output:
    from afpcluster.outputs.pdf import PdfOutput
    from afpcluster.outputs.pdf.archive import archive_of
    from afpcluster.outputs.pdf.finishing import Finishing, permissions_of
    from afpcluster.outputs.pdf.tagged.language import language_of

    archive = archive_of(options)
    return PdfOutput(
        title=options.title,
        name=Path(options.file_name).stem or None,
        attach_index=options.attach_index or (archive is not None and archive.attaches_index),
        labels=options.split is None,
        finishing=Finishing(options.password, permissions_of(options.permissions), options.linearize),
        archive=archive,
        tagged=options.tagged,
        language=language_of(options.language),
    )


def _index(options: Options) -> Output:
    from afpcluster.outputs.index.lines import JsonLinesOutput

    return JsonLinesOutput()


def _csv(options: Options) -> Output:
    from afpcluster.outputs.index.table import CsvOutput

    return CsvOutput()


def _ind(options: Options) -> Output:
    from afpcluster.outputs.index.ind import IndOutput

    return IndOutput()


def _text(options: Options) -> Output:
    from afpcluster.outputs.text.output import TextOutput

    return TextOutput(options.text_order or TextOrder.LAYOUT)


def _words(options: Options) -> Output:
    from afpcluster.outputs.text.output import WordsOutput

    return WordsOutput()


def _pictures(options: Options) -> Output:
    from afpcluster.outputs.pdf import PdfOutput
    from afpcluster.outputs.pictures import PictureOutput

    colour = options.colour or Colour.COLOUR
    return PictureOutput(PdfOutput(), options.format, options.dpi or _DPI, colour)


def _afp(options: Options) -> Output:
    from afpcluster.outputs.afp import AfpOutput

    return AfpOutput()


class Row(NamedTuple):
    """How an output is made, the suffixes of files that ask for it, its own first, and the options that are
    not for every output and have an effect on this one."""

    make: Callable[[Options], Output]
    suffixes: tuple[str, ...]
    options: frozenset[str] = frozenset()


_DPI = 150  # of pictures, where the options do not say it
_FORM = frozenset(["form_map"])
_DRAWN = _FORM | {"layout", "max_copies", "raster_a_space"}
_PDF = _DRAWN | {
    *("title", "password", "permissions", "linearize"),
    *("attach_index", "pdf_a", "tagged", "language"),
}
_PICTURES = _DRAWN | {"dpi", "colour"}

# Each output is imported when it is asked for: it brings libraries of its own.
OUTPUTS: dict[Format, Row] = {
    Format.PDF: Row(_pdf, (".pdf",), _PDF),
    Format.INDEX: Row(_index, (".jsonl", ".ndjson")),
    Format.CSV: Row(_csv, (".csv",)),
    Format.IND: Row(_ind, (".ind",)),
    Format.TEXT: Row(_text, (".txt",), _DRAWN | {"text_order"}),
    Format.WORDS: Row(_words, (".json",), _DRAWN),
    Format.PNG: Row(_pictures, (".png",), _PICTURES),
    Format.JPEG: Row(_pictures, (".jpg", ".jpeg"), _PICTURES),
    Format.TIFF: Row(_pictures, (".tif", ".tiff"), _PICTURES),
    Format.AFP: Row(_afp, (".afp",), _FORM),
}
_OF_SOME = sorted(frozenset[str]().union(*(row.options for row in OUTPUTS.values())))
_DEFAULTS = Options()
_BY_SUFFIX = {suffix: format_ for format_, row in OUTPUTS.items() for suffix in row.suffixes}
_NOT_MADE = {
    **dict.fromkeys(("ps", "eps", "postscript"), "PostScript"),
    **dict.fromkeys(("pcl", "prn"), "PCL"),
    **dict.fromkeys(("html", "htm", "xhtml"), "HTML"),
}


class FormatError(ConversionError):
    """An output that is not made."""

    http_status = 400
    exit_code = 9


def output_of(options: Options, files: int = 1) -> Output:
    """The output that the options ask for, of so many print files. Raises ConversionError."""
    if files > 1 and options.format is Format.AFP:
        raise FormatError(
            "afp-not-merged",
            "Several print files do not become one AFP file, in which the second could use resources of the "
            "first. Name them all where they are converted.",
        )
    _refuse_without_effect(options)
    output = OUTPUTS[options.format].make(options)
    if options.split is None:
        if options.part_name is not None:
            raise FormatError("part-name-alone", "part-name names the parts of a split: give split, too.")
        return output
    from afpcluster.outputs.split.output import SplitOutput
    from afpcluster.outputs.split.rule import SplitRule

    if output.takes is Takes.FACTS:
        raise FormatError("split-not-made", "An index is not split; choose the part with pages or groups.")
    rule = SplitRule.parse(options.split)
    suffix = OUTPUTS[options.format].suffixes[0]
    return SplitOutput(output, rule, options.part_name or rule.template, suffix)


def _refuse_without_effect(options: Options) -> None:
    """Raises FormatError where an option differs from its default and has no effect on what is made."""
    for name in _OF_SOME:
        if name in OUTPUTS[options.format].options or getattr(options, name) == getattr(_DEFAULTS, name):
            continue
        *others, last = [format_ for format_, row in OUTPUTS.items() if name in row.options]
        having = f"{', '.join(others)} and {last}" if others else last
        raise FormatError(
            "option-without-effect",
            f"{name.replace('_', '-')} has an effect on {having}, and {options.format} is made: "
            "leave it out, or choose another format.",
        )
    if options.password == "":  # as a variable of a shell that is not set gives it
        raise FormatError("password-empty", "An empty password keeps nobody out: give one, or leave it out.")
    if options.max_copies != _DEFAULTS.max_copies and options.layout is not Layout.SHEETS:
        raise FormatError("max-copies-alone", "max-copies are those of sheets: give layout=sheets, too.")


def makes_parts(options: Options) -> bool:
    """Whether the output may be several files."""
    return options.split is not None or options.format in (Format.PNG, Format.JPEG)


def format_of(name: str | None, target: str = "") -> Format:
    """The format of this name, else that of the suffix of `target`, else PDF. Names are those of formats,
    or suffixes; the suffix of the target picks the form of an index. Raises FormatError."""
    suffix = Path(target).suffix.lower()
    if name is None:
        if suffix[1:] in _NOT_MADE:
            raise _refused(suffix[1:])
        return _BY_SUFFIX.get(suffix, Format.PDF)
    word = name.strip().lower().removeprefix(".")
    if word == Format.INDEX and _BY_SUFFIX.get(suffix) in (Format.CSV, Format.IND):
        return _BY_SUFFIX[suffix]
    if word in list(Format):
        return Format(word)
    if f".{word}" in _BY_SUFFIX:
        return _BY_SUFFIX[f".{word}"]
    raise _refused(word)


def _refused(word: str) -> FormatError:
    made = ", ".join(OUTPUTS)
    what = _NOT_MADE.get(word)
    if what is not None:
        return FormatError("format-not-made", f"{what} is not made of print files here; made are: {made}.")
    return FormatError("format-unknown", f"Format {word[:40]!r} is not known; known are: {made}.")
