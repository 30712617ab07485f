"""Images of real producers, where the private corpus lies beside the project: all are drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from pictures import codes, context

from afpcluster.afp.fields import CODES
from afpcluster.afp.framing import Record, RecordFile
from afpcluster.display.items import Image
from afpcluster.document.objects import ObjectNode, nest
from afpcluster.findings import Findings
from afpcluster.interpret.context import DataObject, ObjectArea
from afpcluster.interpret.image.ioca import draw_image
from corpus import afp_files, needs_corpus

FILES = [path for place in ("real", "fop", "fragments") for path in afp_files(f"{place}/*.afp")]
QUIRKS = {"ioca-byte-swapped", "ioca-data-empty"}


def image_nodes(content: list[Record | ObjectNode]) -> list[ObjectNode]:
    found = []
    for item in content:
        if isinstance(item, ObjectNode):
            found += [item] if item.type == CODES["BIM"] else image_nodes(item.content)
    return found


@needs_corpus
@pytest.mark.parametrize("path", FILES, ids=range(len(FILES)))
def test_every_image_is_drawn(path: Path) -> None:
    with path.open("rb") as source:
        file = RecordFile(source, Findings())
        records = file.read(0, file.size)
    for node in image_nodes(nest(records, Findings())):
        group = node.child(CODES["BOG"])
        descriptor = group.first(CODES["IDD"]) if group else None
        data = node.all(CODES["IPD"])
        found = context()
        items = draw_image(DataObject("BIM", 0, ObjectArea(0, 0), descriptor, data), found)
        assert items
        assert all(isinstance(item, Image) for item in items)
        assert set(codes(found)) <= QUIRKS
