"""Where items go while a page is interpreted: units, scope, list, and the page segment around."""

from __future__ import annotations

from dataclasses import field

from afpcluster.afp.code_pages import DEFAULT
from afpcluster.afp.modca import IncludeObject
from afpcluster.display.geometry import IDENTITY, Matrix
from afpcluster.display.items import Item
from afpcluster.document.resources import ResourceScope
from afpcluster.interpret.environment import Environment
from afpcluster.interpret.text.state import Inherited
from afpcluster.light import dataclass

Segment = tuple[float, float]
"""Origin of a page segment on its page, in points."""


@dataclass(slots=True)
class Frame:
    """Where items go: the environment whose units count, and the page segment around, if any."""

    environment: Environment
    scope: ResourceScope
    items: list[Item]
    segment: Segment | None = None
    depth: int = 0
    page_name: str | None = None  # None inside overlays and page segments
    document: int = 0  # of the page, counted from 1
    code_page: int = DEFAULT  # of names and tags
    inherited: Inherited = field(default_factory=Inherited)
    override: IncludeObject | None = None  # the include of the page segment around, over what its objects say
    given: tuple[float | None, float | None] = (
        None,
        None,
    )  # x and y of that include, which count from the page
    is_page: bool = False  # what stands here stands on a page itself, in no resource
    suppressed: frozenset[int] = frozenset()  # by the medium map (MMC), for the text of overlays too
    axes: Matrix = IDENTITY  # of objects that count from the page segment around (triplet X'27')
    attributes: list[tuple[str, str]] = field(default_factory=list)
