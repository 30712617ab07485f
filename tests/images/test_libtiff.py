"""What libtiff says of damaged data: a finding, and not a word on stderr."""

from __future__ import annotations

import io

import pytest
from pictures import shapes
from PIL import Image

from afpcluster.findings import Findings
from afpcluster.interpret.image.pillow import open_with_pillow


def fax(damage: bytes = b"") -> bytes:
    """A TIFF image of Group 4 data, with `damage` in its middle."""
    made = io.BytesIO()
    shapes((64, 64)).convert("1").save(made, "TIFF", compression="group4")
    data = bytearray(made.getvalue())
    with Image.open(made) as image:
        tags = image.tag_v2  # type: ignore[attr-defined]
        middle = tags[273][0] + tags[279][0] // 2
    data[middle : middle + len(damage)] = damage
    return bytes(data)


@pytest.mark.parametrize(("damage", "told"), [(b"", []), (b"\xff" * 6, ["image-damaged-in-part"])])
def test_damage_is_told_and_nothing_is_printed(
    damage: bytes, told: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    findings = Findings()
    image = open_with_pillow(fax(damage), "TIFF", findings.at(7))
    assert image.size == (64, 64)
    assert [(f.code, f.offset) for f in findings] == [(code, 7) for code in told]
    assert all("code word" in f.message for f in findings)
    assert capfd.readouterr().err == ""
