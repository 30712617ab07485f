"""The façade: the same bytes every time, options, progress, and faults of our own."""

from __future__ import annotations

import io
import os
import signal
from itertools import count
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from print_files import (
    codes,
    converted,
    document,
    group,
    include_overlay,
    overlay,
    page,
    page_texts,
    sample,
    text,
)

from afpcluster.convert import convert
from afpcluster.display.face import Face
from afpcluster.findings import ConversionError, LimitError, Severity
from afpcluster.interpret import objects
from afpcluster.interpret.text.controls import draw_text
from afpcluster.options import Options
from afpcluster.outputs.pdf import PacketMaker

THREE = document(*(page(text(words)) for words in ("first", "second", "third")))


def test_same_input_same_bytes() -> None:
    assert converted(sample(2))[0] == converted(sample(2))[0]


@pytest.mark.parametrize("processes", [2, 3])
def test_processes_change_no_byte(processes: int, tmp_path: Path) -> None:
    data = sample(20)
    path = tmp_path / "input.afp"
    path.write_bytes(data)
    alone, result = converted(data)
    assert result.pages > 16 * processes, "too few pages: not every process would get some"
    sink = io.BytesIO()
    with path.open("rb") as source:
        parallel = convert(source, sink, Options(processes=processes))
    assert sink.getvalue() == alone
    assert (parallel.pages, parallel.findings) == (result.pages, result.findings)


@pytest.mark.parametrize("share", [0.6, 0.8, 0.95])
def test_processes_change_no_byte_of_a_truncated_file(share: float) -> None:
    data = sample(6)
    data = data[: int(len(data) * share)]
    alone, parallel = (converted(data, Options(accept_truncated=True, processes=n)) for n in (1, 2))
    assert alone == parallel


def test_sources_without_a_file_in_processes() -> None:
    assert converted(sample(1), Options(processes=2))[0] == converted(sample(1))[0]


def test_result() -> None:
    pdf, result = converted(THREE)
    assert (result.pages, result.bytes_written, result.media_type) == (3, len(pdf), "application/pdf")
    assert [words.strip() for words in page_texts(pdf)] == ["first", "second", "third"]


def test_progress_goes_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []
    data = sample(3)
    convert(io.BytesIO(data), io.BytesIO(), progress=lambda done, total: told.append((done, total)))
    done = [at for at, _ in told]
    assert done == sorted(set(done))
    assert {total for _, total in told} == {len(data)}
    assert len(data) - done[-1] < 100  # only End fields behind the last page


@pytest.mark.parametrize(("limit", "allowed"), [(2, False), (3, True), (4, True)])
@pytest.mark.parametrize("processes", [1, 2])
def test_max_pages(limit: int, allowed: bool, processes: int) -> None:
    options = Options(max_pages=limit, processes=processes)
    if allowed:
        assert converted(THREE, options)[1].pages == 3
    else:
        with pytest.raises(LimitError, match=f"more than {limit} pages"):
            converted(THREE, options)


def title(pdf: bytes) -> str:
    opened = pypdfium2.PdfDocument(pdf)
    try:
        return str(opened.get_metadata_value("Title"))
    finally:
        opened.close()


def test_title() -> None:
    assert title(converted(THREE, Options(title="Café №1"))[0]) == "Café №1"
    assert title(converted(THREE)[0]) == "DOC"


def test_inline_resources_are_used() -> None:
    pdf, result = converted(group(overlay("below")) + document(page(include_overlay(), text("above"))))
    assert page_texts(pdf)[0].split() == ["below", "above"]
    assert "resource-missing" not in codes(result)


def broken(monkeypatch: pytest.MonkeyPatch, words: str, times: int = 1_000) -> None:
    """Give the text drawer a bug that these words trigger, so many times."""
    left = count(times, -1)

    def with_bug(data: bytes, *arguments: Any) -> Any:
        if words.encode("cp500") in data and next(left) > 0:
            raise ZeroDivisionError("a bug")
        return draw_text(data, *arguments)

    monkeypatch.setattr(objects, "draw_text", with_bug)


def test_a_fault_marks_its_page_and_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, "second")
    pdf, result = converted(THREE, Options())
    first, second, third = page_texts(pdf)
    assert (first.strip(), third.strip()) == ("first", "third")
    assert "Page 2 could not be converted" in second
    fault = next(f for f in result.findings if f.code == "internal-fault")
    assert (fault.severity, fault.page, fault.count) == (Severity.ERROR, 2, 1)
    assert "ZeroDivisionError" in fault.message


class _Locked(Exception):
    """As some libraries' own: cannot be made anew from its arguments."""

    def __init__(self, reason: str, place: int) -> None:
        super().__init__(f"{reason} at {place}")


@pytest.mark.parametrize(
    ("fault", "message"), [(ZeroDivisionError("a bug"), "^a bug$"), (_Locked("a bug", 7), "a bug at 7$")]
)
def test_faults_of_worker_processes_are_raised_here(
    fault: Exception, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_bug(*_: Any) -> Any:
        raise fault

    monkeypatch.setattr(objects, "draw_text", with_bug)
    with pytest.raises((ZeroDivisionError, RuntimeError), match=message):
        converted(THREE, Options(processes=2, raise_faults=True))


def test_a_worker_process_that_is_killed_ends_the_conversion(monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(objects, "draw_text", killed)
    with pytest.raises(ConversionError, match="ended without an answer"):
        converted(THREE, Options(processes=2))


def test_a_fault_on_the_way_to_the_writer_marks_its_page_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lost page was the first to bring the font; the others still have it."""
    send_face = PacketMaker.send_face
    faces: list[Face] = []

    def with_bug(maker: PacketMaker, face: Face) -> None:
        send_face(maker, face)
        faces.append(face)
        if len(faces) == 1:
            raise ZeroDivisionError("a bug")

    monkeypatch.setattr(PacketMaker, "send_face", with_bug)
    pdf, result = converted(THREE, Options())
    first, second, third = page_texts(pdf)
    assert "Page 1 could not be converted" in first
    assert (second.strip(), third.strip()) == ("second", "third")
    assert [(f.severity, f.page) for f in result.findings if f.code == "internal-fault"] == [
        (Severity.ERROR, 1)
    ]


def test_faults_come_through_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch, "third")
    with pytest.raises(ZeroDivisionError):
        converted(THREE, Options(raise_faults=True))
