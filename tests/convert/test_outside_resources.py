"""Resources outside the print file: folders, resource group files, their order, and `strict`."""

from __future__ import annotations

import resource as resource_limits
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
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

from afpcluster.afp import modca, triplets
from afpcluster.afp.names import encode_name
from afpcluster.afp.triplets import FqnType
from afpcluster.document.folders import FolderScope
from afpcluster.findings import ConversionError, Findings, MissingResourceError, Severity
from afpcluster.options import Options
from afpcluster.sample.records import field, made, qualified_name, resource, triplet

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


def test_names_with_their_extension_find_the_file_of_that_name(tmp_path: Path) -> None:
    """A name of eight characters may have a full stop in it."""
    overlay_file(tmp_path / "OVER.A", "first")
    overlay_file(tmp_path / "OVER.B", "second")
    assert words(document(page(include_overlay("OVER.B"), text("page"))), tmp_path) == ["second", "page"]


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


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    limits = resource_limits.getrlimit(resource_limits.RLIMIT_NOFILE)
    resource_limits.setrlimit(resource_limits.RLIMIT_NOFILE, (256, limits[1]))
    yield
    resource_limits.setrlimit(resource_limits.RLIMIT_NOFILE, limits)


def include_object(name: str) -> bytes:
    """Include it as an image (X'FB'), whatever it is."""
    include = made(
        modca.IncludeObject,
        name=encode_name(name),
        object_type=0xFB,
        x_origin=0,
        y_origin=0,
        x_orientation=modca.orientation(0),
        y_orientation=modca.orientation(90),
        x_content=modca.USE_OBJECT_OFFSET,
        y_content=modca.USE_OBJECT_OFFSET,
    )
    return field("IOB", include)


@pytest.mark.usefixtures("few_descriptors")
def test_files_asked_for_as_another_type_stay_closed(tmp_path: Path) -> None:
    Image.new("L", (8, 8)).save(tmp_path / "LOGO.gif")
    pages = [page(include_object("LOGO")) for _ in range(300)]
    _, result = converted(document(*pages), Options(resource_paths=(tmp_path,)))
    assert {f.code for f in result.findings if f.severity == Severity.ERROR} == set()


@pytest.mark.usefixtures("few_descriptors")
def test_more_files_than_may_be_open(tmp_path: Path) -> None:
    names = [f"O{number:05}" for number in range(300)]
    for name in names:
        overlay_file(tmp_path / name, name)
    data = document(*(page(include_overlay(name)) for name in names))
    pdf, result = converted(data, Options(resource_paths=(tmp_path,), raise_faults=True))
    assert [words.strip() for words in page_texts(pdf)] == names
    assert "resource-missing" not in codes(result)


def test_a_file_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overlay_file(tmp_path / "OVER", "an overlay")
    opened: list[Path] = []
    open_path = Path.open

    def counted(path: Path, *arguments: Any, **values: Any) -> Any:
        opened.append(path)
        return open_path(path, *arguments, **values)

    monkeypatch.setattr(Path, "open", counted)
    with closing(FolderScope((tmp_path,), Findings())) as scope:
        assert [scope.find(kind, "OVER") for kind in (0xFB, 0x06, 0x92) * 20] == [None] * 60
        first = len(opened)
        assert first < 10
        assert scope.find(0xFC, "OVER") is scope.find(0xFC, "over")
    assert len(opened) == first


def mapped(name: str) -> bytes:
    """An MDR that maps an object for later use."""
    names = qualified_name(FqnType.DATA_OBJECT_EXTERNAL, encode_name(name))
    group = names + triplet(triplets.ExtendedResourceLocalIdentifier(0x10, 7))
    return field("MDR", modca.MapResources([modca.MapGroup(group)]))


INCLUDED_PAGE = field("IPG", made(modca.IncludePage, name=encode_name("P1")))
ELSE_MISSING = {  # print file, code and severity of the finding
    "an object that is mapped": (document(page(maps=mapped("GONE"))), "resource-missing", Severity.INFO),
    "a page, between pages": (
        document(page(maps=b""), INCLUDED_PAGE),
        "page-include-skipped",
        Severity.ERROR,
    ),
    "a page, on a page": (
        document(page(INCLUDED_PAGE, maps=b"")),
        "page-include-skipped",
        Severity.ERROR,
    ),
}


@pytest.mark.parametrize(("data", "code", "severity"), ELSE_MISSING.values(), ids=ELSE_MISSING)
def test_strict_refuses_whatever_is_missing(data: bytes, code: str, severity: Severity) -> None:
    (told,) = converted(data)[1].findings
    assert (told.code, told.severity) == (code, severity)
    with pytest.raises(MissingResourceError, match=r"GONE|P1") as caught:
        converted(data, Options(strict=True))
    assert caught.value.offset == told.offset
