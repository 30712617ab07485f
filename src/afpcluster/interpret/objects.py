"""The objects of a page or overlay: text, images, graphics, bar codes, containers, in their areas.

An object's environment group says where its area lies and adds fonts and resources to the page's own.
Images and containers that come again, included or repeated inline, are drawn once.
MO:DCA "Object Environment Group", "Presentation Text Objects", "Image Objects", …
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from hashlib import blake2b
from operator import attrgetter

from afpcluster.afp import modca
from afpcluster.afp.fields import CODES, mnemonic
from afpcluster.afp.framing import Record
from afpcluster.afp.modca import USE_OBJECT_ORIENTATION
from afpcluster.display.geometry import IDENTITY, Matrix, translation
from afpcluster.display.items import Group, Item, Rectangle, amount_of
from afpcluster.display.walk import weight
from afpcluster.document.objects import ObjectNode
from afpcluster.document.resources import Resource, ResourceScope
from afpcluster.findings import ConversionError, Findings, Severity
from afpcluster.fonts.font import weight as fonts_weight
from afpcluster.fonts.library import FontLibrary
from afpcluster.interpret.area import PlacedArea, read_area
from afpcluster.interpret.cache import dependency
from afpcluster.interpret.context import Context, DataObject, ObjectArea, report_too_much
from afpcluster.interpret.description import description
from afpcluster.interpret.environment import Environment, read_environment
from afpcluster.interpret.frame import Frame
from afpcluster.interpret.includes import ResourceLookup, default_colour
from afpcluster.interpret.line_data_axes import line_data_axes
from afpcluster.interpret.mandatory import report_missing, report_missing_fields
from afpcluster.interpret.misplaced import DESCRIPTORS, report_misplaced
from afpcluster.interpret.text.controls import draw_text
from afpcluster.interpret.text.state import TextSpace
from afpcluster.recent import Recent

_BAG, _BOG, _BII, _PTX = CODES["BAG"], CODES["BOG"], CODES["BII"], CODES["PTX"]
_DATA = {
    CODES[begin]: CODES[data]
    for begin, data in (("BIM", "IPD"), ("BGR", "GAD"), ("BBC", "BDA"), ("BOC", "OCD"))
}
_OWN_RESOURCES = tuple(CODES[name] for name in ("MCF", "MCF1", "MDR", "PTD"))
_PICTURES = (CODES["BIM"], CODES["BOC"])  # show no text in fonts of the page
_HEAVIEST = 64 << 20  # bytes of drawings, or of fonts of environments, that are kept
_AREA_KEY = attrgetter("width", "height", "mapping", "content_x", "content_y")


class ObjectInterpreter:
    """Draws objects into frames; keeps environments and images that pages share."""

    def __init__(
        self, findings: Findings, library: FontLibrary, lookup: ResourceLookup, context: Context
    ) -> None:
        self._findings = findings
        self._library = library
        self._lookup = lookup
        self._context = context
        self._environments: Recent[Environment] = Recent(256, lambda one: fonts_weight(one.fonts), _HEAVIEST)
        self._drawn: Recent[list[Item]] = Recent(64, weight, _HEAVIEST)

    def environment(
        self, node: ObjectNode, scope: ResourceScope, suppressed: frozenset[int] = frozenset()
    ) -> Environment:
        """The environment of a page or overlay; equal groups in the same scope share one."""
        group = node.child(_BAG)
        records = group.all(*_kinds(group)) if group else []
        key = dependency(tuple((r.type, r.data) for r in records), scope, None, suppressed)
        found = self._environments.get(key)
        if found is None:
            with self._findings.kept():
                found = read_environment(
                    records, self._library, scope, self._lookup.mapped, self._findings, suppressed=suppressed
                )
                found.text_place = self._text_place(records, found)
            self._environments.put(key, found)
        return found

    def _text_place(self, records: list[Record], page: Environment) -> Matrix | None:
        """Where an Object Area Position in the group puts text that has no group of its own (MO:DCA "Page",
        note 2); the interchange sets want zeros there."""
        placed = read_area([r for r in records if r.type == CODES["OBP"]], page, None, self._findings)
        matrix = translation(placed.area.content_x, placed.area.content_y).then(placed.matrix)
        return None if matrix == IDENTITY else matrix

    def _object_environment(self, records: list[Record], frame: Frame) -> Environment:
        """That of an object: the page's, with the fonts and resources its own group maps."""
        if not any(r.type in _OWN_RESOURCES for r in records):
            return frame.environment
        return read_environment(
            records,
            self._library,
            frame.scope,
            self._lookup.mapped,
            self._findings,
            outer=frame.environment,
        )

    def text(self, node: ObjectNode, frame: Frame, include: modca.IncludeObject | None = None) -> None:
        """A presentation text object: on the page itself, or in an area of its own. `include` is the IOB
        that brought it."""
        report_misplaced(node, self._findings)
        data = b"".join([r.data for r in node.content if isinstance(r, Record) and r.type == _PTX])
        group = node.child(_BOG)
        colour = default_colour(include, self._findings.at(node.begin)) if include is not None else None
        if group is None and (include is None or include is frame.override):
            environment = frame.environment
            assert environment.text is not None
            if not environment.has_text_descriptor:
                problem = "Text is shown that no Presentation Text Descriptor (PTD) describes"
                report_missing(node.begin, "PTD", problem, self._findings)
            if include is not None and include.x_orientation not in (0, USE_OBJECT_ORIENTATION):
                told = "Text of a page segment has no area that its include could turn; it is not turned"
                self._findings.at(node.begin)("orientation-bad", told, severity=Severity.SUBSTITUTED)
            space = replace(environment.text, colour=colour) if colour else environment.text
            self._plain_text(data, space, frame, node.begin.offset)
            return
        records = (group.all(*_kinds(group)) if group else []) + node.all(CODES["PTD"])
        if include is None:
            report_missing_fields(node.begin, records, self._findings)
        environment = self._object_environment(records, frame)
        assert environment.text is not None
        placed = read_area(records, frame.environment, include, self._findings, node.begin)
        space = replace(environment.text, colour=colour) if colour else environment.text
        items = draw_text(data, space, environment.fonts, self._context, node.begin.offset)
        if items and (placed.area.content_x or placed.area.content_y):
            items = [Group(items, translation(placed.area.content_x, placed.area.content_y))]
        self._place(placed, items, frame, node, include)

    def _plain_text(self, data: bytes, space: TextSpace, frame: Frame, offset: int) -> None:
        """Text in the object space of the page or overlay. In an AFP page segment, too, absolute moves count
        from the origin of the page; the segment's is the first position, the page's initial text conditions
        do not count (MO:DCA Appendix C "Text Objects in an AFP Page Segment")."""
        environment = frame.environment
        if frame.segment is not None:
            space = replace(space, initial=b"")
        items = draw_text(
            data, space, environment.fonts, self._context, offset, frame.inherited, frame.segment
        )
        if environment.text_place is not None and frame.segment is None:
            items = [Group(items, environment.text_place)]
        frame.items += items

    def data_object(
        self,
        node: ObjectNode,
        frame: Frame,
        include: modca.IncludeObject | None = None,
        resource: Resource | None = None,
    ) -> None:
        """An image, graphics, bar code or container object. `include` is the IOB that brought it, `resource`
        where it comes from. Kept are resources, and inline images and containers, which producers repeat on
        page after page."""
        group = node.child(_BOG)
        records = group.all(*_kinds(group)) if group else []
        if include is None:
            report_missing_fields(node.begin, records if group else None, self._findings)
        placed = read_area(records, frame.environment, include, self._findings, node.begin)
        is_picture = node.type in _PICTURES
        key = None
        if resource is not None or is_picture:
            key = dependency(
                resource.key if resource is not None else _digest(node),
                frame.scope,
                frame.environment,
                _AREA_KEY(placed.area),
                include.triplets if include else b"",
                fonts=not is_picture,
            )
        budget = self._context.budget
        if key and budget.includes_no_more:
            report_too_much(f"The object that {mnemonic(node.type)} begins", self._findings.at(node.begin))
            return
        items = self._drawn.get(key) if key else None
        if items is None:
            environment = self._object_environment(records, frame)
            own = DESCRIPTORS.get(node.type)
            descriptors = [r for r in (*records, *node.content) if isinstance(r, Record) and r.type == own]
            data_object = DataObject(
                mnemonic(node.type),
                node.begin.offset,
                placed.area,
                descriptors[-1] if descriptors else None,
                list(node.flat()) if node.type == _BII else node.all(_DATA[node.type]),
                environment.fonts,
                environment.resources,
                triplets=(include.triplets if include else b"") + modca.begin_triplets(node.begin.data),
            )
            with ExitStack() as stack:
                if key:
                    stack.enter_context(self._findings.kept())
                    stack.enter_context(budget.of_its_own())
                if include is not None:
                    data_object = self._given(data_object, include, frame, node.begin)
                report_misplaced(node, self._findings)
                items = self._guarded(DRAWN[node.type], data_object)
            if key:
                self._drawn.put(key, items)
        if key and not budget.include(amount_of(items)):
            report_too_much(f"The object that {mnemonic(node.type)} begins", self._findings.at(node.begin))
            return
        self._place(placed, items, frame, node, include)

    def _given(
        self, data: DataObject, include: modca.IncludeObject, frame: Frame, begin: Record
    ) -> DataObject:
        """The object with what its include gives it: resources of its own, its default colour."""
        found = self._lookup.secondary(frame.scope, include, begin, self._findings)
        colour = default_colour(include, self._findings.at(begin))
        return replace(data, resources={**data.resources, **found}, colour=colour)

    def _guarded(self, draw: Callable[[DataObject, Context], list[Item]], data: DataObject) -> list[Item]:
        """An object's items; a fault of our own costs this object alone."""
        try:
            return draw(data, self._context)
        except (ConversionError, MemoryError):
            raise
        except Exception as fault:
            if self._context.raise_faults:
                raise
            self._findings.at(data.offset, data.kind)(
                "internal-fault",
                f"An object could not be drawn: {type(fault).__name__}: {fault}. Please report this",
                severity=Severity.ERROR,
            )
            return []

    def _axes(self, node: ObjectNode, frame: Frame) -> Matrix:
        """What an object counts along that counts from the page segment around or, on a page itself, from the
        text that it was included in."""
        if frame.segment is not None or not frame.is_page:
            return frame.axes
        page, report = frame.environment, self._findings.at(node.begin)
        return line_data_axes(modca.begin_triplets(node.begin.data), page.width, page.height, report)

    def _place(
        self,
        placed: PlacedArea,
        items: list[Item],
        frame: Frame,
        node: ObjectNode,
        include: modca.IncludeObject | None,
    ) -> None:
        """Put the items of an object where its area is, over its own colour. `include` as for `text`."""
        matrix = placed.matrix
        if placed.relative and (frame.segment is not None or include is None):
            matrix = matrix.then(self._axes(node, frame))
        if placed.relative and frame.segment is not None:
            matrix = matrix.then(translation(*frame.segment))
        elif (
            frame.segment is not None
        ):  # an area that counts from the page: what the include gives is instead
            x, y = frame.given
            matrix = matrix._replace(e=matrix.e if x is None else x, f=matrix.f if y is None else y)
        area, fill = placed.area, placed.mixing.fill
        if fill is not None and area.width and area.height:
            items = [Rectangle(0, 0, area.width, area.height, fill), *items]
        if not items:
            return
        group = Group(items, matrix, origin=node.begin.offset)
        if node.type in _PICTURES:
            group.description = description(_described(node, include), frame.code_page)
        placed.mixing.merge(group, frame.items)

    def im_image(self, node: ObjectNode, frame: Frame) -> None:
        """An IM image, which has no object area (MO:DCA Appendix C "IM Image Object")."""
        report_misplaced(node, self._findings)
        area = ObjectArea(0.0, 0.0)
        records = list(node.flat())
        axes = self._axes(node, frame)
        data_object = DataObject(mnemonic(node.type), node.begin.offset, area, None, records, axes=axes)
        items = self._guarded(_draw_im_image, data_object)
        if items:
            place = translation(*(frame.segment or (0.0, 0.0)))
            frame.items.append(Group(items, place, origin=node.begin.offset))


# Imported when the first object comes: image and bar code libraries load slowly, most print files need few.


def _draw_image(data: DataObject, context: Context) -> list[Item]:
    from afpcluster.interpret.image.ioca import draw_image

    return draw_image(data, context)


def _draw_im_image(data: DataObject, context: Context) -> list[Item]:
    from afpcluster.interpret.image.im import draw_im_image

    return draw_im_image(data, context)


def _draw_graphics(data: DataObject, context: Context) -> list[Item]:
    from afpcluster.interpret.graphics.orders import draw_graphics

    return draw_graphics(data, context)


def _draw_bar_code(data: DataObject, context: Context) -> list[Item]:
    from afpcluster.interpret.barcode.objects import draw_bar_code

    return draw_bar_code(data, context)


def _draw_container(data: DataObject, context: Context) -> list[Item]:
    from afpcluster.interpret.container.objects import draw_container

    return draw_container(data, context)


DRAWN: dict[int, Callable[[DataObject, Context], list[Item]]] = {
    CODES["BIM"]: _draw_image,
    CODES["BGR"]: _draw_graphics,
    CODES["BBC"]: _draw_bar_code,
    CODES["BOC"]: _draw_container,
    _BII: _draw_im_image,
}
"""Who draws an object, by the code of the field that begins it."""


def _digest(node: ObjectNode) -> str:
    """Identity by content, as `Resource.key`."""
    digest = blake2b(digest_size=16)
    for record in (node.begin, *node.flat()):
        digest.update(record.head)
        digest.update(record.data)
    return digest.hexdigest()


def _described(node: ObjectNode, include: modca.IncludeObject | None) -> Iterator[bytes]:
    """The triplets of the fields that may say something of a picture."""
    if include is not None:
        yield include.triplets
    yield modca.begin_triplets(node.begin.data)
    group = node.child(_BOG)
    if group is not None:
        yield modca.begin_triplets(group.begin.data)


def _kinds(node: ObjectNode) -> tuple[int, ...]:
    """All types of the plain records in an environment group."""
    return tuple({item.type for item in node.content if isinstance(item, Record)})
