"""Finding what a page includes: by name and type (IOB), by the triplets of a map group (MDR).

Producers put the same object under several resource types (an IOCA image as image resource or in an
object container); the name decides, the type only comes first.
"""

from __future__ import annotations

from collections.abc import Iterator

from afpcluster.afp import modca
from afpcluster.afp import triplets as t
from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record
from afpcluster.afp.triplets import FqnType
from afpcluster.display.colour import Colour
from afpcluster.document.objects import ObjectNode
from afpcluster.document.resources import (
    BAR_CODE,
    CONTAINER,
    GRAPHICS,
    IMAGE,
    PAGE_SEGMENT,
    TEXT,
    Resource,
    ResourceScope,
)
from afpcluster.findings import Findings, Reporter, Severity
from afpcluster.interpret.colour import HIGHLIGHT_SPACE, specified_colour
from afpcluster.interpret.context import FoundResource

_BY_OBJECT_TYPE = {
    0x5F: PAGE_SEGMENT,
    0x92: CONTAINER,
    0x9B: TEXT,
    0xBB: GRAPHICS,
    0xEB: BAR_CODE,
    0xFB: IMAGE,
}
_INCLUDABLE = (IMAGE, CONTAINER, GRAPHICS, BAR_CODE, TEXT, PAGE_SEGMENT)
_NAME, _COLOUR_MANAGEMENT = 0x02, 0x91
_COLOUR_SPEC = "MO:DCA Color Specification Triplet X'4E'"
REFERENCES = (FqnType.DATA_OBJECT_EXTERNAL, FqnType.OTHER_OBJECT, FqnType.BEGIN_RESOURCE_OBJECT)


class ResourceLookup:
    """Finds what includes and map groups name."""

    def included(self, scope: ResourceScope, object_type: int, name: str) -> Resource | None:
        """The resource of an Include Object."""
        wanted = _BY_OBJECT_TYPE.get(object_type)
        kinds = [k for k in _INCLUDABLE if k != wanted]
        for kind in [wanted, *kinds] if wanted is not None else kinds:
            found = scope.find(kind, name)
            if found is not None:
                return found
        return None

    def mapped(
        self, scope: ResourceScope, triplets: bytes, record: Record, findings: Findings
    ) -> FoundResource | None:
        """The resource that a group of the map `record` names. A missing one is told, and a group that names
        none (what that leaves blank, whoever uses it says). Raises MissingResourceError where `strict`."""
        name = t.qualified_name(triplets, *REFERENCES)
        if not name:
            if t.find_triplet(triplets, _COLOUR_MANAGEMENT) is None:  # which is told as not applied
                findings.at(record, spec="MO:DCA Map Data Resource (MDR)")(
                    "map-group-empty",
                    "A group of a Map Data Resource names nothing that could be shown",
                    severity=Severity.INFO,
                )
            return None
        found = self.included(scope, CONTAINER, name)
        if found is None:
            message = f"The object {name} that is mapped is neither in the file nor in a resource path"
            findings.at(record, spec="MO:DCA Map Data Resource (MDR)").missing(
                "resource-missing", message, severity=Severity.INFO
            )
        return found

    def secondary(
        self, scope: ResourceScope, include: modca.IncludeObject, begin: Record, findings: Findings
    ) -> dict[int, FoundResource]:
        """The resources that an include maps for its object, which `begin` begins, by the numbers that this
        has for them. Raises as `mapped` does."""
        found: dict[int, FoundResource] = {}
        for number, reference in secondary_references(include):
            resource = self.mapped(scope, reference, begin, findings)
            if resource is not None:
                found[number] = resource
        return found

    def object_node(self, resource: Resource) -> ObjectNode | None:
        """The object of a resource; a raw file becomes an object container of its own."""
        if resource.raw is None:
            return resource.node()
        begin = Record(CODES["BOC"], 0, b"")
        return ObjectNode(begin, [Record(CODES["OCD"], 0, resource.raw())])


def secondary_references(include: modca.IncludeObject) -> Iterator[tuple[int, bytes]]:
    """What an include maps for its object (tiles, images of QR Codes): a number and the triplet that names
    the resource, which FQN type X'BE' with the number follows."""
    reference = b""
    for triplet in t.split_triplets(include.triplets):
        kind = triplet.data[0] if triplet.id == _NAME and triplet.data else None
        if kind == FqnType.DATA_OBJECT_INTERNAL and reference:
            yield int.from_bytes(triplet.data[2:], "big"), reference
        reference = t.encode_triplet(_NAME, triplet.data) if kind in REFERENCES else b""


def default_colour(include: modca.IncludeObject, report: Reporter) -> Colour | None:
    """The colour that an include gives its object in place of the default of the object's descriptor
    (MO:DCA "Include Object (IOB)", Color Specification); coverage and shading of a highlight colour do
    not count."""
    said = t.decode_triplet(include.triplets, t.ColorSpecification)
    if said is None:
        if t.find_triplet(include.triplets, t.TRIPLET_IDS[t.ColorSpecification]) is not None:
            report("colour-unknown", "A colour is cut off; the object's own default is used", _COLOUR_SPEC)
        return None
    sizes = said.size_1, said.size_2, said.size_3, said.size_4
    if said.space == HIGHLIGHT_SPACE:
        sizes = said.size_1, 0, 0, 0
    colour = specified_colour(said.space, sizes, said.color, report)
    if colour is None:
        told = f"A colour of space X'{said.space:02X}' could not be read; the object's own default is used"
        report("colour-unknown", told, _COLOUR_SPEC, severity=Severity.SUBSTITUTED)
    return colour
