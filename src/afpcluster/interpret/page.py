"""One page -> display list: its environment, its objects in order, what it includes.

Overlays and page segments are interpreted once and shared; included objects once per area. A fault in
one object is a finding, the rest of the page goes on. MO:DCA "Page Objects", "Overlay Objects",
"Page Segment Objects", "Include Object (IOB)".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib import import_module
from operator import attrgetter

from afpcluster.afp import modca
from afpcluster.afp import triplets as t
from afpcluster.afp.declare import DecodeError
from afpcluster.afp.fields import CODES, FIELDS, mnemonic
from afpcluster.afp.framing import Record, RecordFile
from afpcluster.afp.modca import degrees
from afpcluster.afp.names import decode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.display.geometry import IDENTITY, Box, Matrix, rotation, translation
from afpcluster.display.items import Group, Item, Page, Rectangle, Shared, SharedItems
from afpcluster.document.assembly import PageUnit, begin_name, read_attribute
from afpcluster.document.form_map import FormMaps
from afpcluster.document.medium_map import MediumMap, Slot
from afpcluster.document.objects import ObjectNode, nest
from afpcluster.document.page_names import PageNames
from afpcluster.document.resources import OVERLAY, PAGE_SEGMENT, Resource, ResourceScope
from afpcluster.findings import Findings, MissingResourceError, Severity
from afpcluster.fonts.library import FontLibrary
from afpcluster.interpret.cache import Recent
from afpcluster.interpret.context import Context, DataObject
from afpcluster.interpret.environment import Environment, read_environment
from afpcluster.interpret.includes import ResourceLookup
from afpcluster.interpret.links import read_links
from afpcluster.interpret.object_area import PlacedArea, read_area
from afpcluster.interpret.page_form import PageForm, form_of_page, report_printer_controls
from afpcluster.interpret.text import draw_text
from afpcluster.interpret.unapplied import report_unapplied

_BAG, _BOG, _BPT, _BII = CODES["BAG"], CODES["BOG"], CODES["BPT"], CODES["BII"]
_BMO, _BPS, _BDD = CODES["BMO"], CODES["BPS"], CODES["BDD"]
_PTX, _TLE, _LLE = CODES["PTX"], CODES["TLE"], CODES["LLE"]
_DRAW = {
    CODES["BIM"]: "image:draw_image",
    CODES["BGR"]: "graphics:draw_graphics",
    CODES["BBC"]: "barcode:draw_bar_code",
    CODES["BOC"]: "container:draw_container",
    _BII: "im_image:draw_im_image",
}
"""Who draws an object. Imported when the first one comes: image and bar code libraries load slowly, and
most print files need few of them."""
_DESCRIPTORS = tuple(CODES[name] for name in ("IDD", "GDD", "BDD", "CDD"))
_DATA = tuple(CODES[name] for name in ("IPD", "GAD", "BDA", "OCD"))
_QUIET = {
    CODES[name] for name in ("NOP", "PGD", "TLE", "MCF", "MCF1", "MPO", "MPS", "MDR", "OBD", "OBP", "PTD")
}
_MAX_INCLUDE_DEPTH = 8
_AREA_KEY = attrgetter("width", "height", "mapping", "content_x", "content_y", "resolution_x", "resolution_y")
Segment = tuple[float, float]


@dataclass(slots=True)
class _Frame:
    """Where items go: the environment whose units count, and the page segment around, if any."""

    environment: Environment
    scope: ResourceScope
    items: list[Item]
    segment: Segment | None = None
    depth: int = 0
    page_name: str | None = None  # None inside overlays and page segments
    attributes: list[tuple[str, str]] = field(default_factory=list)


class PageInterpreter:
    """Makes pages of one print file; keeps what pages share. One per process. `page_names` are the
    targets of links between pages; None leaves those out."""

    def __init__(
        self,
        file: RecordFile,
        findings: Findings,
        library: FontLibrary,
        lookup: ResourceLookup,
        form_maps: FormMaps,
        page_names: PageNames | None = None,
        max_image_pixels: int = 400_000_000,
    ) -> None:
        self._file = file
        self._findings = findings
        self._library = library
        self._lookup = lookup
        self._context = Context(findings, library, max_image_pixels)
        self._form_maps = form_maps
        self._page_names = page_names
        self._environments: Recent[Environment] = Recent(256)
        self._shared: Recent[SharedItems] = Recent(512)
        self._including: set[str] = set()  # keys of shared resources that are being interpreted
        self._objects: Recent[list[Item]] = Recent(64)

    def page(self, unit: PageUnit) -> Page:
        """The display list of one page by itself, with what its medium map adds to it.

        Raises MissingResourceError only where `strict` was asked for.
        """
        records = self._file.read(unit.start, unit.end)
        medium_map = self._form_maps.find(unit.scope, unit.medium_map, unit.internal_map)
        if medium_map is None:
            return self._draw(unit, records, PageForm())
        report_printer_controls(medium_map, self._findings)
        slot = _slot(unit, records[0], medium_map)
        return self._draw(unit, records, form_of_page(medium_map, slot, self._findings))

    def draw(self, unit: PageUnit, form: PageForm) -> Page:
        """The display list of one page with this form. Raises as `page` does."""
        return self._draw(unit, self._file.read(unit.start, unit.end), form)

    def _draw(self, unit: PageUnit, records: list[Record], form: PageForm) -> Page:
        self._lookup.scope = unit.scope
        top = nest(records, self._findings)
        node = next((n for n in top if isinstance(n, ObjectNode)), ObjectNode(records[0]))
        environment = self._environment(node, unit.scope, form.suppressed)
        if not environment.has_descriptor:
            self._note("page-descriptor-missing", Severity.INFO, "The page has no usable Page Descriptor; "
                       "8.5 by 11 inches are assumed", node.begin)  # fmt: skip
        width, height = environment.width, environment.height
        items: list[Item] = []
        attributes: list[tuple[str, str]] = []
        if environment.background is not None and form.variable:
            items.append(Rectangle(0, 0, width, height, environment.background))
        frame = _Frame(
            environment, unit.scope, items, page_name=begin_name(node.begin.data), attributes=attributes
        )
        for name, matrix in form.beneath:
            self._overlay(name, matrix, frame, None)
        if form.variable:
            if form.clipped:
                frame.items = []
                items.append(Group(frame.items, clip=Box(0, 0, width, height)))
            self._content(node.content, frame)
        return Page(unit.number, width, height, items, unit.groups, tuple(attributes))

    def overlay(self, name: str, scope: ResourceScope) -> list[Item]:
        """An overlay at the origin; nothing where it is missing. Raises as `page` does."""
        self._lookup.scope = scope
        frame = _Frame(Environment(), scope, [])
        self._overlay(name, IDENTITY, frame, None)
        return frame.items

    def overlay_extents(self, name: str, scope: ResourceScope) -> tuple[float, float] | None:
        """Width and height of an overlay in points; None where it is missing."""
        resource = scope.find(OVERLAY, name)
        node = resource.node() if resource is not None else None
        if node is None:
            return None
        environment = self._environment(node, scope)
        return environment.width, environment.height

    # ------------------------------------------------------------------ environments
    def _environment(
        self, node: ObjectNode, scope: ResourceScope, suppressed: frozenset[int] = frozenset()
    ) -> Environment:
        """The environment of a page or overlay; equal groups in the same scope share one."""
        group = node.child(_BAG)
        records = group.all(*_kinds(group)) if group else []
        key = (id(scope), suppressed, tuple((r.type, r.data) for r in records))
        found = self._environments.get(key)
        if found is None:
            found = read_environment(
                records, self._library, scope, self._lookup.by_triplets, self._findings, suppressed=suppressed
            )
            self._environments.put(key, found)
        return found

    def _object_environment(self, records: list[Record], frame: _Frame) -> Environment:
        """That of an object: the page's, with the fonts and resources its own group maps."""
        if not any(r.type in (CODES["MCF"], CODES["MCF1"], CODES["MDR"], CODES["PTD"]) for r in records):
            return frame.environment
        return read_environment(
            records,
            self._library,
            frame.scope,
            self._lookup.by_triplets,
            self._findings,
            outer=frame.environment,
        )

    # ------------------------------------------------------------------ content in order
    def _content(self, content: Iterable[Record | ObjectNode], frame: _Frame) -> None:
        for item in content:
            try:
                if isinstance(item, ObjectNode):
                    self._object(item, frame)
                else:
                    self._record(item, frame)
            except DecodeError as error:
                begin = item.begin if isinstance(item, ObjectNode) else item
                self._note("field-short", Severity.SKIPPED, f"{mnemonic(begin.type)}: {error}", begin)

    def _object(self, node: ObjectNode, frame: _Frame) -> None:
        type_ = node.type
        if type_ == _BPT:
            self._text(node, frame)
        elif type_ == _BII:
            self._im_image(node, frame)
        elif type_ in _DRAW:
            self._data_object(node, frame)
        elif type_ not in (_BAG, _BOG):
            self._note(
                "object-unexpected",
                Severity.SKIPPED,
                f"{mnemonic(type_)} has no place on a page and was skipped",
                node.begin,
            )

    def _record(self, record: Record, frame: _Frame) -> None:
        type_ = record.type
        if type_ == CODES["IPO"]:
            self._include_overlay(record, frame)
        elif type_ == CODES["IPS"]:
            self._include_segment(record, frame)
        elif type_ == CODES["IOB"]:
            self._include_object(record, frame)
        elif type_ == _TLE:
            frame.attributes.append(read_attribute(record.data))
        elif type_ == _LLE and frame.page_name is not None:
            frame.items += read_links(
                record, frame.page_name, frame.environment, self._page_names, self._findings
            )
        elif type_ == CODES["IPG"]:
            self._note(
                "page-include-skipped",
                Severity.SKIPPED,
                f"Page {decode_name(record.data[:8])} of another document is included, but not shown: "
                "convert that document too",
                record,
            )
        elif type_ not in _QUIET:
            known = FIELDS.get(type_)
            self._note(
                "field-not-applied" if known else "field-unknown",
                Severity.INFO,
                f"{known.name} ({known.mnemonic}) is not applied" if known
                else f"Structured field {mnemonic(type_)} is unknown and was skipped",
                record,
            )  # fmt: skip

    # ------------------------------------------------------------------ objects
    def _text(self, node: ObjectNode, frame: _Frame) -> None:
        data = b"".join([r.data for r in node.content if isinstance(r, Record) and r.type == _PTX])
        group = node.child(_BOG)
        if group is None:
            environment = frame.environment
            assert environment.text is not None
            items = draw_text(data, environment.text, environment.fonts, self._context, node.begin.offset)
            if frame.segment is None:
                frame.items += items
            else:
                frame.items.append(Group(items, translation(*frame.segment)))
            return
        records = group.all(*_kinds(group)) + node.all(CODES["PTD"])
        environment = self._object_environment(records, frame)
        assert environment.text is not None
        placed = read_area(records, frame.environment, None, self._findings)
        items = draw_text(data, environment.text, environment.fonts, self._context, node.begin.offset)
        self._place(placed, items, frame)

    def _data_object(
        self, node: ObjectNode, frame: _Frame, include: modca.IncludeObject | None = None, key: str = ""
    ) -> None:
        group = node.child(_BOG)
        records = group.all(*_kinds(group)) if group else []
        placed = read_area(records, frame.environment, include, self._findings)
        key = key or _content_key(node)
        cache_key = (key, id(frame.scope), _AREA_KEY(placed.area), include.triplets if include else b"")
        items = self._objects.get(cache_key) if key else None
        if items is None:
            environment = self._object_environment(records, frame)
            begin = modca.Begin.decode(node.begin.data)
            descriptors = [r for r in (*node.all(*_DESCRIPTORS), *records) if r.type in _DESCRIPTORS]
            data_object = DataObject(
                mnemonic(node.type),
                decode_name(begin.name),
                node.begin.offset,
                placed.area,
                descriptors[0] if descriptors else None,
                node.all(*_DATA),
                environment.fonts,
                environment.resources,
                triplets=(include.triplets if include else b"") + begin.triplets,
            )
            items = _drawer(node.type)(data_object, self._context)
            if key:
                self._objects.put(cache_key, items)
        self._place(placed, items, frame)

    def _place(self, placed: PlacedArea, items: list[Item], frame: _Frame) -> None:
        """Put an object's items where its area is, over the area's own colour."""
        matrix = placed.matrix
        if placed.relative and frame.segment is not None:
            matrix = matrix.then(translation(*frame.segment))
        area = placed.area
        if placed.fill is not None and area.width and area.height:
            items = [Rectangle(0, 0, area.width, area.height, placed.fill), *items]
        if not items:
            return
        frame.items.append(Group(items, matrix))

    def _im_image(self, node: ObjectNode, frame: _Frame) -> None:
        environment = frame.environment
        area = PlacedArea(read_area([], environment, None, self._findings).area, IDENTITY)
        area.area.resolution_x, area.area.resolution_y = 72 / environment.x_unit, 72 / environment.y_unit
        items = _drawer(_BII)(
            DataObject(
                "BII", decode_name(node.begin.data[:8]), node.begin.offset, area.area, None, list(node.flat())
            ),
            self._context,
        )
        segment = frame.segment or (0.0, 0.0)
        if items:
            frame.items.append(Group(items, translation(*segment)) if frame.segment else Group(items))

    # ------------------------------------------------------------------ includes
    def _include_overlay(self, record: Record, frame: _Frame) -> None:
        include = modca.IncludePageOverlay.decode(record.data)
        name = t.qualified_name(include.triplets, FqnType.REPLACE_FIRST_GID) or decode_name(include.name)
        environment = frame.environment
        x, y = (0 if v == -1 else v for v in (include.x_origin, include.y_origin))
        matrix = rotation(degrees(include.orientation)).then(
            translation(x * environment.x_unit, y * environment.y_unit)
        )
        self._overlay(name, matrix, frame, record)

    def _overlay(self, name: str, matrix: Matrix, frame: _Frame, record: Record | None) -> None:
        resource = frame.scope.find(OVERLAY, name)
        if resource is None:
            self._missing("overlay", name, record)
            return
        shared = self._shared_items(resource, frame, _BMO)
        if shared is not None and shared.items:
            frame.items.append(Shared(shared, matrix))

    def _include_segment(self, record: Record, frame: _Frame) -> None:
        include = modca.IncludePageSegment.decode(record.data)
        name = t.qualified_name(include.triplets, FqnType.REPLACE_FIRST_GID) or decode_name(include.name)
        resource = frame.scope.find(PAGE_SEGMENT, name)
        if resource is None:
            self._missing("page segment", name, record)
            return
        environment = frame.environment
        x, y = (0 if v == -1 else v for v in (include.x_origin, include.y_origin))
        self._segment(resource, (x * environment.x_unit, y * environment.y_unit), frame)

    def _segment(self, resource: Resource, origin: Segment, frame: _Frame) -> None:
        """A page segment: shared where nothing in it depends on the page, else drawn in place."""
        node = resource.node()
        if node is None or frame.depth >= _MAX_INCLUDE_DEPTH:
            return
        if _self_contained(node):
            shared = self._shared_items(resource, frame, _BPS)
            if shared is not None and shared.items:
                frame.items.append(Shared(shared, translation(*origin)))
            return
        inner = _Frame(frame.environment, frame.scope, frame.items, origin, frame.depth + 1)
        self._content(node.content, inner)

    def _shared_items(self, resource: Resource, frame: _Frame, begin: int) -> SharedItems | None:
        """An overlay (own environment) or page segment (the page's units), interpreted once."""
        environment = frame.environment
        units = (environment.x_unit, environment.y_unit) if begin == _BPS else ()
        key = (resource.key, id(frame.scope), units)
        shared = self._shared.get(key)
        if shared is not None:
            return shared
        node = resource.node()
        if resource.key in self._including:
            self._findings.add(
                "include-recursive", Severity.SKIPPED, f"Resource {resource.name} includes itself; not again"
            )
            return None
        if node is None:
            self._findings.add(
                "include-failed", Severity.SKIPPED, f"Resource {resource.name} has no usable content"
            )
            return None
        if begin == _BMO:
            environment = self._environment(node, frame.scope)
        items: list[Item] = []
        if begin == _BMO and environment.background is not None:
            items.append(Rectangle(0, 0, environment.width, environment.height, environment.background))
        segment = (0.0, 0.0) if begin == _BPS else None
        self._including.add(resource.key)
        self._content(node.content, _Frame(environment, frame.scope, items, segment, frame.depth + 1))
        self._including.remove(resource.key)
        width, height = environment.width, environment.height
        box = Box(-width, -height, 3 * width, 3 * height)  # content may leave its area; the page clips it
        suffix = "".join(f"-{unit:g}" for unit in units)
        shared = SharedItems(resource.key + suffix, items, box)
        self._shared.put(key, shared)
        return shared

    def _include_object(self, record: Record, frame: _Frame) -> None:
        include = modca.IncludeObject.decode(record.data)
        report_unapplied(include.triplets, record, self._findings)
        name = t.qualified_name(include.triplets, FqnType.REPLACE_FIRST_GID) or decode_name(include.name)
        resource = self._lookup.included(frame.scope, include.object_type, name)
        if resource is None:
            self._missing("object", name, record)
            return
        if resource.kind == PAGE_SEGMENT:
            environment = frame.environment
            x, y = (max(v, 0) if v == -1 else v for v in (include.x_origin, include.y_origin))
            self._segment(resource, (x * environment.x_unit, y * environment.y_unit), frame)
            return
        node = self._lookup.object_node(resource)
        if node is not None and node.type == _BPT:
            self._text(node, frame)
        elif node is not None and node.type in _DRAW:
            self._data_object(node, frame, include, resource.key)
        else:
            self._note(
                "include-failed",
                Severity.SKIPPED,
                f"Object {name} cannot be shown: no drawable content",
                record,
            )

    # ------------------------------------------------------------------ reports
    def _missing(self, what: str, name: str, record: Record | None) -> None:
        message = f"The {what} {name} is neither in the file nor in a resource path"
        offset = record.offset if record else None
        if self._lookup.strict:
            raise MissingResourceError("resource-missing", f"{message}; strict was asked for.", offset=offset)
        self._findings.add(
            "resource-missing",
            Severity.SKIPPED,
            f"{message}; it is not shown",
            offset=offset,
            field=mnemonic(record.type) if record else None,
            spec="MO:DCA Resource Search Order",
        )

    def _note(self, code: str, severity: Severity, message: str, record: Record) -> None:
        self._findings.add(code, severity, message, offset=record.offset, field=mnemonic(record.type))


def _slot(unit: PageUnit, begin: Record, medium_map: MediumMap) -> Slot:
    """The slot of a page: the one that it names (BPG triplet X'81'), else by counting since the map was
    invoked."""
    named = t.decode_triplet(begin.data[8:], t.PagePositionInformation)
    if named is not None and 0 < named.repeating_group <= len(medium_map.placements):
        placement = medium_map.placements[named.repeating_group - 1]
        return Slot(placement.back, max(placement.side >> 4, 1), placement)
    slots = medium_map.slots()
    return slots[unit.map_page % len(slots)]


@cache
def _drawer(begin: int) -> Callable[[DataObject, Context], list[Item]]:
    module, name = _DRAW[begin].split(":")
    found: Callable[[DataObject, Context], list[Item]] = getattr(
        import_module(f"afpcluster.interpret.{module}"), name
    )
    return found


def _content_key(node: ObjectNode) -> str:
    """Identity by content of an image or container, which producers repeat on page after page; '' for
    objects whose drawing depends on the page's fonts."""
    if node.type not in (CODES["BIM"], CODES["BOC"]):
        return ""
    digest = blake2b(digest_size=16)
    for record in (node.begin, *node.flat()):
        digest.update(record.type.to_bytes(3, "big"))
        digest.update(record.data)
    return digest.hexdigest()


def _kinds(node: ObjectNode) -> tuple[int, ...]:
    """All types of the plain records in an environment group."""
    return tuple({item.type for item in node.content if isinstance(item, Record)})


def _self_contained(node: ObjectNode) -> bool:
    """Whether a page segment draws the same wherever it is included: no text, no bar codes or graphics with
    the page's fonts, all areas relative to the segment."""
    for item in node.content:
        if isinstance(item, Record):
            continue
        if item.type == _BII:
            continue
        if item.type not in (CODES["BIM"], CODES["BOC"]):
            return False
        group = item.child(_BOG)
        position = group.first(CODES["OBP"]) if group else None
        if position is None or len(position.data) < 24 or position.data[23] != 0:
            return False
    return True
