"""Image parameters that change nothing about what is shown here, and are accepted where they stand."""

from __future__ import annotations

import pytest
from displayed import finding_codes, items_shown

from afpcluster.afp.ioca import ImageDataDescriptor, Parameter
from afpcluster.afp.ioca_write import encode_parameter
from afpcluster.sample.records import enclosed, field
from benchmarks.fuzz.seed_objects import IMAGES
from benchmarks.fuzz.seed_pages import object_area, print_file


@pytest.mark.parametrize(
    ("name", "parameter", "data"),
    [
        ("uncompressed", Parameter.IMAGE_LUT_ID, b"\x01"),  # retired
        ("jpeg", Parameter.EXTERNAL_ALGORITHM, b"\x10\x00\x83\x00\x00\x00\x00\x01\x01\x00"),
        ("rgb", Parameter.IMAGE_SUBSAMPLING, b"\x01\x06\x01\x01\x01\x01\x01\x01"),  # one to one
    ],
)
def test_parameter_is_accepted(name: str, parameter: Parameter, data: bytes) -> None:
    descriptor, content, option = IMAGES[name]()
    area = object_area("IDD", "MIO", descriptor, option)
    before_data = content.index(b"\xfe\x92")
    longer = content[:before_data] + encode_parameter(parameter, data) + content[before_data:]
    plain, changed = (
        print_file(enclosed("BIM", "X", (area, field("IPD", segment)))) for segment in (content, longer)
    )
    assert items_shown(changed) == items_shown(plain) != []
    assert finding_codes(changed) == finding_codes(plain)


def test_function_set_of_the_descriptor_is_accepted() -> None:
    descriptor, content, option = IMAGES["uncompressed"]()
    size = ImageDataDescriptor.decode(descriptor)
    assert size.parameters.startswith(bytes((Parameter.FUNCTION_SET,)))
    with_it, without = (
        print_file(enclosed("BIM", "X", (object_area("IDD", "MIO", data, option), field("IPD", content))))
        for data in (descriptor, descriptor[: -len(size.parameters)])
    )
    assert items_shown(with_it) == items_shown(without) != []
    assert finding_codes(with_it) == []
