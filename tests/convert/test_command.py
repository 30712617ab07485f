"""`afpcluster convert`: exit codes, JSON, and an output file that is whole or not there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from print_files import converted, document, include_overlay, overlay, page, text

from afpcluster.cli import app
from afpcluster.options import Format

ONE = document(page(text("one")), page(text("two")))
NEEDS_OVERLAY = document(page(include_overlay(), maps=b""))
WRONG_LENGTH = document(page(text("lost")).replace(b"\0\x1b\xd3\xee\x9b", b"\0\x30\xd3\xee\x9b"))


def run(folder: Path, data: bytes, *options: str) -> Result:
    """Convert in `folder`; the output is `out.pdf` there."""
    source = folder / "in.afp"
    source.write_bytes(data)
    return CliRunner().invoke(app, ["convert", str(source), "-o", str(folder / "out.pdf"), *options])


def left(folder: Path) -> set[str]:
    return set(os.listdir(folder)) - {"in.afp"}


FAILURES: dict[str, tuple[bytes, tuple[str, ...], int, str]] = {
    "not AFP": (b"no AFP at all, and long enough", (), 3, "input-not-afp"),
    "empty": (b"", (), 3, "input-empty"),
    "an overlay alone": (overlay("x"), (), 3, "input-no-pages"),
    "cut off": (ONE[:-5], (), 4, "input-truncated"),
    "cut off late, with processes": (ONE[:-5], ("-p", "2"), 4, "input-truncated"),
    "too many pages": (ONE, ("--max-pages", "1"), 5, "too-many-pages"),
    "missing, strict": (NEEDS_OVERLAY, ("--strict",), 6, "resource-missing"),
    "a page is lost": (WRONG_LENGTH, ("--fail-on", "error"), 7, "findings-refused"),
    "an overlay is missing": (NEEDS_OVERLAY, ("--fail-on", "skipped"), 7, "findings-refused"),
    "the same, with processes": (
        WRONG_LENGTH,
        ("--fail-on", "error", "-p", "2"),
        7,
        "findings-refused",
    ),
    "resource path": (ONE, ("-r", "not-there"), 2, "resource-path-missing"),
    "a page that is not there": (ONE, ("--pages", "3"), 9, "selection-empty"),
    "a format that is not known": (ONE, ("-f", "docx"), 9, "format-unknown"),
    "names of no parts": (ONE, ("--part-name", "{number}"), 9, "part-name-alone"),
    "an empty password": (ONE, ("--password", ""), 9, "password-empty"),
    "copies of no sheets": (ONE, ("--max-copies", "3"), 9, "max-copies-alone"),
}


WITHOUT_EFFECT: tuple[tuple[str, ...], ...] = (
    ("png", "--password", "x"),
    ("txt", "--permissions", "print"),
    ("csv", "--title", "x"),
    ("words", "--tagged"),
    ("afp", "--language", "en"),
    ("tiff", "--linearize"),
    ("jpeg", "--attach-index"),
    ("ind", "--pdf-a", "2b"),
    ("pdf", "--dpi", "150"),
    ("txt", "--dpi", "300"),
    ("index", "--colour", "grey"),
    ("pdf", "--colour", "colour"),
    ("pdf", "--text", "flow"),
    ("words", "--text", "layout"),
    ("csv", "--layout", "sheets"),
    ("afp", "--layout", "sheets"),
    ("index", "--form-map", "F1"),
    ("ind", "--no-raster-a-space"),
)


@pytest.mark.parametrize("options", WITHOUT_EFFECT, ids=" ".join)
def test_options_without_an_effect_on_what_is_made_are_refused(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    shown = run(tmp_path, ONE, "--json", "--format", *options)
    answer = json.loads(shown.stdout)
    assert (shown.exit_code, answer["code"]) == (9, "option-without-effect")
    assert f", and {options[0]} is made" in answer["message"]
    assert left(tmp_path) == set()


@pytest.mark.parametrize("format_", Format)
def test_defaults_go_with_every_format(tmp_path: Path, format_: Format) -> None:
    defaults = ("--layout", "pages", "--raster-a-space", "--max-copies", "100")
    assert run(tmp_path, ONE, "--format", format_, *defaults).exit_code == 0


@pytest.mark.parametrize(("data", "options", "exit_code", "code"), FAILURES.values(), ids=FAILURES)
def test_failures(tmp_path: Path, data: bytes, options: tuple[str, ...], exit_code: int, code: str) -> None:
    shown = run(tmp_path, data, "--json", *options)
    answer = json.loads(shown.stdout)
    assert (shown.exit_code, answer["status"], answer["code"]) == (exit_code, "error", code)
    assert answer["message"] in shown.stderr.replace("\n", " ")
    assert left(tmp_path) == set()


def test_a_failure_leaves_an_older_output_alone(tmp_path: Path) -> None:
    (tmp_path / "out.pdf").write_bytes(b"older")
    assert run(tmp_path, ONE[:-5]).exit_code == 4
    assert (tmp_path / "out.pdf").read_bytes() == b"older"


def test_success(tmp_path: Path) -> None:
    shown = run(tmp_path, ONE)
    assert shown.exit_code == 0, shown.output
    assert left(tmp_path) == {"out.pdf"}
    assert (tmp_path / "out.pdf").read_bytes() == converted(ONE)[0]
    assert "2 pages" in shown.stderr
    assert "font-substituted" in shown.stderr


def test_json(tmp_path: Path) -> None:
    answer: dict[str, Any] = json.loads(run(tmp_path, NEEDS_OVERLAY, "--json").stdout)
    assert answer["status"] == "ok"
    assert (answer["pages"], answer["bytes"]) == (1, (tmp_path / "out.pdf").stat().st_size)
    missing = next(f for f in answer["findings"] if f["code"] == "resource-missing")
    assert missing["offset"] == NEEDS_OVERLAY.index(include_overlay())
    assert (missing["page"], missing["severity"]) == (1, "skipped")


@pytest.mark.parametrize(
    ("target", "options", "files"),
    [
        ("p.png", (), ["p-0001.png", "p-0002.png"]),
        ("p.JPEG", (), ["p-0001.JPEG", "p-0002.JPEG"]),
        ("p.pdf", ("-f", "png"), ["p-0001.png", "p-0002.png"]),  # no PDF, so it is not called one
        ("p", ("-f", "jpeg"), ["p-0001.jpg", "p-0002.jpg"]),
        ("p.png", ("--pages", "2"), ["p.png"]),
        ("p.tif", (), ["p.tif"]),
        ("p.zip", ("-f", "png"), ["p.zip"]),
    ],
)
def test_the_files_that_are_told_are_those_that_are_there(
    tmp_path: Path, target: str, options: tuple[str, ...], files: list[str]
) -> None:
    """The folder has a file of that name from before: it does not look as if it were new."""
    output = tmp_path / target
    source = tmp_path / "in.afp"
    source.write_bytes(ONE)
    arguments = ["convert", str(source), "-o", str(output), "--dpi", "20", *options]
    shown = CliRunner().invoke(app, [*arguments, "--json"])
    assert json.loads(shown.stdout)["files"] == [str(tmp_path / name) for name in files]
    assert left(tmp_path) == set(files)
    assert files[0] in CliRunner().invoke(app, arguments).stderr.replace("\n", "")


def test_quiet_says_nothing(tmp_path: Path) -> None:
    shown = run(tmp_path, ONE, "--quiet")
    assert (shown.exit_code, shown.output) == (0, "")


def test_accept_truncated(tmp_path: Path) -> None:
    shown = run(tmp_path, ONE[:-5], "--accept-truncated")
    assert shown.exit_code == 0, shown.output
    assert "input-truncated" in shown.stderr


def test_parts_are_no_file(tmp_path: Path) -> None:
    shown = run(tmp_path, ONE, "--split", "pages:1")
    assert (shown.exit_code, left(tmp_path)) == (1, set())
    assert "would be a folder" in shown.stderr


@pytest.mark.parametrize("place", ["source", "target"])
def test_files_that_cannot_be_opened(tmp_path: Path, place: str) -> None:
    source, target = tmp_path / "in.afp", tmp_path / "gone" / "out.pdf"
    if place == "source":
        target = tmp_path / "out.pdf"
    else:
        source.write_bytes(ONE)
    shown = CliRunner().invoke(app, ["convert", str(source), "-o", str(target)])
    assert shown.exit_code == 1
    told = f"{source} cannot be read: No such file or directory" if place == "source" else "is not there"
    assert told in shown.stderr
    assert "Errno" not in shown.stderr
    assert left(tmp_path) == set()


def test_a_folder_is_no_input(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    shown = CliRunner().invoke(app, ["convert", str(folder), "-o", str(tmp_path / "out.pdf")])
    assert shown.exit_code == 1
    assert "is a folder; name the files in it" in shown.stderr.replace("\n", " ")
    assert left(tmp_path) == {"archive"}


def test_a_folder_is_no_output(tmp_path: Path) -> None:
    (tmp_path / "out.pdf").mkdir()
    shown = run(tmp_path, ONE)
    assert shown.exit_code == 1
    assert "out.pdf is a folder; name a file in it" in shown.stderr.replace("\n", " ")
    assert left(tmp_path) == {"out.pdf"}


def test_json_and_the_pdf_do_not_share_standard_output(tmp_path: Path) -> None:
    (tmp_path / "in.afp").write_bytes(ONE)
    shown = CliRunner().invoke(app, ["convert", str(tmp_path / "in.afp"), "-o", "-", "--json"])
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert "both want standard output" in shown.stderr


@pytest.mark.parametrize("options", [(), ("-p", "2")])
def test_pipes(options: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "afpcluster", "convert", "-", "-o", "-", *options]
    done = subprocess.run(command, input=ONE, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, converted(ONE)[0])
    failed = subprocess.run(command, input=ONE[:-5], capture_output=True, timeout=60)
    assert (failed.returncode, failed.stdout) == (4, b"")


def test_a_pipe_as_output_stays_a_pipe(tmp_path: Path) -> None:
    """As a device would: -o /dev/null must not replace it."""
    pipe = tmp_path / "out.pdf"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as threads:
        read = threads.submit(pipe.read_bytes)
        assert run(tmp_path, ONE).exit_code == 0
        assert read.result(timeout=60) == converted(ONE)[0]
    assert pipe.is_fifo()


def test_a_link_as_output_is_followed(tmp_path: Path) -> None:
    (tmp_path / "kept.pdf").write_bytes(b"older")
    (tmp_path / "out.pdf").symlink_to("kept.pdf")
    assert run(tmp_path, ONE).exit_code == 0
    assert (tmp_path / "out.pdf").is_symlink()
    assert (tmp_path / "kept.pdf").read_bytes() == converted(ONE)[0]


def test_installed_command(tmp_path: Path) -> None:
    """As an operator runs it: no progress bar where there is no terminal, the exit code of the error."""
    (tmp_path / "in.afp").write_bytes(ONE[:-5])
    command = [sys.executable, "-m", "afpcluster", "convert", "in.afp", "-o", "out.pdf"]
    failed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (failed.returncode, failed.stdout) == (4, "")
    assert failed.stderr.startswith("error in.afp at byte ")
    (tmp_path / "in.afp").write_bytes(ONE)
    done = subprocess.run([*command, "--json"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["pages"] == 2
