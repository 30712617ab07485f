"""A full disk: 503 for every size, a heartbeat that says why, and all well again when there is space."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scripted_server import ScriptedServer, answer
from service_processes import Afp2webProcess, ServiceProcess, WrapperProcess, eventually

Start = Callable[..., ServiceProcess]
KIBIBYTE = 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of eight mebibytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, leave: int) -> Path:
    """Fill the file system but for `leave` bytes; the file that does it."""
    file = folder / "filler"
    with file.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(4096))
        except OSError:
            out.truncate(max(0, out.tell() - leave))
    return file


@pytest.mark.parametrize("leave", [0, 4096, 65_536])
def test_a_full_disk(start: Start, small_disk: Path, document: bytes, converted: bytes, leave: int) -> None:
    properties = f"service.temp-dir = {small_disk}\nservice.spool-memory-bytes = 100000"
    afp2web = start(lambda folder: Afp2webProcess(folder, properties))
    assert isinstance(afp2web, Afp2webProcess)
    filler = fill(small_disk, leave)
    eventually(lambda: afp2web.heartbeat().status == 503)
    assert afp2web.heartbeat().json["Status"] == "FAILING"
    assert "storage" in afp2web.heartbeat().json["Reasons"][0]
    ready = afp2web.call("GET", "/services/readyz")
    assert (ready.status, ready.json["reasons"]) == (503, afp2web.heartbeat().json["Reasons"])
    padding = b"\x5a\x00\x08\xd3\xee\xee\x00\x00\x00"  # NOP
    for size in (0, 1, 50, 99, 100, 101, 200, 260, 1000, 1025, 3000):
        body = document + padding * (size * KIBIBYTE // len(padding))
        reply = afp2web.transform(body)
        assert reply.status in ((503,) if leave == 0 else (200, 503)), (size, reply.body)
        assert reply.status == 200 or reply.json["ErrorCode"] == "A2W-5006"
    filler.unlink()
    eventually(lambda: afp2web.heartbeat().status == 200)
    assert afp2web.transform(document).body == converted
    assert list(small_disk.iterdir()) == []


def test_a_full_disk_of_the_wrapper(start: Start, small_disk: Path, document: bytes) -> None:
    afp2web = start(Afp2webProcess)
    properties = f"service.temp-dir = {small_disk}\nservice.spool-memory-bytes = 1000"
    wrapper = start(lambda folder: WrapperProcess(folder, afp2web.port, properties))
    assert isinstance(wrapper, WrapperProcess)
    filler = fill(small_disk, 0)
    large = document + b"\x5a\x00\x08\xd3\xee\xee\x00\x00\x00" * 1000
    reply = wrapper.convert(large)
    assert (reply.status, reply.json["code"]) == (503, "storage-failed")
    assert wrapper.heartbeat().status == 503
    ready = wrapper.call("GET", "/wrapperservice/readyz")
    assert (ready.status, ready.json["status"]) == (503, "NOT_READY")
    assert any(told.startswith("storage: ") for told in ready.json["reasons"])
    assert wrapper.call("GET", "/wrapperservice/livez").status == 200
    filler.unlink()
    eventually(lambda: wrapper.heartbeat().status == 200)
    assert wrapper.call("GET", "/wrapperservice/readyz").status == 200
    assert wrapper.convert(large).status == 200


def test_too_little_space_is_told_before_anything_fails(
    start: Start, small_disk: Path, document: bytes
) -> None:
    """Of a small file system a tenth."""
    afp2web = start(lambda folder: Afp2webProcess(folder, f"service.temp-dir = {small_disk}"))
    assert isinstance(afp2web, Afp2webProcess)
    fill(small_disk, 700 * KIBIBYTE)
    assert afp2web.heartbeat().status == 503
    assert "bytes are free" in afp2web.heartbeat().json["Reasons"][0]
    assert afp2web.transform(document).status == 200


def test_who_reads_slowly_fills_no_disk(start: Start, small_disk: Path) -> None:
    """Two that read nothing of their answers leave no room for a third one's: the slowest loses his."""
    server = ScriptedServer()
    server.play(answer(200, bytes(3_000_000)))
    wrapper = start(lambda folder: WrapperProcess(folder, server.port, f"service.temp-dir = {small_disk}"))
    assert isinstance(wrapper, WrapperProcess)
    head = b"POST /wrapperservice/convert HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"
    readers = []
    for _ in range(2):
        readers.append(socket.socket())
        readers[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        readers[-1].connect(("127.0.0.1", wrapper.port))
        readers[-1].sendall(head)
    eventually(lambda: wrapper.metric("storage_free_bytes") < 3_000_000)
    eventually(lambda: wrapper.convert(b"x").status == 200)
    eventually(lambda: wrapper.heartbeat().status == 200)
    (line,) = eventually(lambda: [x for x in wrapper.logged("request") if x["status"] == 499])
    assert "slowly" in line["reason"]
    assert not wrapper.logged("ASGI callable returned without completing response.")
    for reader in readers:
        reader.close()
    server.close()
