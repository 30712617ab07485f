"""A bad properties file at the next start, keys given twice, and asking before saving."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from service_processes import Afp2webProcess, ServiceProcess, WrapperProcess, eventually

from afpcluster.afp2web.settings import Afp2webSettings
from afpcluster.web.properties import last_good, start
from afpcluster.web.settings import PropertiesError
from afpcluster.wrapper.settings import WrapperSettings

GOOD = "afp2web.host-protocol=http\nafp2web.host=a\nafp2web.port=1\n"


@pytest.mark.parametrize(
    "bad",
    [
        GOOD.replace("port=1", "port=nine"),
        GOOD.replace("a\n", "\n"),
        "",
        "\x00",
        GOOD + "no.such = 1\n",
        None,
    ],
)
def test_a_bad_file_at_the_start_is_replaced_by_the_last_good_one(tmp_path: Path, bad: str | None) -> None:
    path = tmp_path / "wrapperservice.properties"
    path.write_text(GOOD)
    assert start(WrapperSettings, path).refused is None
    path.unlink() if bad is None else path.write_text(bad)
    loaded = start(WrapperSettings, path)
    assert loaded.settings.targets[0].url == "http://a:1"
    assert str(path) in str(loaded.refused)
    assert str(last_good(path)) in loaded.warnings[0]
    assert last_good(path).read_text() == GOOD


@pytest.mark.parametrize("kept", [None, "", GOOD.replace("port=1", "port=")])
def test_without_a_good_one_the_start_ends(tmp_path: Path, kept: str | None) -> None:
    path = tmp_path / "wrapperservice.properties"
    path.write_text("afp2web.port = nine\n")
    if kept is not None:
        last_good(path).write_text(kept)
    with pytest.raises(PropertiesError, match="'nine'"):
        start(WrapperSettings, path)


def test_an_empty_file_that_the_installation_made_is_not_a_last_good_one(tmp_path: Path) -> None:
    path = tmp_path / "afp2web.properties"
    path.write_text("afp2web.workers = 0\n")
    last_good(path).touch()
    with pytest.raises(PropertiesError, match="workers"):
        start(Afp2webSettings, path)


def test_what_cannot_be_kept_is_told(tmp_path: Path) -> None:
    path = tmp_path / "wrapperservice.properties"
    path.write_text(GOOD)
    last_good(path).mkdir()
    assert "cannot be written" in start(WrapperSettings, path).warnings[0]


Start = Callable[..., ServiceProcess]


def test_a_wrapper_killed_after_a_bad_edit_comes_back_and_says_so(start: Start, tmp_path: Path) -> None:
    first = start(lambda folder: WrapperProcess(folder, 9090))
    good = first.properties.read_text()
    first.properties.write_text(good.replace("port=9090", "port=9091"))
    eventually(lambda: first.heartbeat().json["afp2web"]["target"].endswith(":9091"))
    first.properties.write_text(good.replace("port=9090", "port=nine"))
    eventually(lambda: "refusedEdit" in first.heartbeat().json["afp2web"])
    os.kill(first.process.pid, signal.SIGKILL)
    again = start(lambda folder: WrapperProcess(folder, 9090, existing=first.properties))
    told = again.heartbeat().json
    assert told["afp2web"]["target"] == "http://127.0.0.1:9091"
    assert "port = 'nine'" in told["afp2web"]["refusedEdit"]
    assert "last-good" in str(told["warnings"])
    assert "last-good" in again.logged("properties")[0]["warning"]
    assert b"properties_refused 1.0" in again.call("GET", "/metrics").body
    first.properties.write_text(good)
    eventually(lambda: "warnings" not in again.heartbeat().json)
    assert b"properties_refused 0.0" in again.call("GET", "/metrics").body


def test_afp2web_too_starts_from_the_last_good_file(start: Start) -> None:
    first = start(Afp2webProcess)
    first.stop()
    first.properties.write_text(first.properties.read_text() + "afp2web.workres = 1\n")
    again = start(lambda folder: Afp2webProcess(folder, existing=first.properties))
    assert "afp2web.workres: unknown key" in str(again.heartbeat().json["Warnings"])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("afp2web.host=127.0.0.2\n", "afp2web.host is given 2 times"),
        ("afp2web.deadline-seconds = 7\n", "counts only after a restart: afp2web.deadline-seconds"),
    ],
)
def test_the_heartbeat_tells_what_is_odd(start: Start, more: str, told: str) -> None:
    wrapper = start(lambda folder: WrapperProcess(folder, 9090))
    wrapper.properties.write_text(wrapper.properties.read_text() + more)
    eventually(lambda: told in str(wrapper.heartbeat().json.get("warnings")))


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (GOOD, 0, "valid for wrapper-service"),
        ("afp2web.workers = 2\n", 0, "valid for afp2web"),
        (GOOD + "afp2web.port=2\n", 0, "afp2web.port is given 2 times"),
        (GOOD + "afp2web.deadline-seconds = 7\n", 0, "counts only after a restart: afp2web.deadline-seconds"),
        (GOOD.replace("port=1", "port=nine"), 2, "afp2web.port = 'nine'"),
        ("afp2web.port=1\n", 2, "afp2web.host: missing"),
        (None, 2, "cannot be read"),
    ],
)
def test_asking_before_saving(tmp_path: Path, text: str | None, code: int, said: str) -> None:
    path = tmp_path / "service.properties"
    last_good(path).write_text(GOOD)
    if text is not None:
        path.write_text(text)
    argv = [sys.executable, "-m", "afpcluster", "config", "check", str(path)]
    ended = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == code, ended.stderr
    assert said in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
