"""Edits of wrapperservice.properties under a running wrapper-service."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from service_processes import Afp2webProcess, WrapperProcess, eventually


@pytest.fixture(scope="module")
def wrapper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WrapperProcess]:
    instance = WrapperProcess(tmp_path_factory.mktemp("wrapper"), 9090)
    yield instance
    instance.stop()


@pytest.fixture(scope="module")
def first(wrapper: WrapperProcess) -> str:
    """The file's text at the start; each test makes its edit from it, whatever stands there now."""
    return wrapper.properties.read_text()


def afp2web_of(wrapper: WrapperProcess) -> dict[str, object]:
    found: dict[str, object] = wrapper.heartbeat().json["afp2web"]
    return found


def in_force(wrapper: WrapperProcess) -> str:
    return str(afp2web_of(wrapper)["target"])


def edit_in_place(path: Path, text: str) -> None:
    path.write_text(text)


def rename_over(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


def keep_time_stamp(path: Path, text: str) -> None:
    """An edit of the same length that a look at size and time would miss."""
    status = path.stat()
    path.write_text(text)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize(
    ("edit", "old", "new", "target"),
    [
        (edit_in_place, "afp2web.port=9090", "afp2web.port=9091", "http://127.0.0.1:9091"),
        (rename_over, "afp2web.port=9090", "afp2web.port=9092", "http://127.0.0.1:9092"),
        (keep_time_stamp, "afp2web.port=9090", "afp2web.port=9093", "http://127.0.0.1:9093"),
        (edit_in_place, "afp2web.host=127.0.0.1", "afp2web.host : 127.0.0.2", "http://127.0.0.2:9090"),
        (rename_over, "host-protocol=http", "host-protocol=https", "https://127.0.0.1:9090"),
        (edit_in_place, "host=127.0.0.1", "host=a2w-vip.example.net", "http://a2w-vip.example.net:9090"),
        (edit_in_place, "host=127.0.0.1", "host=[fd00::1]", "http://[fd00::1]:9090"),
        # No end of the last line.
        (edit_in_place, "afp2web.port=9090\n", "afp2web.port=9099", "http://127.0.0.1:9099"),
    ],
)
def test_an_edit_counts_within_a_second(
    wrapper: WrapperProcess, first: str, edit: Callable[[Path, str], None], old: str, new: str, target: str
) -> None:
    assert old in first
    edit(wrapper.properties, first.replace(old, new))
    began = time.monotonic()
    eventually(lambda: in_force(wrapper) == target)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("host-protocol=http", "host-protocol=gopher", "afp2web.host-protocol = 'gopher'"),
        ("port=9090", "port=nine", "afp2web.port = 'nine'"),
        ("port=9090", "port=0", "afp2web.port = '0'"),
        ("port=9090", "port=65536", "afp2web.port = '65536'"),
        ("port=9090", "port=", "afp2web.port = ''"),
        ("host=127.0.0.1", "host=", "afp2web.host = ''"),
        ("host=127.0.0.1", "host=http://127.0.0.1", "afp2web.host = 'http://127.0.0.1'"),
        ("host=127.0.0.1", "host=user@elsewhere", "afp2web.host = 'user@elsewhere'"),
        ("host=127.0.0.1", "host=a b", "afp2web.host = 'a b'"),
        ("host=127.0.0.1", "host=a\\u000aHost: b", "afp2web.host"),
        ("afp2web.port=9090\n", "", "afp2web.port: missing"),  # a file of which half is written
        ("afp2web.port=", "afp2web.prot=", "afp2web.prot: unknown key"),
        ("afp2web.port=9090", "afp2web.port=9099\nafp2web.fallback-targets=x", "afp2web.fallback-targets"),
        ("afp2web.port=9090", "afp2web.port=9099\n#\xff", "not UTF-8"),
    ],
)
def test_a_bad_edit_is_refused_and_the_old_value_stays(
    wrapper: WrapperProcess, first: str, old: str, new: str, reason: str
) -> None:
    assert old in first
    kept = in_force(wrapper)
    wrapper.properties.write_bytes(first.replace(old, new).encode("latin-1"))
    eventually(lambda: reason in str(afp2web_of(wrapper).get("refusedEdit")))
    assert in_force(wrapper) == kept
    assert reason in wrapper.logged("properties refused")[-1]["reason"]


def test_a_bad_edit_is_logged_once(wrapper: WrapperProcess, first: str) -> None:
    already = len(wrapper.logged("properties refused"))
    wrapper.properties.write_text(first.replace("port=9090", "port=many"))
    eventually(lambda: len(wrapper.logged("properties refused")) > already)
    time.sleep(0.6)  # two more looks at the same content
    assert len(wrapper.logged("properties refused")) == already + 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: (path.unlink(), path.mkdir()),
        lambda path: (path.unlink(), os.mkfifo(path)),  # out of which nothing ever comes
    ],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    wrapper: WrapperProcess, first: str, damage: Callable[[Path], object]
) -> None:
    kept = in_force(wrapper)
    damage(wrapper.properties)
    eventually(lambda: "cannot be read" in str(afp2web_of(wrapper).get("refusedEdit")))
    assert in_force(wrapper) == kept
    if wrapper.properties.is_dir():
        wrapper.properties.rmdir()
    wrapper.properties.unlink(missing_ok=True)
    wrapper.properties.write_text(first)
    eventually(lambda: "refusedEdit" not in afp2web_of(wrapper))


def test_a_file_is_not_taken_while_it_is_being_written(wrapper: WrapperProcess, first: str) -> None:
    """Byte by byte, with the port complete only at the very end: 9, 90 and 909 are valid ports, too."""
    text = first.replace("port=9090\n", "port=9099\n")
    kept, seen = in_force(wrapper), set()
    with wrapper.properties.open("wb", buffering=0) as file:
        for byte in text.encode():
            file.write(bytes([byte]))
            seen.add(in_force(wrapper))
            if file.tell() == text.index("port=9099") + len("port=90"):
                time.sleep(0.25)  # long enough for two looks
    eventually(lambda: in_force(wrapper) == "http://127.0.0.1:9099")
    assert seen == {kept}


def test_keys_that_count_after_a_restart_are_named(wrapper: WrapperProcess, first: str) -> None:
    wrapper.properties.write_text(first + "afp2web.deadline-seconds = 7\n")
    eventually(lambda: wrapper.logged("properties that count after a restart"))
    assert wrapper.logged("properties that count after a restart")[-1]["keys"] == ["afp2web.deadline-seconds"]


def test_the_next_conversion_goes_to_the_new_target(
    tmp_path: Path, afp2web: Afp2webProcess, document: bytes, converted: bytes
) -> None:
    """The emergency change: the target is dead, an operator names a living one, waiting requests go there."""
    wrapper = WrapperProcess(tmp_path / "emergency", 1)
    try:
        wrapper.properties.write_text(
            wrapper.properties.read_text().replace("port=1\n", f"port={afp2web.port}\n")
        )
        reply = wrapper.convert(document)
        assert (reply.status, reply.body) == (200, converted)
        assert reply.headers["X-Wrapper-Target"] == f"http://127.0.0.1:{afp2web.port}"
    finally:
        wrapper.stop()
