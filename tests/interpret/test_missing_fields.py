"""Fields of environment groups that must be there (MO:DCA Chapter 4): without one the object is shown all the
same, and what was assumed is told where it stands."""

from __future__ import annotations

import io

import pytest
from displayed import items_shown

from afpcluster.afp import modca, triplets
from afpcluster.afp.fields import CODES
from afpcluster.afp.names import encode_name
from afpcluster.convert import convert
from afpcluster.findings import Finding
from afpcluster.options import Options
from afpcluster.sample.records import enclosed, field, resource, triplet
from benchmarks.fuzz import seed_pages


def told(data: bytes) -> list[Finding]:
    findings = convert(io.BytesIO(data), io.BytesIO(), Options(raise_faults=True)).findings
    return [f for f in findings if f.code in ("field-missing", "page-descriptor-missing")]


def without(data: bytes, *names: str) -> bytes:
    """The print file without structured fields of these names."""
    kept, at = [], 0
    while at < len(data):
        end = at + 1 + int.from_bytes(data[at + 1 : at + 3], "big")
        if int.from_bytes(data[at + 3 : at + 6], "big") not in {CODES[name] for name in names}:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def offset_of(data: bytes, name: str) -> int:
    return data.index(CODES[name].to_bytes(3, "big")) - 3


@pytest.mark.parametrize("seed", ["image_uncompressed", "graphics", "bar_code_code_39", "container_png"])
@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ((), []),
        (("OBD",), ["no Object Area Descriptor (OBD)"]),
        (("OBP",), ["no Object Area Position (OBP)"]),
        (("OBD", "OBP"), ["no Object Area Descriptor (OBD)", "no Object Area Position (OBP)"]),
        (("MIO", "MGO", "MBC", "MCD"), []),  # optional: the default mapping is architected
    ],
)
def test_objects(seed: str, missing: tuple[str, ...], words: list[str]) -> None:
    data = without(seed_pages.SEEDS[seed](), *missing)
    found = told(data)
    assert len(found) == len(words)
    for finding, expected in zip(found, words, strict=True):
        assert expected in finding.message
        assert finding.field is not None
        assert (str(finding.severity), finding.offset) == ("substituted", offset_of(data, finding.field))
    assert items_shown(data)


@pytest.mark.parametrize(
    ("seed", "missing", "code", "place"),
    [
        ("container_png", ("BOG", "EOG", "OBD", "OBP", "MCD", "CDD"), "field-missing", "BOC"),
        ("image_uncompressed", ("IDD",), "image-descriptor-missing", "BIM"),
        ("graphics", ("GDD",), "graphics-window-bad", "BGR"),
        ("bar_code_code_39", ("BDD",), "bar-code-descriptor-missing", "BBC"),
        ("plain_text", ("PGD",), "page-descriptor-missing", "BPG"),
        ("plain_text", ("PTD",), "field-missing", "BPT"),
    ],
)
def test_other_fields(seed: str, missing: tuple[str, ...], code: str, place: str) -> None:
    data = without(seed_pages.SEEDS[seed](), *missing)
    findings = convert(io.BytesIO(data), io.BytesIO(), Options(raise_faults=True)).findings
    assert (code, offset_of(data, place)) in [(f.code, f.offset) for f in findings]


@pytest.mark.parametrize(("left_out", "words"), [(0x4B, "Measurement Units"), (0x4C, "Object Area Size")])
def test_triplets_of_the_area(left_out: int, words: str) -> None:
    content = (
        triplet(triplets.MeasurementUnits(0, 0, 14_400, 14_400)),
        triplet(triplets.ObjectAreaSize(2, 2_000, 2_000)),
    )
    kept = b"".join(one for one in content if one[1] != left_out)
    whole = seed_pages.SEEDS["image_uncompressed"]()
    start = offset_of(whole, "OBD")
    end = start + 1 + int.from_bytes(whole[start + 1 : start + 3], "big")
    data = whole[:start] + field("OBD", modca.ObjectAreaDescriptor(kept)) + whole[end:]
    assert [(words in f.message, f.offset) for f in told(data)] == [(True, start)]


def test_an_overlay_without_page_descriptor() -> None:
    overlay = enclosed("BMO", "OVER", (enclosed("BAG", "X", ()),))
    include = field("IPO", modca.IncludePageOverlay(encode_name("OVER"), 0, 0))
    data = seed_pages.print_file(include, resources=resource("OVER", 0xFC, overlay))
    assert [(f.code, f.offset) for f in told(data)] == [("page-descriptor-missing", offset_of(data, "BMO"))]
