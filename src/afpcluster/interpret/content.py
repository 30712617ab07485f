"""What stands on a page or overlay, in order: its objects and what it includes.

Overlays and page segments are interpreted once and shared. A fault in one object is a finding, the rest
goes on. MO:DCA "Overlay Objects", "Page Segment Objects", "Include Object (IOB)".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from afpcluster.afp import modca
from afpcluster.afp import triplets as t
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.afp.modca import degrees
from afpcluster.afp.names import decode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.display.geometry import IDENTITY, Matrix, translation, turned_at
from afpcluster.display.items import Item, Rectangle, Shared, SharedItems
from afpcluster.display.walk import weight
from afpcluster.document.attributes import read_attribute, report_cut_tag, report_unknown_code_pages
from afpcluster.document.objects import ObjectNode
from afpcluster.document.page_names import PageNames
from afpcluster.document.resources import OVERLAY, PAGE_SEGMENT, Resource
from afpcluster.document.saved_pages import SavedPages
from afpcluster.findings import Findings, Severity
from afpcluster.interpret.cache import Dependency, dependency
from afpcluster.interpret.context import Budget, report_too_much
from afpcluster.interpret.environment import Environment
from afpcluster.interpret.frame import Frame, Segment
from afpcluster.interpret.includes import ResourceLookup
from afpcluster.interpret.line_data_axes import directions, line_data_axes
from afpcluster.interpret.links import read_links
from afpcluster.interpret.mandatory import report_page_descriptor
from afpcluster.interpret.misplaced import report_objects_in_group
from afpcluster.interpret.mixing import Mixing
from afpcluster.interpret.objects import DRAWN, ObjectInterpreter
from afpcluster.interpret.off_page import OffPage
from afpcluster.interpret.unapplied import report_field, report_unapplied
from afpcluster.recent import Recent

_BPT, _BII = CODES["BPT"], CODES["BII"]
_READ_ELSEWHERE = {CODES[name] for name in ("BOG", "BRG")}
_INCLUDES = tuple(CODES[name] for name in ("IPO", "IPS", "IOB"))
_BPG, _BMO, _BPS = CODES["BPG"], CODES["BMO"], CODES["BPS"]
_TLE, _LLE = CODES["TLE"], CODES["LLE"]
_QUIET = {
    CODES[name] for name in ("NOP", "PGD", "TLE", "MCF", "MCF1", "MPO", "MPS", "MDR", "OBD", "OBP", "PTD")
}
_MAX_INCLUDE_DEPTH = 8
_HEAVIEST = 256 << 20  # bytes of overlays and page segments that are kept
_METADATA = 0x50  # object class of triplet X'10'
_OF_PAGE = 1  # reference coordinate system of an include


class _Interpreted(NamedTuple):
    """An overlay or page segment, and how an overlay is merged onto its page."""

    shared: SharedItems
    mixing: Mixing


class ContentInterpreter:
    """Interprets content into frames; keeps overlays and page segments that pages share."""

    def __init__(
        self,
        findings: Findings,
        lookup: ResourceLookup,
        objects: ObjectInterpreter,
        page_names: PageNames | None,
        budget: Budget,
    ) -> None:
        self._findings = findings
        self._budget = budget
        self._lookup = lookup
        self._objects = objects
        self._page_names = page_names
        self._saved = SavedPages()
        self._off_page = OffPage(findings)
        self._shared: Recent[_Interpreted] = Recent(512, lambda one: weight(one.shared.items), _HEAVIEST)
        self._including: set[str] = set()  # keys of resources that are being interpreted

    def interpret(self, content: Iterable[Record | ObjectNode], frame: Frame) -> None:
        """Add the items of `content` to the frame. Raises MissingResourceError only when `strict`."""
        for item in content:
            before = len(frame.items)
            begin = item.begin if isinstance(item, ObjectNode) else item
            try:
                if isinstance(item, ObjectNode):
                    self._object(item, frame)
                else:
                    self._record(item, frame)
            except DecodeError as error:
                self._findings.at(begin)("field-short", f"{mnemonic(begin.type)}: {error}")
            if frame.page_name is not None and len(frame.items) > before:
                self._look(frame, before, begin)

    def _look(self, frame: Frame, before: int, begin: Record) -> None:
        """Tell what lies off the page of that which `begin` has brought onto it."""
        size = frame.environment.width, frame.environment.height
        self._off_page.look(frame.items[before:], size, begin)

    def _object(self, node: ObjectNode, frame: Frame) -> None:
        type_ = node.type
        if type_ == _BPT:
            self._objects.text(node, frame, frame.override)
        elif type_ == _BII:
            self._objects.im_image(node, frame)
        elif type_ in DRAWN:
            if not _is_metadata(node):
                self._objects.data_object(node, frame, frame.override)
        elif type_ == CODES["BAG"]:  # old producers include there
            self.interpret(node.all(*_INCLUDES), frame)
            report_objects_in_group(node, self._findings)
        elif type_ not in _READ_ELSEWHERE:
            self._findings.at(node.begin)(
                "object-unexpected", f"{mnemonic(type_)} has no place on a page and was skipped"
            )

    def _record(self, record: Record, frame: Frame) -> None:
        type_ = record.type
        if type_ == CODES["IPO"]:
            self._include_overlay(record, frame)
        elif type_ == CODES["IPS"]:
            self._include_segment(record, frame)
        elif type_ == CODES["IOB"]:
            self._include_object(record, frame)
        elif type_ == _TLE:
            frame.attributes.append(read_attribute(record.data, frame.code_page))
            report_cut_tag(record.data, record.offset, self._findings)
            report_unknown_code_pages(type_, record.data, record.offset, self._findings)
        elif type_ == _LLE and frame.page_name is not None:
            frame.items += read_links(
                record,
                frame.page_name,
                frame.document,
                frame.environment,
                self._page_names,
                self._findings,
                code_page=frame.code_page,
            )
        elif type_ == CODES["IPG"]:
            self._include_page(record, frame)
        elif type_ not in _QUIET:
            report_field(record, self._findings)

    def _include_overlay(self, record: Record, frame: Frame) -> None:
        include = modca.IncludePageOverlay.decode(record.data)
        name = t.qualified_name(include.triplets, FqnType.REPLACE_FIRST_GID) or decode_name(include.name)
        report_unapplied(include.triplets, record, self._findings)
        environment = frame.environment
        x, y = self._origin(include, record)
        turn = degrees(include.orientation)
        if turn % 90:
            self._findings.at(record, spec="MO:DCA Include Page Overlay (IPO)")(
                "orientation-bad",
                f"An overlay is to be turned by {turn:g} degrees, which is no quarter turn; it is turned so",
                severity=Severity.INFO,
            )
        matrix = turned_at(turn, x * environment.x_unit, y * environment.y_unit)
        self.overlay(name, matrix, frame, record)

    def _origin(
        self, include: modca.IncludePageOverlay | modca.IncludePageSegment, record: Record
    ) -> tuple[int, int]:
        """Offsets of an include in L-units of the page. The retired value that
        means "the current print position" counts as 0."""
        x, y = include.x_origin, include.y_origin
        if modca.USE_OBJECT_OFFSET in (x, y):
            self._findings.at(record)(
                "include-position-retired",
                "An offset of X'FFFFFF' means the current print position of line data; 0 is used",
                severity=Severity.SUBSTITUTED,
            )
        return 0 if x == modca.USE_OBJECT_OFFSET else x, 0 if y == modca.USE_OBJECT_OFFSET else y

    def overlay(self, name: str, matrix: Matrix, frame: Frame, record: Record | None) -> None:
        """Add one use of an overlay. `record` is what asks for it, if a structured field of the page does."""
        resource = frame.scope.find(OVERLAY, name)
        if resource is None:
            self._missing("overlay", name, record)
            return
        found = self._shared_items(resource, frame, _BMO, record)
        if found is not None and self._may_use(found, resource, record):
            found.mixing.merge(Shared(found.shared, matrix), frame.items)

    def _include_page(self, record: Record, frame: Frame) -> None:
        """A saved page, merged with the page at its origin: with its own environment, as an overlay."""
        page = self._saved.find(frame.scope, record.data)
        if page is None:
            name = decode_name(record.data[:8])
            message = f"Page {name} is included, but is in no document of the resource group"
            self._findings.at(record).missing(
                "page-include-skipped", message, "it is not shown", severity=Severity.ERROR
            )
            return
        found = self._shared_items(page, frame, _BPG, record)
        if found is not None and self._may_use(found, page, record):
            found.mixing.merge(Shared(found.shared, IDENTITY), frame.items)

    def _include_segment(self, record: Record, frame: Frame) -> None:
        include = modca.IncludePageSegment.decode(record.data)
        name = t.qualified_name(include.triplets, FqnType.REPLACE_FIRST_GID) or decode_name(include.name)
        resource = frame.scope.find(PAGE_SEGMENT, name)
        if resource is None:
            self._missing("page segment", name, record)
            return
        environment = frame.environment
        x, y = self._origin(include, record)
        if frame.is_page and include.triplets:
            report = self._findings.at(record)
            axes = line_data_axes(include.triplets, environment.width, environment.height, report)
            frame = replace(frame, axes=directions(axes))
        self._segment(resource, (x * environment.x_unit, y * environment.y_unit), frame, record)

    def _segment(self, resource: Resource, origin: Segment, frame: Frame, record: Record) -> None:
        """A page segment: shared where nothing in it depends on the page, else drawn in place."""
        turned = frame.axes != IDENTITY
        key = _sharing_key(resource, frame, frame.environment)
        found = None if turned else self._shared.get(key)
        if found is None:
            with self._opened(resource, frame, record) as node:
                if node is None:
                    return
                if turned or not _self_contained(node, frame.override):
                    self._budget.include(len(node.content))
                    inner = Frame(
                        frame.environment,
                        frame.scope,
                        frame.items,
                        origin,
                        frame.depth + 1,
                        inherited=frame.inherited,
                        override=frame.override,
                        given=frame.given,
                        axes=frame.axes,
                        suppressed=frame.suppressed,
                    )
                    self.interpret(node.content, inner)
                    return
            found = self._shared_items(resource, frame, _BPS, record)
        if found is not None and self._may_use(found, resource, record):
            frame.items.append(Shared(found.shared, translation(*origin)))

    def _may_use(self, found: _Interpreted, resource: Resource, record: Record | None) -> bool:
        """Whether there is something to show, and the page or resource around may show as much."""
        amount = found.shared.amount
        if not amount:
            return False
        if self._budget.include(amount):
            return True
        report_too_much(f"Resource {resource.name}", self._findings.at(record))
        return False

    def _shared_items(
        self, resource: Resource, frame: Frame, begin: int, record: Record | None
    ) -> _Interpreted | None:
        """An overlay or saved page (with its own environment) or a page segment (with that of the page),
        interpreted once; None, with a finding, where it cannot be."""
        around = frame.environment if begin == _BPS else None
        key = _sharing_key(resource, frame, around)
        found = self._shared.get(key)
        if found is None:
            with self._opened(resource, frame, record) as node:
                if node is not None:
                    with self._findings.kept(), self._budget.of_its_own():
                        found = self._interpreted(node, frame, around)
                    self._shared.put(key, found)
        return found

    def _interpreted(self, node: ObjectNode, frame: Frame, around: Environment | None) -> _Interpreted:
        environment = around or self._objects.environment(node, frame.scope, frame.suppressed)
        if around is None:
            report_page_descriptor(node.begin, environment, self._findings)
        mixing = Mixing() if around else environment.mixing
        items: list[Item] = []
        if mixing.fill is not None:
            items.append(Rectangle(0, 0, environment.width, environment.height, mixing.fill))
        segment = (0.0, 0.0) if around else None
        inner = Frame(environment, frame.scope, items, segment, frame.depth + 1, is_page=node.type == _BPG)
        inner.suppressed = frame.suppressed
        inner.override = frame.override if around else None
        self.interpret(node.content, inner)
        return _Interpreted(SharedItems(items), mixing)

    @contextmanager
    def _opened(self, resource: Resource, frame: Frame, record: Record | None) -> Iterator[ObjectNode | None]:
        """The object of a resource while it is interpreted; None, where that is not to be, with a finding at
        the `record` that includes it."""
        problem = None
        node = None
        if self._budget.includes_no_more:
            report_too_much(f"Resource {resource.name}", self._findings.at(record))
            yield None
            return
        if frame.depth >= _MAX_INCLUDE_DEPTH:
            problem = "include-too-deep", f"is included {_MAX_INCLUDE_DEPTH} levels deep and is not shown"
        elif resource.key in self._including:
            problem = "include-recursive", "includes itself; not again"
        else:
            node = resource.node()
            if node is None:
                problem = "include-failed", "has no usable content"
        if problem is not None:
            code, message = problem
            self._findings.at(record)(code, f"Resource {resource.name} {message}")
            yield None
            return
        self._including.add(resource.key)
        try:
            yield node
        finally:
            self._including.remove(resource.key)

    def _include_object(self, record: Record, frame: Frame) -> None:
        include = modca.IncludeObject.decode(record.data)
        report_unapplied(include.triplets, record, self._findings)
        if include.reference != _OF_PAGE:
            told = (
                f"Reference coordinate system X'{include.reference:02X}' of an include is retired or reserved"
            )
            self._findings.at(record, spec="MO:DCA Include Object (IOB)")(
                "reference-bad", f"{told}; that of the page is used", severity=Severity.SUBSTITUTED
            )
        name = t.qualified_name(include.triplets, FqnType.REPLACE_FIRST_GID) or decode_name(include.name)
        resource = self._lookup.included(frame.scope, include.object_type, name)
        if resource is None:
            self._missing("object", name, record)
            return
        if resource.kind == PAGE_SEGMENT:
            environment = frame.environment
            given = (
                None
                if include.x_origin == modca.USE_OBJECT_OFFSET
                else include.x_origin * environment.x_unit,
                None
                if include.y_origin == modca.USE_OBJECT_OFFSET
                else include.y_origin * environment.y_unit,
            )
            frame = replace(frame, override=_override(include), given=given)
            self._segment(resource, (given[0] or 0.0, given[1] or 0.0), frame, record)
            return
        node = self._lookup.object_node(resource)
        if node is not None and node.type == _BPT:
            self._objects.text(node, frame, include)
        elif node is not None and node.type in DRAWN:
            self._objects.data_object(node, frame, include, resource)
        else:
            self._findings.at(record)("include-failed", f"Object {name} cannot be shown: no drawable content")

    # ------------------------------------------------------------------ reports
    def _missing(self, what: str, name: str, record: Record | None) -> None:
        message = f"The {what} {name} is neither in the file nor in a resource path"
        self._findings.at(record, spec="MO:DCA Resource Search Order").missing(
            "resource-missing", message, "it is not shown"
        )


def _sharing_key(resource: Resource, frame: Frame, around: Environment | None) -> Dependency:
    """What an overlay, saved page or page segment depends on, in the environment `around` it or its own."""
    override = frame.override.encode() if around and frame.override is not None else b""
    return dependency(resource.key, frame.scope, around, frame.depth, override, frame.suppressed, fonts=False)


def _override(include: modca.IncludeObject) -> modca.IncludeObject | None:
    """What the include of a page segment asks for over what its objects say; None where that is nothing.
    Where the objects lie counts from the origin that it gives (MO:DCA "Include Object (IOB)")."""
    asked = replace(include, x_origin=modca.USE_OBJECT_OFFSET, y_origin=modca.USE_OBJECT_OFFSET)
    nothing = (modca.USE_OBJECT_OFFSET, modca.USE_OBJECT_OFFSET, modca.USE_OBJECT_ORIENTATION, b"")
    wanted = (asked.x_content, asked.y_content, asked.x_orientation, asked.triplets)
    return None if wanted == nothing else asked


def _is_metadata(node: ObjectNode) -> bool:
    """Whether a container holds metadata, which shows nothing (MO:DCA "Metadata Objects in AFP")."""
    if node.type != CODES["BOC"]:
        return False
    triplets = modca.begin_triplets(node.begin.data)
    classification = t.decode_triplet(triplets, t.ObjectClassification)
    return classification is not None and classification.object_class == _METADATA


def _self_contained(node: ObjectNode, override: modca.IncludeObject | None) -> bool:
    """Whether a page segment draws the same wherever it is included: no text, no bar codes or graphics with
    the page's fonts, all areas relative to the segment, nothing that goes beneath what is there."""
    if override is not None and t.find_triplet(override.triplets, 0x71) is not None:
        return False
    for item in node.content:
        if isinstance(item, Record):
            continue
        if item.type == _BII:
            continue
        if item.type not in (CODES["BIM"], CODES["BOC"]):
            return False
        group = item.child(CODES["BOG"])
        position = group.first(CODES["OBP"]) if group else None
        if position is None or not _is_relative(position):
            return False
        area = group.first(CODES["OBD"]) if group else None
        if area is not None and t.decode_triplet(area.data, t.PresentationSpaceMixingRules) is not None:
            return False
    return True


def _is_relative(position: Record) -> bool:
    """Whether an Object Area Position counts from the page segment (reference coordinate system 0)."""
    try:
        return modca.ObjectAreaPosition.decode(position.data).reference == 0
    except DecodeError:
        return False
