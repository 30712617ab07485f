"""What a medium map adds to a page: overlays, suppressed text, whether its data is shown.

Preprinted forms (PFO) are merged last, multiplied with what is there. A medium one puts those of page
modifications on its side out of action.
MO:DCA "Page Position (PGP) Format 2", "Page Modification Control (PMC)", "Preprinted Form Overlay (PFO)
Mixing".
"""

from __future__ import annotations

from afpcluster.display.geometry import Matrix, rotation, translation, turned_at
from afpcluster.document.medium_map import MediumMap, OverlayUse, PagePlacement, SideControls, Slot
from afpcluster.findings import Findings, Severity
from afpcluster.light import dataclass

Placed = tuple[str, Matrix]
"""Name of an overlay and the matrix that takes it to the page."""


@dataclass(slots=True, frozen=True)
class PageForm:
    """`medium` overlays lie beneath the page, `overlays` on it under its data, `preprinted` forms over all;
    `variable` False leaves the data out; `clipped` clips the data to the page; needed when the
    output page is larger than it (a sheet side)."""

    suppressed: frozenset[int] = frozenset()
    medium: tuple[Placed, ...] = ()
    overlays: tuple[Placed, ...] = ()
    preprinted: tuple[Placed, ...] = ()
    variable: bool = True
    clipped: bool = False


def form_on_sheet(
    medium_map: MediumMap, placement: PagePlacement, side: SideControls, *, blank: bool
) -> PageForm:
    """What a page gets as part of a sheet side, which has its medium overlays itself. `blank` is a partition
    with overlays alone."""
    uses = medium_map.page_overlays(placement)
    return PageForm(
        side.suppressed,
        overlays=_placed(uses, preprinted=False),
        preprinted=_placed(uses, preprinted=True) if side.preprinted is None else (),
        variable=not blank,
        clipped=True,
    )


def form_of_page(medium_map: MediumMap, slot: Slot, findings: Findings) -> PageForm:
    """What a page gets when it is shown by itself: the overlays of its side too, as they lie relative to
    it. What would take a sheet to show is reported."""
    placement = slot.placement
    side = medium_map.copy_groups[0].side(slot.back)
    x, y = placement.x, placement.y
    if medium_map.medium.width and medium_map.medium.height:
        left, top = medium_map.partition_origin(
            slot.partition, medium_map.medium.width, medium_map.medium.height
        )
        x, y = x + left, y + top
    to_page = translation(-x, -y).then(rotation(-placement.orientation))
    uses = medium_map.page_overlays(placement)
    preprinted = _placed(uses, preprinted=True)
    if side.preprinted is not None:
        preprinted = ((side.preprinted, to_page),)
    _report(medium_map, placement, findings)
    medium = tuple([(name, to_page) for name in side.overlays])
    return PageForm(side.suppressed, medium, _placed(uses, preprinted=False), preprinted)


def _placed(uses: list[OverlayUse], *, preprinted: bool) -> tuple[Placed, ...]:
    """The overlays among `uses` that are preprinted forms, or those that are not."""
    return tuple(
        [(use.name, turned_at(use.orientation, use.x, use.y)) for use in uses if use.preprinted is preprinted]
    )


def _report(medium_map: MediumMap, placement: PagePlacement, findings: Findings) -> None:
    copies, partitions = medium_map.copies, medium_map.partitions
    if _shows_less(medium_map):
        findings.at(None, "MMC", "MO:DCA Medium Modification Control (MMC)")(
            "medium-map-not-applied",
            f"Medium map {medium_map.name} has copies that show more than the first: overlays, or text that "
            "is suppressed there; that is not shown",
        )
    for told, what in (
        (copies > 1, f"asks for {copies} copies; each page is shown once"),
        (partitions > 1, f"places {partitions} pages on a sheet side; each page is shown alone"),
        (not medium_map.takes_pages, "prints only constant forms; page data is shown all the same"),
        (
            len(medium_map.page_slots()) < len(medium_map.slots()),
            "fills partitions with overlays alone, which are not shown",
        ),
        (placement.not_viewed, "has pages that are not meant for viewing; they are shown all the same"),
    ):
        if told:
            findings.at(None, "MMC", "MO:DCA Medium Modification Control (MMC)")(
                "medium-map-not-applied", f"Medium map {medium_map.name} {what}", severity=Severity.INFO
            )


def _shows_less(medium_map: MediumMap) -> bool:
    """Whether the first copies lack an overlay, or suppress text, that others show."""
    first, *others = medium_map.copy_groups
    sides = [(first.side(back), other.side(back)) for other in others for back in medium_map.sides]
    return any(
        set(other.all_overlays) - set(shown.all_overlays) or shown.suppressed - other.suppressed
        for shown, other in sides
    )


def report_printer_controls(medium_map: MediumMap, findings: Findings) -> None:
    """Report what a map asks of printer and paper."""
    for what in medium_map.not_applied:
        findings.at(None, "BMM", "MO:DCA Medium Map")(
            "printer-control-not-applied",
            f"Medium map {medium_map.name} asks for {what}, which a document has no place for",
            severity=Severity.INFO,
        )
