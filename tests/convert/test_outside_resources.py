"""Resources outside the print file: folders, resource group files, their order, and `strict`."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

import pytest
from print_files import (
    codes,
    converted,
    document,
    fonts,
    group,
    include_overlay,
    include_segment,
    overlay,
    page,
    page_texts,
    sample,
    text,
)

from afpcluster.findings import ConversionError, MissingResourceError, Severity
from afpcluster.options import Options
from afpcluster.sample.records import resource

USES_OVERLAY = document(page(include_overlay(), text("page")))


def words(data: bytes, *paths: Path) -> list[str]:
    """The words of the first page when these resource paths are given."""
    return page_texts(converted(data, Options(resource_paths=paths, raise_faults=True))[0])[0].split()


def overlay_file(path: Path, said: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(overlay(said))
    return path


def group_file(path: Path, said: str) -> Path:
    path.write_bytes(group(resource("OVER", 0xFC, overlay(said))))
    return path


@pytest.mark.parametrize("name", ["OVER", "over", "OVER.afp", "over.OVL"])
def test_overlay_in_a_folder(tmp_path: Path, name: str) -> None:
    overlay_file(tmp_path / name, "outside")
    assert words(USES_OVERLAY, tmp_path) == ["outside", "page"]


def test_overlay_in_a_resource_group_file(tmp_path: Path) -> None:
    assert words(USES_OVERLAY, group_file(tmp_path / "any.name", "grouped")) == ["grouped", "page"]


def test_order(tmp_path: Path) -> None:
    """What is in the file wins; then the paths as they are given."""
    first, second = tmp_path / "a", tmp_path / "b"
    overlay_file(first / "OVER", "first")
    overlay_file(second / "OVER", "second")
    assert words(USES_OVERLAY, first, second) == ["first", "page"]
    assert words(USES_OVERLAY, second, first) == ["second", "page"]
    inline = group(resource("OVER", 0xFC, overlay("inline"))) + USES_OVERLAY
    assert words(inline, first) == ["inline", "page"]


def test_fonts_in_a_folder_give_the_same_bytes_as_inline_fonts() -> None:
    with as_file(files("afpcluster.sample") / "fonts") as folder:
        outside, result = converted(sample(inline_fonts=False), Options(resource_paths=(folder,)))
    assert outside == converted(sample())[0]
    assert [f.code for f in result.findings if f.severity == Severity.SUBSTITUTED] == []


def test_names_with_path_separators_find_nothing(tmp_path: Path) -> None:
    overlay_file(tmp_path / "OVER", "outside")
    inside = tmp_path / "inner"
    inside.mkdir()
    assert words(document(page(include_overlay("../OVER"), text("page"))), inside) == ["page"]


def test_a_file_of_another_kind_is_not_the_resource(tmp_path: Path) -> None:
    (tmp_path / "OVER").write_bytes(b"no AFP at all")
    (tmp_path / "SEGM").write_bytes(overlay("an overlay", "SEGM"))
    data = document(page(include_overlay(), include_segment(), text("page")))
    assert words(data, tmp_path) == ["page"]


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConversionError, match="neither a folder nor a file"):
        converted(USES_OVERLAY, Options(resource_paths=(tmp_path / "gone",)))


MISSING = {
    "overlay": (USES_OVERLAY, "resource-missing", Severity.SKIPPED),
    "page segment": (document(page(include_segment(), text("page"))), "resource-missing", Severity.SKIPPED),
    "character set": (
        document(page(text("page"), maps=fonts("C0GONE00", "T1V10500"))),
        "font-substituted",
        Severity.SUBSTITUTED,
    ),
}


@pytest.mark.parametrize(("data", "code", "severity"), MISSING.values(), ids=MISSING)
def test_missing_is_reported_or_refused(data: bytes, code: str, severity: Severity) -> None:
    pdf, result = converted(data)
    assert "page" in page_texts(pdf)[0]
    assert [f.severity for f in result.findings if f.code == code] == [severity]
    with pytest.raises(MissingResourceError):
        converted(data, Options(strict=True))


def test_strict_is_content_when_all_is_there() -> None:
    pdf, result = converted(sample(), Options(strict=True))
    assert pdf == converted(sample())[0]
    assert "font-substituted" not in codes(result)
