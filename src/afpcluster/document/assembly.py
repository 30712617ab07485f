"""Print file -> pages, one at a time: documents, page groups, medium maps in force, resource scopes.

A cheap scan looks at record headers only; contents are read when a page is interpreted. A page that is
cut off by the end of the file or by the next Begin Page ends there, with a finding. Resources before the
first document serve every document. Resources before a later document (files joined end to end) serve the
documents that follow. Resources inside a document or page serve only that one.
MO:DCA Chapter 4 "MO:DCA Objects" (Print File, Document, Page Group), "Data Stream States".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from afpcluster.afp import code_pages
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES, LINE_DATA_FIELDS, mnemonic
from afpcluster.afp.framing import RecordFile
from afpcluster.afp.modca import InvokeMediumMap
from afpcluster.afp.names import decode_name
from afpcluster.afp.transfer import COMPOSE
from afpcluster.afp.triplet_lengths import report_triplets
from afpcluster.display.place import GroupStart, Place
from afpcluster.document.attributes import (
    begin_name,
    declared_code_page,
    read_tag,
    report_cut_tag,
    report_unknown_code_pages,
)
from afpcluster.document.end_names import report_other_name
from afpcluster.document.out_of_place import report_between
from afpcluster.document.resources import (
    TYPE_OF_BEGIN,
    Resource,
    ResourceScope,
    Stretch,
    begins_resource,
    report_not_ended,
    scan_resources,
)
from afpcluster.document.saved_pages import SavedPages
from afpcluster.document.units import MapInvoked, PageUnit
from afpcluster.findings import (
    Findings,
    NotAfpError,
    Reporter,
    Severity,
    TruncatedError,
)
from afpcluster.light import dataclass

_BPG, _EPG = CODES["BPG"], CODES["EPG"]
_BDT, _EDT = CODES["BDT"], CODES["EDT"]
_BNG, _ENG = CODES["BNG"], CODES["ENG"]
_BRG, _ERG, _BRS, _BDI = CODES["BRG"], CODES["ERG"], CODES["BRS"], CODES["BDI"]
_BMM, _IMM, _TLE, _NOP = CODES["BMM"], CODES["IMM"], CODES["TLE"], CODES["NOP"]
_IPG, _LLE, _IEL = CODES["IPG"], CODES["LLE"], CODES["IEL"]
_PAGE_CONTENT = {CODES[name] for name in ("BPT", "BGR", "BIM", "BBC")}  # BOC may be metadata
_LAYS_OUT_LINES = LINE_DATA_FIELDS.keys() - {0xD3ABCA}  # IDM does not: it names what does
_BEHIND = (_NOP, _TLE, _ENG, _EDT)  # what may stand behind a page and belong to what is in front of it
_MAX_ATTRIBUTES = 1000  # of one group; further ones are left to the index of the file itself
_MAX_TLE_BYTES = 32_768
_MAX_BETWEEN = 1000  # fields kept of those between two pages
_SMALL_WINDOW = 1 << 17  # there may be a resource group in every page


@dataclass(slots=True)
class _OpenGroup:
    name: str
    level: int
    number: int
    code_page: int
    fields: list[bytes]  # data of the Begin field and of its tags
    offset: int
    attributes: list[tuple[str, str]] = field(default_factory=list)
    code_pages: list[int] = field(default_factory=list)  # of the attributes
    start: GroupStart | None = None  # once its first page has come


class Assembler:
    """Walks a print file once. `pages_seen`, `document_name` and `outer_scope` can be read while it walks.
    What is wrong inside of resources goes to `used`, by whoever uses them."""

    def __init__(
        self,
        file: RecordFile,
        findings: Findings,
        outside: ResourceScope | None = None,
        *,
        accept_truncated: bool = False,
        used: Findings | None = None,
    ) -> None:
        self._used = findings if used is None else used
        self._accept_truncated = accept_truncated
        self._file = file
        self._findings = findings
        self.outer_scope = ResourceScope(outside)
        self._file_scope = self.outer_scope  # of the documents to come
        self._in_front = True  # of the first document that it serves
        self._scope = self._file_scope
        self._page_scope: ResourceScope | None = None  # of the open page, if it has resources of its own
        self._stretch: Stretch | None = None  # open between pages
        self._groups: list[_OpenGroup] = []
        self._medium_map = ""
        self._map_offset: int | None = None
        self._internal_map: Resource | None = None  # in force
        self._internal_candidate: Resource | None = None  # just read, until something else follows
        self._map_page = 0
        self._end = file.size  # of whole records
        self.pages_seen = 0
        self.documents_seen = 0
        self.document_name = ""
        self._document_began = self._group_began = b""
        self._pages_of_document = 0
        self._between: list[tuple[int, bytes]] = []
        self._held: PageUnit | None = None  # a page until it is known what stands behind it
        self._map_field = b""
        self._joined, self._joined_start = 1, 0
        self._document_code_page = code_pages.DEFAULT
        self._groups_seen = 0
        self._bare_resources: set[str] = set()
        self._index_only = self._page_definition = False  # seen, where there is no page
        self._saved = SavedPages()
        self._page_start: int | None = None
        self._document_start: int | None = None

    def pages(self) -> Iterator[PageUnit]:
        """The pages in order. Raises NotAfpError where there is none, TruncatedError at a cut-off."""
        return (event for event in self.events() if isinstance(event, PageUnit))

    def events(self) -> Iterator[PageUnit | MapInvoked]:
        """The pages, and between them the invocations of medium maps. Raises as `pages` does."""
        try:
            yield from self._walk()
        except TruncatedError as error:
            if not self._accept_truncated:
                raise
            self._end = self._file.cut_at
            self._at(self._end)("input-truncated", error.message, severity=Severity.ERROR)
        if self._held is not None:
            self._belongs_to_held()
            yield self._release(self._held)
        if self._page_start is not None or self._document_start is not None:
            yield from self._cut_off()
        if self.pages_seen == 0:
            raise self._no_pages()

    def _cut_off(self) -> Iterator[PageUnit]:
        """The file ends inside a page or document: part of it is lost."""
        start = self._page_start if self._page_start is not None else self._document_start
        what = "page" if self._page_start is not None else "document"
        begin = self._file.origin(start) if start is not None else 0
        message = (
            f"The file ends inside the {what} that begins at byte {begin} (page {self.pages_seen} is the "
            "last whole one). The file is cut off: transfer it again, in binary."
        )
        if not self._accept_truncated:
            raise TruncatedError("input-truncated", message, offset=self._file.size)
        self._at(start)("input-truncated", message, severity=Severity.ERROR)
        if self._page_start is not None:
            yield self._page(self._page_start, self._end)

    def _walk(self) -> Iterator[PageUnit | MapInvoked]:
        for type_, offset, end, window, at in self._file.scan(report=True):
            if self._page_start is not None:
                if type_ == _EPG:
                    self._held = self._page(self._page_start, end)
                    continue
                if type_ == _BRG:
                    self._page_resources(end)
                if type_ not in (_BPG, _BDT, _EDT):
                    continue
                self._at(offset)("page-not-ended", "A page has no End Page", severity=Severity.INFO)
                self._held = self._page(self._page_start, offset)
            if self._held is not None and type_ not in _BEHIND:
                yield self._release(self._held)
            if type_ in _LAYS_OUT_LINES:
                self._page_definition = True
            elif type_ in (_BDI, _IEL):
                self._index_only = True
            if self._stretch is not None:
                if type_ == self._stretch.closing:
                    data = self._file.data(offset, end, window, at)
                    self._stretch.ends_as(data, self._file.origin(offset), self._findings)
                if self._inside(self._stretch, type_, offset, end):
                    continue
            if type_ == _BPG:
                self._page_start = offset
                self._internal_candidate = None
            elif type_ in (_BMM, _BDI) or begins_resource(type_):
                self._stretch = Stretch(type_, offset, self._file.data(offset, end, window, at))
            elif type_ == _IPG:
                self._saved_page(self._file.data(offset, end, window, at, self._findings), offset)
            else:
                data = self._file.data(offset, end, window, at, self._findings)
                if type_ in (_TLE, _BNG, _IMM):
                    yield from self._between_pages(type_, data[:_MAX_TLE_BYTES], offset)
                else:
                    self._boundary(type_, data, offset, end)

    def _release(self, page: PageUnit) -> PageUnit:
        """A page that nothing more belongs to."""
        self._held = None
        return page

    def _belongs_to_held(self, group_end: int | None = None) -> None:
        """What stood behind the page that is held is of it, since its group ends here, or its document."""
        if self._held is not None:
            self._held.behind += tuple(self._between)
            self._between.clear()
            if group_end is not None:
                self._held.group_ends += (group_end,)

    def _inside(self, stretch: Stretch, type_: int, offset: int, end: int) -> bool:
        """Whether a record belongs to the resource, medium map or index that is open; that is closed by its
        End or by what cannot be inside."""
        ended = type_ == stretch.closing
        if not ended and stretch.take(type_):
            return True
        if not ended:
            report_not_ended(stretch, self._file, self._findings)
        self._stretch = None
        if stretch.begin != _BDI:
            resource = stretch.resource(self._file, end if ended else offset, self._used)
            if stretch.begin == _BMM:
                self._internal_candidate = resource
            else:
                self._collecting_scope(stretch.offset).add(resource)
                if stretch.is_colour_table:
                    self._at(stretch.offset)(
                        "colour-table-not-applied",
                        "A Color Mapping Table is there, for print requests that name it; colours are shown "
                        "as the document has them",
                        severity=Severity.INFO,
                    )
                if stretch.begin != _BRS:
                    self._bare_resources.add(mnemonic(stretch.begin))
                if stretch.begin in _PAGE_CONTENT and self._document_start is not None:
                    message = f"{mnemonic(stretch.begin)} stands outside pages and is shown on none"
                    self._at(stretch.offset)("object-outside-page", message)
        return ended

    def _ends(self, begin: int, began: bytes, ended: bytes, offset: int) -> None:
        report_other_name(begin, began, ended, self._file.origin(offset), self._findings)

    def _boundary(self, type_: int, data: bytes, offset: int, end: int) -> None:
        if type_ == _LLE:
            message = "A link between pages (LLE) is not applied; links inside pages are"
            self._at(offset)("field-not-applied", message)
        elif type_ == _NOP:
            self._keep(type_, data)
        elif type_ == _EPG:
            message = "A page ends here that was not begun; what it shows is lost"
            self._at(offset)("page-not-begun", message, severity=Severity.ERROR)
        elif type_ == _ENG:
            if self._groups:
                self._belongs_to_held(end)
                self._ends(_BNG, self._groups.pop().fields[0], data, offset)
        elif type_ == _BRG:
            self._group_began = data
            self._collecting_scope(offset)
        elif type_ == _ERG:
            self._ends(_BRG, self._group_began, data, offset)
            if self._document_start is None and self._file_scope.is_empty:
                self._in_front = False  # an empty group stands for a print file without resources
        elif type_ == _BDT:
            self._begin_document(offset)
            self._declare_document(data, offset)
        elif type_ == _EDT:
            if self._document_start is not None:
                self._ends(_BDT, self._document_began, data, offset)
            self._belongs_to_held()
            self._document_start = None
            self._scope = self._file_scope
            self._groups.clear()
        else:
            report_between(type_, self._at(offset))

    def _page(self, start: int, end: int) -> PageUnit:
        self.pages_seen += 1
        self._page_start = None
        self._in_front = False
        self._pages_of_document += 1
        starts, around = [], []
        for group in self._groups:
            if group.start is None:
                group.start = GroupStart(
                    group.name,
                    group.level,
                    tuple(group.attributes),
                    group.number,
                    tuple(group.code_pages),
                    group.offset,
                )
                starts.append(group.start)
            around.append(group.start)
        unit = PageUnit(
            self.pages_seen,
            start,
            end,
            self._page_scope or self._scope,
            self._medium_map,
            self._map_page,
            tuple(starts),
            self._internal_map,
            self._map_offset,
            Place(
                self.documents_seen,
                self.document_name,
                self._pages_of_document,
                tuple(around),
                self._file.origin(start),
            ),
            self._code_page(),
            tuple(self._between),
            self._document_start or 0,
            self._map_field,
            tuple([group.fields for group in self._groups]),
            self._joined,
            self._joined_start,
            file=self._file,
        )
        self._between.clear()
        self._page_scope = None
        self._map_page += 1
        return unit

    def _saved_page(self, include: bytes, offset: int) -> None:
        """Hold a page of a document among the resources, where an Include Page stands for it."""
        try:
            page = self._saved.find(self._scope, include)
        except DecodeError as error:
            self._at(offset)("field-short", f"IPG: {error}")
            return
        self._internal_candidate = None
        if page is not None and page.file is self._file:
            self._held = self._page(page.start, page.end)
            return
        message = (
            f"Include Page (IPG): page {decode_name(include[:8])} is in no document of the file's resource "
            "group"
        )
        instead = "it is not shown; convert the document that has it"
        self._at(offset).missing("page-include-skipped", message, instead, severity=Severity.ERROR)

    def _begin_document(self, offset: int) -> None:
        self._document_start = offset
        self.documents_seen += 1
        self._pages_of_document = 0
        self._in_front = False
        self._scope = self._file_scope
        self._groups.clear()
        self._medium_map, self._internal_map, self._map_page = "", None, 0
        self._map_offset, self._map_field = None, b""

    def _between_pages(self, type_: int, data: bytes, offset: int) -> Iterator[MapInvoked]:
        internal, self._internal_candidate = self._internal_candidate, None
        if type_ == _IMM:
            report_triplets(type_, data, self._file.origin(offset), self._findings)
            if len(data) >= 8:
                name = decode_name(InvokeMediumMap.decode(data).name)
                self._internal_map = internal if internal is not None and internal.name == name else None
                self._medium_map, self._map_page = name, 0
                self._map_offset, self._map_field = self._file.origin(offset), data
                yield MapInvoked(name, self._internal_map, self._scope, self.documents_seen, offset)
            else:
                self._at(offset)("field-short", f"IMM has no name: X'{data.hex()}'")
        elif type_ == _BNG:
            self._begin_group(data, offset)
        else:
            self._tag(data, offset)

    def _begin_group(self, data: bytes, offset: int) -> None:
        outer = self._code_page()
        self._groups_seen += 1
        name, own = begin_name(data, outer), declared_code_page(data[8:], outer)
        began = self._file.origin(offset)
        self._groups.append(_OpenGroup(name, len(self._groups), self._groups_seen, own, [data], began))
        report_triplets(_BNG, data, self._file.origin(offset), self._findings)
        report_unknown_code_pages(_BNG, data[8:], self._file.origin(offset), self._findings)

    def _tag(self, data: bytes, offset: int) -> None:
        """A Tag Logical Element between pages: of the innermost group, until its first page begins."""
        if not self._groups or self._groups[-1].start is not None:
            message = "A tag (TLE) stands neither in a page nor in front of the pages of its group"
            self._at(offset)("tag-not-applied", message, severity=Severity.INFO)
            self._keep(_TLE, data)
        elif len(self._groups[-1].attributes) < _MAX_ATTRIBUTES:
            outer = self._code_page()
            name, value, code_page = read_tag(data, outer)
            self._groups[-1].attributes.append((name, value))
            self._groups[-1].code_pages.append(code_page)
            self._groups[-1].fields.append(data)
            report_triplets(_TLE, data, self._file.origin(offset), self._findings)
            report_cut_tag(data, self._file.origin(offset), self._findings)
            if code_page != outer:
                report_unknown_code_pages(_TLE, data, self._file.origin(offset), self._findings)

    def _keep(self, type_: int, data: bytes) -> None:
        """Keep a field between pages for the index."""
        if len(self._between) < _MAX_BETWEEN:
            self._between.append((type_, data))

    def _code_page(self) -> int:
        """That of names, where a field declares none itself (triplet X'01')."""
        return self._groups[-1].code_page if self._groups else self._document_code_page

    def _declare_document(self, data: bytes, offset: int) -> None:
        """Name and code page of a document; BDT has two reserved bytes in front of its triplets."""
        self._document_began = data
        self.document_name = begin_name(data[:8] + data[10:])
        self._document_code_page = declared_code_page(data[10:], code_pages.DEFAULT)
        report_unknown_code_pages(_BDT, data[10:], self._file.origin(offset), self._findings)
        report_triplets(_BDT, data, self._file.origin(offset), self._findings)

    def _collecting_scope(self, offset: int) -> ResourceScope:
        """Where resources belong that stand here, outside pages."""
        if self._document_start is not None:
            if self._scope is self._file_scope:
                self._scope = ResourceScope(self._file_scope)
        elif not self._in_front:
            self._scope = self._file_scope = ResourceScope(self.outer_scope, joined=True)
            self._in_front = True
            self._joined, self._joined_start = self._joined + 1, offset
        return self._scope

    def _page_resources(self, start: int) -> None:
        """Take in the resource group of a page (MO:DCA Appendix C "Retired Interchange Set")."""
        self._page_scope = ResourceScope(self._page_scope or self._scope)
        for resource in scan_resources(
            self._file, start, self._findings, used=self._used, window_size=_SMALL_WINDOW
        ):
            self._page_scope.add(resource)

    def _no_pages(self) -> NotAfpError:
        held = ", ".join(sorted(self._bare_resources))
        resources = (r for kind in TYPE_OF_BEGIN.values() for r in self.outer_scope.of_kind(kind))
        kinds = sorted({resource.name for resource in resources if resource.file is self._file})
        what = f" It holds resources only ({held or ', '.join(kinds[:5])})." if held or kinds else ""
        next_ = f"{self._file.damage}." if self._file.damage else "Send the print file that uses it."
        if self._page_definition:
            what = " It holds a page definition, which is for line data."
            next_ = f"{COMPOSE[0].upper()}{COMPOSE[1:]}."
        elif self._index_only and not held:
            what = " It is the index of a document, alone."
            next_ = "Send the document that it belongs to."
        return NotAfpError(
            "input-no-pages",
            f"The input is AFP, but has no page (no Begin Page in {self._file.size} bytes).{what} {next_}",
            offset=0,
        )

    def _at(self, position: int | None) -> Reporter:
        """Records findings about what stands at a position in the record file."""
        offset = None if position is None else self._file.origin(position)
        return self._findings.at(offset, spec="MO:DCA Data Stream States")
