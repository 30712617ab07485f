"""One page -> display list: its environment, its form, its content. MO:DCA "Page Objects"."""

from __future__ import annotations

from collections.abc import Iterable

from afpcluster.afp import triplets as t
from afpcluster.afp.framing import Record
from afpcluster.afp.triplets_control import PresentationControl
from afpcluster.display.geometry import IDENTITY, Box
from afpcluster.display.items import Group, Item, Page, Rectangle
from afpcluster.document.attributes import begin_name, declared_code_page
from afpcluster.document.form_map import FormMaps
from afpcluster.document.medium_map import MediumMap, Slot
from afpcluster.document.objects import ObjectNode, nest
from afpcluster.document.page_names import PageNames
from afpcluster.document.resources import OVERLAY, ResourceScope
from afpcluster.document.units import PageUnit
from afpcluster.findings import Findings, Severity
from afpcluster.fonts.library import FontLibrary
from afpcluster.interpret.content import ContentInterpreter
from afpcluster.interpret.context import Context
from afpcluster.interpret.environment import Environment
from afpcluster.interpret.frame import Frame
from afpcluster.interpret.includes import ResourceLookup
from afpcluster.interpret.mandatory import report_page_descriptor
from afpcluster.interpret.mixing import Rule, report_mixing
from afpcluster.interpret.objects import ObjectInterpreter
from afpcluster.interpret.off_page import OffPage
from afpcluster.interpret.page_form import PageForm, Placed, form_of_page, report_printer_controls
from afpcluster.interpret.unapplied import report_unapplied

_NOT_VIEWED = 0x80  # Presentation Control, bit 0


class PageInterpreter:
    """Makes pages of one print file; keeps what pages share. One per process. `page_names` are the
    targets of links between pages; None leaves those out."""

    def __init__(
        self,
        findings: Findings,
        library: FontLibrary,
        lookup: ResourceLookup,
        form_maps: FormMaps,
        page_names: PageNames | None = None,
        *,
        raise_faults: bool = False,
    ) -> None:
        self._findings = findings
        self._form_maps = form_maps
        self._context = Context(findings, library, raise_faults=raise_faults)
        self._off_page = OffPage(findings)
        self._objects = ObjectInterpreter(findings, library, lookup, self._context)
        self._content = ContentInterpreter(findings, lookup, self._objects, page_names, self._context.budget)

    def page(self, unit: PageUnit) -> Page:
        """The display list of one page by itself, with what its medium map adds to it.

        Raises MissingResourceError only where `strict` was asked for.
        """
        records = unit.records(self._findings)
        medium_map = self._form_maps.find(unit.scope, unit.medium_map, unit.internal_map, unit.map_offset)
        if medium_map is None:
            return self._draw(unit, records, PageForm())
        report_printer_controls(medium_map, self._findings)
        slot = _slot(unit, records[0], medium_map, self._findings)
        return self._draw(unit, records, form_of_page(medium_map, slot, self._findings))

    def draw(self, unit: PageUnit, form: PageForm) -> Page:
        """The display list of one page with this form. Raises as `page` does."""
        return self._draw(unit, unit.records(self._findings), form)

    def _draw(self, unit: PageUnit, records: list[Record], form: PageForm) -> Page:
        self._context.budget.begin_page()
        top = nest(records, self._findings)
        node = next((n for n in top if isinstance(n, ObjectNode)), ObjectNode(records[0]))
        environment = self._objects.environment(node, unit.scope, form.suppressed)
        report_page_descriptor(node.begin, environment, self._findings)
        _report_not_viewed(node.begin, self._findings)
        report_unapplied(node.begin.data[8:], node.begin, self._findings)
        width, height = environment.width, environment.height
        medium: list[Item] = []
        attributes: list[tuple[str, str]] = []
        frame = Frame(
            environment,
            unit.scope,
            medium,
            page_name=begin_name(node.begin.data, unit.code_page),
            document=unit.document,
            code_page=declared_code_page(node.begin.data[8:], unit.code_page),
            attributes=attributes,
            is_page=True,
            suppressed=form.suppressed,
        )
        alone = None if form.clipped else node.begin
        self._overlays(form.medium, frame, alone)
        items = frame.items = []
        mixing = environment.mixing
        if mixing.fill is not None and form.variable:
            items.append(Rectangle(0, 0, width, height, mixing.fill))
        self._overlays(form.overlays, frame, alone)
        if form.variable:
            if form.clipped:
                frame.items = []
                items.append(Group(frame.items, clip=Box(0, 0, width, height)))
            self._content.interpret(node.content, frame)
        if form.preprinted:
            frame.items = []
            self._overlays(form.preprinted, frame, alone)
            if frame.items:
                items.append(Group(frame.items, multiply=True))
        if mixing.rule is Rule.OVERPAINT:
            medium += items
        else:
            mixing.merge(Group(items), medium)
            if mixing.rule is Rule.UNDERPAINT and form.clipped:
                problem = "pages lie on their sheet, not beneath what is there"
                report_mixing(problem, self._findings, node.begin.offset, "PGD")
        return Page(unit.number, width, height, medium, unit.groups, tuple(attributes))

    def _overlays(self, placed: Iterable[Placed], frame: Frame, alone: Record | None) -> None:
        """Add overlays of the form. What lies off the page is told for one that is shown `alone`: its BPG."""
        before = len(frame.items)
        for name, matrix in placed:
            self._content.overlay(name, matrix, frame, None)
        if alone is not None and len(frame.items) > before:
            size = frame.environment.width, frame.environment.height
            self._off_page.look_at_form(frame.items[before:], size, alone)

    def overlay(self, name: str, scope: ResourceScope, suppressed: frozenset[int]) -> list[Item]:
        """An overlay at the origin; nothing where it is missing. Raises as `page` does."""
        frame = Frame(Environment(), scope, [], suppressed=suppressed)
        self._content.overlay(name, IDENTITY, frame, None)
        return frame.items

    def overlay_extents(self, name: str, scope: ResourceScope) -> tuple[float, float] | None:
        """Width and height of an overlay in points; None where it is missing."""
        resource = scope.find(OVERLAY, name)
        node = resource.node() if resource is not None else None
        if node is None:
            return None
        environment = self._objects.environment(node, scope)
        return environment.width, environment.height


def _report_not_viewed(begin: Record, findings: Findings) -> None:
    """Record that a page asks not to be shown on screens (BPG triplet X'83')."""
    control = t.decode_triplet(begin.data[8:], PresentationControl)
    if control is not None and control.flags & _NOT_VIEWED:
        findings.at(begin, spec="MO:DCA Presentation Control Triplet X'83'")(
            "triplet-not-applied",
            "Triplet X'83' Presentation Control: the page is not meant for viewing; it is shown all the same",
            severity=Severity.INFO,
        )


def _slot(unit: PageUnit, begin: Record, medium_map: MediumMap, findings: Findings) -> Slot:
    """The slot of a page: the one that it names (BPG triplet X'81'), else by counting since the map was
    invoked."""
    named = t.decode_triplet(begin.data[8:], t.PagePositionInformation)
    if named is not None and 0 < named.repeating_group <= len(medium_map.placements):
        placement = medium_map.placements[named.repeating_group - 1]
        return Slot(placement.back, max(placement.side >> 4, 1), placement)
    if named is not None:
        findings.at(begin, spec="MO:DCA Page Position Information Triplet X'81'")(
            "page-position-invalid",
            f"A page names repeating group {named.repeating_group} of the Page Position of medium map "
            f"{medium_map.name}, which has {len(medium_map.placements)}; its place by counting is used",
            severity=Severity.INFO,
        )
    slots = medium_map.page_slots()
    return slots[unit.map_page % len(slots)]
