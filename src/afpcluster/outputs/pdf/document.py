"""Packets, in page order -> one PDF file, written forwards.

Rules: object numbers follow from the order of pages and nothing else, so the number of processes that
made the packets does not show. Per page only its object number is kept. Images, forms and patterns are
written when they come; fonts at the end, when the codes they need are known.
"""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from afpcluster.display.place import Place, tags_title
from afpcluster.findings import Findings, Severity
from afpcluster.outputs.index.lines import lines_writer
from afpcluster.outputs.pdf.archive import Archive, ArchivedDocument
from afpcluster.outputs.pdf.attachment import NAME, AttachedFile
from afpcluster.outputs.pdf.colour import LAB_SPACE
from afpcluster.outputs.pdf.fonts.store import FontStore
from afpcluster.outputs.pdf.labels import PageLabels
from afpcluster.outputs.pdf.metadata import information, xmp_packet
from afpcluster.outputs.pdf.packet import (
    LAB_NAME,
    MULTIPLY_NAME,
    Content,
    FacePayload,
    FormPayload,
    ImagePayload,
    LinkArea,
    PagePacket,
    PatternPayload,
    Payload,
    PdfPayload,
    ProgramPayload,
)
from afpcluster.pdf.file import PdfFile, Sink
from afpcluster.pdf.outline import Outline
from afpcluster.pdf.page_tree import PageTree
from afpcluster.pdf.values import PdfDict, Raw, Ref, Value, numbers

if TYPE_CHECKING:
    from afpcluster.outputs.pdf.fonts.archived import ArchivedFonts
    from afpcluster.outputs.pdf.layers import Layers
    from afpcluster.outputs.pdf.tagged.tree import StructureTree

_MOST_RESOURCES = 256  # dictionaries that later pages may share
_PRINTED = 4  # the annotation flag (section 12.5.3)


class PdfDocumentWriter:
    """Writes one PDF file to `sink` (which need not be seekable): `add` every packet, then `finish`.
    `compress` must agree with the makers'. The title is `title`, else the first document's name, else `name`.
    """

    def __init__(
        self,
        sink: Sink,
        findings: Findings,
        *,
        title: str | None = None,
        name: str | None = None,
        attach_index: bool = False,
        labels: bool = True,
        compress: bool = True,
        archive: Archive | None = None,
        tagged: bool = False,
        language: str | None = None,
    ) -> None:
        self._title = title
        self._name = name
        self._findings = findings
        self._file = PdfFile(
            sink,
            compress=compress,
            object_streams=archive is None or not archive.is_first,
            version=archive.version if archive is not None else "1.7",
        )
        self._archive = ArchivedDocument(archive, self._file) if archive is not None else None
        self._language = language
        self._structure = _structure_tree(self._file) if tagged else None
        self._pages = PageTree(self._file)
        self._outline = Outline(self._file)
        self._labels = PageLabels() if labels else None
        self._first: tuple[Place, Ref] | None = None  # of the first document
        self._document = 0  # the last one's number
        self._file_title: str | None = None  # of the print file, where there are several
        self._file_begins = False  # with the next page
        self._written = 0  # pages
        self._several = False  # documents
        self._attached = AttachedFile() if attach_index else None
        self._index = lines_writer(self._attached) if self._attached is not None else None
        self._fonts = (
            FontStore(self._file, findings)
            if self._archive is None
            else _archived_fonts(self._file, findings, self._archive)
        )
        self._objects: dict[tuple[type, str], Ref] = {}
        self._page_resources: dict[tuple[object, ...], Ref] = {}
        self._blending: set[str] = set()  # keys of forms in which something is multiplied
        self._layers: Layers | None = None  # once there is an embedded page
        self._lab: Ref | None = None
        self._page_refs = array("L")  # by number - 1; 0: not in this document
        self._awaited: dict[
            int, list[tuple[Ref, LinkArea, int | None]]
        ] = {}  # links to pages that have not come yet

    def add(self, packet: PagePacket) -> None:
        """Write the next page."""
        self._findings.extend(packet.findings)
        with self._findings.on_page(packet.number, packet.place.offset):
            self._write_page(packet)

    def begin_file(self, name: str) -> None:
        """What follows is of another print file, which has a bookmark with its own below."""
        self._end_links()
        self._page_refs = array("L")
        self._file_title, self._file_begins = Path(name).name, True
        self._first, self._several = None, False
        if self._labels is not None:
            self._labels.begin_file()
        if self._structure is not None:
            self._structure.begin_file()
        if self._index is not None:
            self._index.begin_file(name)

    def _write_page(self, packet: PagePacket) -> None:
        self._written += 1
        if self._archive is not None:
            self._archive.begin_page(packet, packet.number if self._file_title is None else self._written)
        for payload in packet.payloads:
            self._take(payload)
        page = self._file.allocate()
        self._page_refs.extend([0] * (packet.number - 1 - len(self._page_refs)))
        self._page_refs.append(page)
        for annotation, link, key in self._awaited.pop(packet.number, ()):
            self._file.write(annotation, self._link(link, key))
        content = packet.content
        self._take_note(content)
        data = self._file.add_stream(_filtered(content), content.data, encoded=content.compressed)
        entries: PdfDict = {
            "Type": Raw(b"/Page"),
            "Parent": self._pages.add(page),
            "MediaBox": [0, 0, packet.width, packet.height],
            "Contents": data,
            "Resources": self._resources_of_page(content),
        }
        if self._blends(content):  # Acrobat would blend in CMYK, and show other colours on these pages
            entries["Group"] = {"S": Raw(b"/Transparency"), "CS": Raw(b"/DeviceRGB")}
        annotations = [self._annotation(link, number) for number, link in enumerate(packet.links)]
        if annotations:
            entries["Annots"] = annotations
        if self._structure is not None:
            links = [annotation for annotation in annotations if isinstance(annotation, Ref)]
            entries |= {
                "StructParents": self._structure.add_page(packet, page, links),
                "Tabs": Raw(b"/S"),
            }
        self._file.write(page, entries)
        self._mark(packet, page)
        if self._index is not None:
            for part in packet.index:
                self._index.add(part)

    def _mark(self, packet: PagePacket, page: Ref) -> None:
        """Bookmarks and label of a page. Documents have bookmarks where there are several: the first gets
        its own when the second comes."""
        place = packet.place
        if self._labels is not None:
            self._labels.add(place)
        groups = packet.groups
        top = 0 if self._file_title is None else 1
        if self._file_begins and self._file_title is not None:
            self._outline.add(self._file_title, 0, _top_of(page))
            self._file_begins = False
        if self._first is None:
            groups = groups or place.groups  # that began before, in another part of the file
            self._first, self._document = (place, page), place.document
        if place.document != self._document:
            if not self._several:
                first, first_page = self._first
                self._outline.wrap(top, first.document_title, _top_of(first_page))
            self._several, self._document = True, place.document
            self._outline.add(place.document_title, top, _top_of(page))
        top += self._several
        for group in groups:
            self._outline.add(group.title, top + group.level, _top_of(page))
        if title := tags_title(packet.attributes):
            self._outline.add(title, top + len(place.groups), _top_of(page))

    def finish(self) -> int:
        """Write what is left; the size of the file in bytes."""
        self._end_links()
        self._fonts.finish()
        structure = self._structure.finish() if self._structure is not None else None
        identification = ""
        if self._archive is not None:
            if self._structure is not None:
                self._archive.check_array(self._structure.longest)
            self._archive.refuse()
            identification = self._archive.archive.identification
        catalog: PdfDict = {"Type": Raw(b"/Catalog"), "Pages": self._pages.finish()}
        outline = self._outline.finish()
        if outline is not None:
            catalog |= {"Outlines": outline, "PageMode": Raw(b"/UseOutlines")}
        if self._labels is not None and (labels := self._labels.tree(self._file)) is not None:
            catalog["PageLabels"] = self._file.add(labels)
        if self._attached is not None:
            attached = self._attached.finish(self._file)
            catalog["AF"] = [attached]
            catalog["Names"] = {"EmbeddedFiles": {"Names": [NAME, attached]}}
        if self._layers is not None and (layers := self._layers.properties()) is not None:
            catalog["OCProperties"] = layers
        title = self._title or self._document_name() or self._name
        if self._language is not None:
            catalog["Lang"] = self._language
        if structure is not None:
            catalog |= {"StructTreeRoot": structure, "MarkInfo": {"Marked": True}}
        if title:
            catalog["ViewerPreferences"] = {"DisplayDocTitle": True}
        catalog["Metadata"] = self._file.add_stream(
            {"Type": Raw(b"/Metadata"), "Subtype": Raw(b"/XML")},
            xmp_packet(title, identification),
            encoded=self._archive is not None,  # to be found by who knows no filters
        )
        if self._archive is not None:
            catalog["OutputIntents"] = self._archive.output_intents()
        info = self._file.add(information(title))
        return self._file.finish(self._file.add(catalog), info)

    def _document_name(self) -> str:
        """The name of the first document; '' where there are several print files."""
        if self._first is None or self._file_title is not None:
            return ""
        return self._first[0].document_name.strip()

    def _end_links(self) -> None:
        """Write the links whose pages have not come, and will not."""
        for number, links in sorted(self._awaited.items()):
            for annotation, link, key in links:
                self._file.write(annotation, self._link(link, key))
            self._findings.add(
                "link-target-missing",
                Severity.SKIPPED,
                f"a link leads to page {number}, which is not in this document",
            )
        self._awaited.clear()

    # Resources

    def _take(self, payload: Payload) -> None:
        """Store a payload, unless another maker's packet brought it before."""
        match payload:
            case FacePayload():
                self._fonts.add_face(payload.face)
            case ProgramPayload():
                self._fonts.add_program(payload.program)
            case ImagePayload():
                if (ImagePayload, payload.key) not in self._objects:
                    self._objects[ImagePayload, payload.key] = self._write_image(payload)
            case FormPayload():
                if (FormPayload, payload.key) not in self._objects:
                    self._objects[FormPayload, payload.key] = self._write_form(payload)
            case PatternPayload():
                if (PatternPayload, payload.key) not in self._objects:
                    self._objects[PatternPayload, payload.key] = self._write_pattern(payload)
            case PdfPayload():
                if (FormPayload, payload.key) not in self._objects:
                    # pikepdf is slow to import
                    from afpcluster.outputs.pdf.embedded import import_page
                    from afpcluster.outputs.pdf.layers import Layers

                    self._layers = self._layers or Layers()
                    form = import_page(self._file, payload, self._findings, self._layers, self._archive)
                    self._objects[FormPayload, payload.key] = form

    def _write_image(self, image: ImagePayload) -> Ref:
        entries = image.entries
        if image.mask is not None:
            entries = {**entries, "Mask": self._write_image(image.mask)}
        return self._file.add_stream(entries, image.data, encoded=True)

    def _write_form(self, form: FormPayload) -> Ref:
        entries: PdfDict = {
            "Type": Raw(b"/XObject"),
            "Subtype": Raw(b"/Form"),
            "BBox": form.box,
            "Resources": self._resources(form.content),
            **_filtered(form.content),
        }
        self._take_note(form.content)
        if form.as_whole:  # section 11.6.6; isolated, so that nothing beneath counts twice
            entries["Group"] = {"S": Raw(b"/Transparency"), "I": True}
        if self._blends(form.content):
            self._blending.add(form.key)
        return self._file.add_stream(entries, form.content.data, encoded=True)

    def _blends(self, content: Content) -> bool:
        """Whether something in a stream, or in the forms it names, is multiplied."""
        return content.multiplies or not self._blending.isdisjoint(content.forms)

    def _write_pattern(self, pattern: PatternPayload) -> Ref:
        """Section 8.7.3: a coloured tiling pattern."""
        self._take_note(pattern.content)
        entries: PdfDict = {
            "Type": Raw(b"/Pattern"),
            "PatternType": 1,
            "PaintType": 1,
            "TilingType": 1,
            "BBox": [0, 0, pattern.width, pattern.height],
            "XStep": pattern.width,
            "YStep": pattern.height,
            "Matrix": Raw(b"[%b]" % numbers(pattern.matrix, 7).encode()),
            "Resources": self._resources(pattern.content),
            **_filtered(pattern.content),
        }
        return self._file.add_stream(entries, pattern.content.data, encoded=True)

    def _take_note(self, content: Content) -> None:
        """Let the archive see a content stream, and tell of characters that it names and does not show."""
        if self._archive is not None:
            self._archive.check_content(content)
        for lost in content.lost:
            self._findings.add("glyph-missing", Severity.SKIPPED, lost.message, count=lost.times)

    def _resources_of_page(self, content: Content) -> Ref:
        """The resource dictionary of a page as an object: pages that need the same share one."""
        key = (
            tuple([self._fonts.use(font) for font in content.fonts]),
            content.images,
            content.forms,
            content.patterns,
            (content.uses_lab, content.uses_cmyk, content.multiplies),
        )
        ref = self._page_resources.get(key)
        if ref is None:
            if len(self._page_resources) >= _MOST_RESOURCES:
                self._page_resources.clear()
            ref = self._page_resources[key] = self._file.add(self._resources(content))
        return ref

    def _resources(self, content: Content) -> PdfDict:
        """The resource dictionary of a content stream (section 7.8.3)."""
        resources: PdfDict = {}
        spaces: dict[str, Value] = {}
        if self._archive is not None and content.uses_cmyk:
            spaces["DefaultCMYK"] = self._archive.default_cmyk()
        if content.fonts:
            resources["Font"] = {
                f"F{number}": self._fonts.use(font) for number, font in enumerate(content.fonts, 1)
            }
        x_objects: dict[str, Value] = {}
        for number, key in enumerate(content.images, 1):
            x_objects[f"I{number}"] = self._objects[ImagePayload, key]
        for number, key in enumerate(content.forms, 1):
            x_objects[f"X{number}"] = self._objects[FormPayload, key]
        if x_objects:
            resources["XObject"] = x_objects
        if content.patterns:
            resources["Pattern"] = {
                f"P{number}": self._objects[PatternPayload, key]
                for number, key in enumerate(content.patterns, 1)
            }
        if content.uses_lab:
            self._lab = self._lab or self._file.add(LAB_SPACE)
            spaces[LAB_NAME] = self._lab
        if spaces:
            resources["ColorSpace"] = spaces
        if content.multiplies:
            resources["ExtGState"] = {MULTIPLY_NAME: {"BM": Raw(b"/Multiply")}}
        return resources

    # Links

    def _annotation(self, link: LinkArea, number: int) -> Value:
        """The annotation of the `number`th link of a page, or its reference where it is in the structure, or
        written when its target comes."""
        key = self._structure.key_of_link(number) if self._structure is not None else None
        waits = link.page is not None and self._page_ref(link.page) is None
        if key is None and not waits:
            return self._link(link, key)
        annotation = self._file.allocate()
        if waits:
            self._awaited.setdefault(link.page or 0, []).append((annotation, link, key))
        else:
            self._file.write(annotation, self._link(link, key))
        return annotation

    def _link(self, link: LinkArea, key: int | None) -> PdfDict:
        """Section 12.5.6.5. A link to a page that is not in this document leads nowhere. `key` is that of the
        structure's parent tree."""
        entries: PdfDict = {
            "Type": Raw(b"/Annot"),
            "Subtype": Raw(b"/Link"),
            "Rect": link.rectangle,
            "Border": [0, 0, 0],
        }
        if self._archive is not None:
            entries["F"] = _PRINTED
        if key is not None:
            entries["StructParent"] = key
        if link.uri is not None:
            # A URI is ASCII (section 12.6.4.7).
            uri = quote(link.uri, safe="!#$%&'()*+,/:;=?@[]~")
            entries["A"] = {"S": Raw(b"/URI"), "URI": uri}
        elif link.page is not None and (page := self._page_ref(link.page)) is not None:
            entries["Dest"] = _top_of(page)
        return entries

    def _page_ref(self, number: int) -> Ref | None:
        """The page of this number, if it came already."""
        if 1 <= number <= len(self._page_refs) and self._page_refs[number - 1]:
            return Ref(self._page_refs[number - 1])
        return None


# Imported when they are asked for: few documents are archived or tagged.


def _archived_fonts(file: PdfFile, findings: Findings, document: ArchivedDocument) -> ArchivedFonts:
    from afpcluster.outputs.pdf.fonts.archived import ArchivedFonts

    return ArchivedFonts(file, findings, document)


def _structure_tree(file: PdfFile) -> StructureTree:
    from afpcluster.outputs.pdf.tagged.tree import StructureTree

    return StructureTree(file)


def _top_of(page: Ref) -> Value:
    """The destination that shows a page from its top, as large as it is shown now (section 12.3.2)."""
    return [page, Raw(b"/XYZ"), None, None, None]


def _filtered(content: Content) -> PdfDict:
    return {"Filter": Raw(b"/FlateDecode")} if content.compressed else {}
