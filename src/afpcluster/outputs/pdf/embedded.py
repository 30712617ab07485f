"""A page of another PDF file -> a form XObject in ours, with the objects it needs, renumbered.

Streams are copied as they are compressed. Annotations become part of the page as they would be printed. What
cannot be opened leaves an empty form and a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pikepdf

from afpcluster.findings import Findings
from afpcluster.foreign_pdf import open_foreign_pdf
from afpcluster.outputs.pdf.annotations import Appearance, leaves_looks_to_viewers, printed_appearances
from afpcluster.outputs.pdf.archive import ArchivedDocument
from afpcluster.outputs.pdf.archived_page import make_fit
from afpcluster.outputs.pdf.layers import Layers, groups_off
from afpcluster.outputs.pdf.packet import PdfPayload
from afpcluster.pdf.file import PdfFile
from afpcluster.pdf.values import Name, PdfDict, Raw, Ref, Value, numbers

_DEEPEST = 100  # direct objects nested deeper than this are damage or malice


def import_page(
    file: PdfFile,
    payload: PdfPayload,
    findings: Findings,
    layers: Layers,
    document: ArchivedDocument | None = None,
) -> Ref:
    """Write the page as a form that fills the unit square; its reference. Layers that it has go to `layers`;
    `document` is the archive that it must be fit for."""
    try:
        with open_foreign_pdf(payload.data) as source:
            if document is not None:
                for reason in make_fit(source, payload.page, document.archive):
                    document.object_to(f"an embedded PDF page {reason}")
            page = source.pages[payload.page]
            if leaves_looks_to_viewers(source):
                source.generate_appearance_streams()
            added = list(printed_appearances(source, page.obj))
            return _Importer(file, layers, groups_off(source)).form(page, added)
    except (pikepdf.PdfError, RuntimeError, IndexError, ValueError, TypeError, KeyError) as error:
        findings.at(payload.origin)(
            "pdf-object-damaged",
            f"page {payload.page + 1} of an embedded PDF cannot be read and is left out: {error}",
        )
        return file.add_stream(
            {"Type": Raw(b"/XObject"), "Subtype": Raw(b"/Form"), "BBox": [0, 0, 1, 1]}, b""
        )


class _Importer:
    """Copies objects of one source file; an indirect object is copied once."""

    def __init__(self, file: PdfFile, layers: Layers, off: set[tuple[int, int]]) -> None:
        self._file = file
        self._layers, self._off = layers, off
        self._copied: dict[tuple[int, int], Ref] = {}
        self._waiting: list[tuple[Ref, pikepdf.Object]] = []

    def form(self, page: pikepdf.Page, added: Sequence[Appearance]) -> Ref:
        """Write the form, with what annotations add to the page, then everything it refers to."""
        page.contents_coalesce()
        contents = page.obj.get("/Contents")
        data = contents.read_bytes() if isinstance(contents, pikepdf.Stream) else b""
        x1, y1, x2, y2 = [float(value) for value in page.mediabox.as_list()]
        box = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
        turn = _inherited(page.obj, "/Rotate")
        place = Raw(b"[%b]" % numbers(_onto_unit_square(box, int(turn or 0)), 9).encode())
        entries: PdfDict = {"Type": Raw(b"/XObject"), "Subtype": Raw(b"/Form"), "BBox": box}
        whole: PdfDict = entries | {"Matrix": place}
        resources = _inherited(page.obj, "/Resources")
        if resources is not None:
            entries["Resources"] = self._copy(resources, 0)
        group = page.obj.get("/Group")
        if group is not None:
            entries["Group"] = self._copy(group, 0)
        if added:  # in forms of their own: content may leave any state behind
            named: PdfDict = {"Page": self._file.add_stream(entries, _INITIAL_STATE + data)}
            data = b"/Page Do\n"
            for number, appearance in enumerate(added):
                named[f"A{number}"] = self._copy(appearance.form, 0)
                data += b"q %b cm /A%d Do Q\n" % (numbers(appearance.matrix, 9).encode(), number)
            form = self._file.add_stream(whole | {"Resources": {"XObject": named}}, data)
        else:
            form = self._file.add_stream(entries | whole, _INITIAL_STATE + data)
        while self._waiting:
            ref, source = self._waiting.pop()
            self._write(ref, source)
        return form

    def _write(self, ref: Ref, source: pikepdf.Object) -> None:
        if isinstance(source, pikepdf.Stream):
            entries = self._dictionary(source.stream_dict, 0)
            for key in ("/Length", *_OF_STREAMS):
                entries.pop(key[1:], None)
            self._file.write_stream(ref, entries, source.read_raw_bytes(), encoded=True)
        else:
            self._file.write(ref, self._direct(source, 0))

    def _copy(self, source: Any, depth: int) -> Value:
        """A value as ours: an indirect one becomes a reference to its copy."""
        if _is_of_document(source):
            return None
        if isinstance(source, pikepdf.Object) and source.is_indirect:
            ref = self._copied.get(source.objgen)
            if ref is None:
                ref = self._copied[source.objgen] = self._file.allocate()
                if isinstance(source, pikepdf.Dictionary) and source.get("/Type") == pikepdf.Name.OCG:
                    self._layers.add(ref, off=source.objgen in self._off)
                self._waiting.append((ref, source))
            return ref
        return self._direct(source, depth)

    def _direct(self, source: Any, depth: int) -> Value:
        if depth > _DEEPEST:
            return None
        match source:
            case bool() | int() | None:
                return source
            case Decimal() | float():
                return float(source)
            case pikepdf.Name():
                return Name(str(source)[1:])
            case pikepdf.String():
                return bytes(source)
            case pikepdf.Array():
                return [self._copy(item, depth + 1) for item in source.as_list()]
            case pikepdf.Dictionary():
                return self._dictionary(source, depth)
            case _:
                return None  # operators and inline images have no place outside content streams

    def _dictionary(self, source: pikepdf.Object, depth: int) -> PdfDict:
        return {key[1:]: self._copy(value, depth + 1) for key, value in source.as_dict().items()}


_INITIAL_STATE = b"0 g 0 G 1 w 0 J 0 j 10 M[]0 d 0 Tc 0 Tw 100 Tz 0 TL 0 Tr 0 Ts\n"
"""What a page begins with (section 8.4.1). A form would begin with the state of the stream that shows it."""

_OF_DOCUMENT = frozenset(
    {"/Page", "/Pages", "/Catalog", "/StructTreeRoot", "/StructElem", "/Annot", "/Metadata"}
)
"""Types of objects that lead back into the source's page tree and structure, or describe it: not copied.
They are told by what they are, never by the key that leads there, since a key is also a resource's name."""

_OF_STREAMS = ("/StructParent", "/StructParents", "/PieceInfo")
"""Entries of forms and images that mean nothing outside of their document (Table 95)."""


def _is_of_document(source: Any) -> bool:
    if isinstance(source, pikepdf.Stream):
        source = source.stream_dict
    elif not isinstance(source, pikepdf.Dictionary):
        return False
    kind = source.get("/Type")
    return isinstance(kind, pikepdf.Name) and str(kind) in _OF_DOCUMENT


def _inherited(page: pikepdf.Object, key: str) -> Any:
    """A page attribute, from the page or the nodes above it (section 7.7.3.4)."""
    node: Any = page
    for _ in range(_DEEPEST):
        if not isinstance(node, pikepdf.Dictionary):
            return None
        if key in node:
            return node[key]
        node = node.get("/Parent")
    return None


def _onto_unit_square(box: tuple[float, float, float, float], turn: int) -> tuple[float, ...]:
    """The matrix that puts `box`, turned clockwise by `turn` degrees, on the unit square."""
    left, bottom, right, top = box
    across, up = 1 / ((right - left) or 1), 1 / ((top - bottom) or 1)
    match turn % 360:
        case 90:
            return (0, -across, up, 0, -bottom * up, 1 + left * across)
        case 180:
            return (-across, 0, 0, -up, 1 + left * across, 1 + bottom * up)
        case 270:
            return (0, across, -up, 0, 1 + bottom * up, -left * across)
        case _:
            return (across, 0, 0, up, -left * across, -bottom * up)
