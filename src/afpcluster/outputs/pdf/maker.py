"""A page of the display list -> a packet. Pure apart from remembering what was sent already.

Rules: run it in any process, one maker per process, pages in rising order. All packets of all makers, in
page order, make the document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from weakref import WeakKeyDictionary

from afpcluster.display.face import Face, OutlineFace
from afpcluster.display.geometry import Box, Matrix, scaling
from afpcluster.display.items import EmbeddedPdf, Group, ImageData, Item, Page, SharedItems, TilePattern
from afpcluster.findings import Findings
from afpcluster.outputs.index.lines import index_packet
from afpcluster.outputs.pdf.archive import Archive
from afpcluster.outputs.pdf.archived_image import archived_image
from afpcluster.outputs.pdf.content import ContentWriter, place_link
from afpcluster.outputs.pdf.images import encode_image
from afpcluster.outputs.pdf.packet import (
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
from afpcluster.outputs.pdf.resources import StreamResources
from afpcluster.outputs.pdf.unblended import BlendingNeeded, unblended
from afpcluster.outputs.pdf.units import PAGE_UNIT, content_box
from afpcluster.pdf.values import number, numbers

_BLENDING = "colours are multiplied with what is beneath, and PDF/A-1 has no transparency"
_EVERYTHING = Box(-14_400, -14_400, 28_800, 28_800)  # points: as large as pages get (Annex C)


class Form(NamedTuple):
    """What a form is known by, and the links among its items. Its key comes from its finished content."""

    key: str
    links: Sequence[LinkArea]


class MadeForm(NamedTuple):
    """A form that is made once, with all that a document without anything must be brought to hold it: its own
    payload is the last."""

    form: Form
    payloads: Sequence[Payload]


def _tagging() -> Callable[[StreamResources, Matrix, Sequence[Item]], ContentWriter]:
    """What begins the content of a tagged page; it loads slowly, and most PDFs are not tagged."""
    from afpcluster.outputs.pdf.tagged.content import TaggedContentWriter
    from afpcluster.outputs.pdf.tagged.phrases import PhraseReader
    from afpcluster.outputs.pdf.tagged.plan import plan_of

    reader = PhraseReader()
    return lambda resources, flip, items: TaggedContentWriter(resources, flip, plan_of(items, reader))


class PacketMaker:
    """Makes packets; `compress`, `archive` and `tagged` must agree with the document writer's options."""

    def __init__(
        self, *, compress: bool = True, archive: Archive | None = None, tagged: bool = False
    ) -> None:
        self._compress = compress
        self._tagging = _tagging() if tagged else None
        self._archive = archive
        self._sent: set[tuple[type, str]] = set()
        self._sending: list[tuple[type, str]] = []  # what the packet being made is the first to bring
        self._forms: WeakKeyDictionary[SharedItems, MadeForm] = WeakKeyDictionary()
        self._images: WeakKeyDictionary[ImageData, ImagePayload] = WeakKeyDictionary()
        self._cells: WeakKeyDictionary[SharedItems, str] = WeakKeyDictionary()  # identities of pattern cells
        self._payloads: list[Payload] = []
        self._findings = Findings()

    def restart(self) -> None:
        """What follows is of another document, to which nothing was sent."""
        self._sent.clear()

    def packet(self, page: Page) -> PagePacket:
        """The page as it goes to the document writer. After a fault nothing counts as sent that the lost
        packet would have brought, so that later pages bring it."""
        self._sending = []
        try:
            return self._make(page)
        except BaseException:
            self._sent.difference_update(self._sending)
            raise

    def _make(self, page: Page) -> PagePacket:
        self._payloads = []
        self._findings = Findings()
        items, objections = self._admissible(page.items)
        flip = Matrix(1, 0, 0, -1, 0, page.height)
        resources = StreamResources(self)
        writer: ContentWriter
        if self._tagging is not None:
            writer = self._tagging(resources, flip, items)
        else:
            writer = ContentWriter(resources, flip, known_state=True)
        scale = number(1 / PAGE_UNIT)
        writer.out.append(f"{scale} 0 0 -{scale} 0 {number(page.height)} cm".encode())
        with self._findings.on_page(page.number, page.place.offset):
            writer.items(items)
        return PagePacket(
            page.number,
            page.width,
            page.height,
            resources.content(writer.data(), compress=self._compress, nesting=writer.nesting),
            tuple([place_link(link, flip) for link in writer.links]),
            page.groups,
            page.attributes,
            page.place,
            tuple([index_packet(facts) for facts in page.facts]),
            self._payloads,
            tuple(self._findings),
            objections,
            writer.elements,
        )

    def _admissible(self, items: Sequence[Item]) -> tuple[Sequence[Item], tuple[str, ...]]:
        """The items of a page as the archive takes them, and why it does not."""
        if self._archive is None or not self._archive.is_first:
            return items, ()
        try:
            return unblended(items), ()
        except BlendingNeeded:
            return items, (_BLENDING,)

    # What is sent once (the Courier of `resources`)

    def _first_time(self, kind: type, key: str) -> bool:
        if (kind, key) in self._sent:
            return False
        self._sent.add((kind, key))
        self._sending.append((kind, key))
        return True

    def send_face(self, face: Face) -> None:
        if not self._first_time(FacePayload, face.key):
            return
        if isinstance(face, OutlineFace) and self._first_time(ProgramPayload, face.program.key):
            self._payloads.append(ProgramPayload(face.program.key, face.program))
        self._payloads.append(_face_payload(face))

    def send_image(self, image: ImageData, origin: int | None) -> None:
        if self._first_time(ImagePayload, image.key):
            payload = self._images.get(image)
            if payload is None:
                payload = self._images[image] = self._image(image, origin)
            self._payloads.append(payload)

    def _image(self, image: ImageData, origin: int | None) -> ImagePayload:
        with self._findings.kept():  # another maker meets it, too
            if self._archive is not None:
                image = archived_image(image, self._archive)
            return encode_image(image, compress=self._compress, report=self._findings.at(origin))

    def send_form(self, shared: SharedItems) -> Form:
        made = self._forms.get(shared)
        if made is None:
            made = self._forms[shared] = self._made_form(shared)
        if (FormPayload, made.form.key) not in self._sent:
            for payload in made.payloads:
                if self._first_time(type(payload), payload.key):
                    self._payloads.append(payload)
        return made.form

    def _made_form(self, shared: SharedItems) -> MadeForm:
        """The form, made as if nothing were sent yet."""
        outer = self._sent, self._sending, self._payloads
        self._sent, self._sending, self._payloads = set(), [], []
        try:
            form = self._form(shared.items, as_whole=False)
            return MadeForm(form, self._payloads)
        finally:
            self._sent, self._sending, self._payloads = outer

    def send_group(self, group: Group) -> Form:
        return self._form([group], as_whole=True)

    def _form(self, items: Sequence[Item], *, as_whole: bool) -> Form:
        """A form of these items, as a transparency group or plain; the page alone bounds it."""
        content, links = self._content(items)
        key = f"{'group' if as_whole else 'form'} {_identity(content)}"
        if self._first_time(FormPayload, key):
            self._payloads.append(FormPayload(key, content, content_box(_EVERYTHING), as_whole=as_whole))
        return Form(key, links)

    def _content(self, items: Sequence[Item]) -> tuple[Content, Sequence[LinkArea]]:
        """The content stream of a form or pattern, and the links in it."""
        resources = StreamResources(self)
        writer = ContentWriter(resources, scaling(PAGE_UNIT, PAGE_UNIT), known_state=False)
        writer.items(items)
        content = resources.content(writer.data(), compress=self._compress, nesting=writer.nesting)
        return content, writer.links

    def send_pattern(self, pattern: TilePattern, matrix: Matrix) -> str:
        placed = scaling(1 / PAGE_UNIT, 1 / PAGE_UNIT).then(matrix)
        width, height = pattern.width * PAGE_UNIT, pattern.height * PAGE_UNIT
        geometry = numbers((width, height, *placed), 7)
        key = f"{self._cells.get(pattern.cell)} {geometry}"
        if (PatternPayload, key) not in self._sent:
            content, _ = self._content(pattern.cell.items)
            self._cells[pattern.cell] = _identity(content)
            key = f"{self._cells[pattern.cell]} {geometry}"
            if self._first_time(PatternPayload, key):
                self._payloads.append(PatternPayload(key, content, width, height, placed))
        return key

    def send_pdf(self, key: str, item: EmbeddedPdf, origin: int | None) -> None:
        if self._first_time(PdfPayload, key):
            self._payloads.append(PdfPayload(key, item.data, item.page, origin))


@lru_cache(maxsize=32)
def _face_payload(face: Face) -> FacePayload:
    if isinstance(face, OutlineFace):
        face = replace(face, program=replace(face.program, data=b""))
    return FacePayload(face.key, face)


def _identity(content: Content) -> str:
    """Equal for contents that draw the same: the names in a content are keys, which say what is drawn."""
    return sha256(repr(content).encode()).hexdigest()
