"""Where objects of page segments lie (MO:DCA "Include Page Segment (IPS)", "Object Area Position (OBP)")."""

from __future__ import annotations

import pytest
from displayed import items_shown

from afpcluster.afp import modca
from afpcluster.afp.names import encode_name
from afpcluster.sample.records import enclosed, field, resource
from benchmarks.fuzz import seed_objects, seed_pages


def image(*kept: str) -> bytes:
    """An image of 2:1 in an area of 100 by 100 points, with these fields of its environment group."""
    descriptor, content, _ = seed_objects.IMAGES["uncompressed"]()
    area, position = seed_pages.area_at_origin(2_000, 2_000, reference=0)
    fields = {"OBD": area, "OBP": position, "IDD": field("IDD", descriptor)}
    group = enclosed("BOG", "G", [fields[name] for name in kept])
    return enclosed("BIM", "I", [group, field("IPD", content)])


@pytest.mark.parametrize("kept", [("OBD", "OBP", "IDD"), ("OBD", "IDD")])
def test_an_object_without_position_is_at_the_origin_of_its_segment(kept: tuple[str, ...]) -> None:
    segment = resource("SEGM", 0xFB, enclosed("BPS", "SEGM", [image(*kept)]))
    include = field("IPS", modca.IncludePageSegment(encode_name("SEGM"), 600, 800))
    assert items_shown(seed_pages.print_file(include, resources=segment)) == ["image 30,65 to 130,115"]
