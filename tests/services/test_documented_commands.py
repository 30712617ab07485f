"""Every command in docs/services.md and docs/security.md is run as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from service_processes import Afp2webProcess, WrapperProcess

from afpcluster.web.keys import hash_of, new_key
from certificates import Authority

DOCS = Path(__file__).parents[2] / "docs"
KEY = new_key()


def commands(file: str) -> list[str]:
    """The commands of a file's sh blocks: continued lines joined; after prompts, if there are any."""
    found = []
    for block in re.findall(r"```sh\n(.*?)```", (DOCS / file).read_text(), re.DOTALL):
        lines = re.sub(r"(\\|\|)\n\s+", lambda match: match[1].replace("\\", "") + " ", block).splitlines()
        if any(line.startswith("$ ") for line in lines):
            lines = [line[2:] for line in lines if line.startswith("$ ")]
        found += [line for line in lines if line and not line.startswith("#")]
    return found


CASES = [(file, command) for file in ("services.md", "security.md") for command in commands(file)]


@pytest.fixture(scope="module")
def environment(
    tmp_path_factory: pytest.TempPathFactory, afp2web: Afp2webProcess, document: bytes
) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with the files that the commands name, and the variables that the documents explain."""
    folder = tmp_path_factory.mktemp("commands")
    authority = Authority(folder)
    authority.path.rename(folder / "ca.pem")
    authority.path = folder / "ca.pem"
    service = authority.issue("service")
    authority.issue("billing.example.com", file="billing")
    (folder / "clients.properties").write_text(
        f"billing.certificate = billing.example.com\nbilling.max-conversions = 8\n"
        f"courier.keys = {hash_of(KEY)}\n"
    )
    for name in ("statements.afp", "in.afp"):
        (folder / name).write_bytes(document)
    (folder / "afp2web.properties").write_text("afp2web.workers = 1\n")
    (folder / "wrapperservice.properties").write_text(
        "afp2web.host-protocol = http\nafp2web.host = 127.0.0.1\nafp2web.port = 1\n"
    )
    program = folder / "afpcluster"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m afpcluster "$@"\n')
    program.chmod(0o755)
    (folder / ".curlrc").write_text("fail\nsilent\nshow-error\n")
    open_wrapper = WrapperProcess(folder / "open", afp2web.port)
    properties = (
        f"service.clients = {folder / 'clients.properties'}\nservice.tls-certificate = {service}\n"
        f"service.tls-client-ca = {authority.path}"
    )
    closed_wrapper = WrapperProcess(folder / "closed", afp2web.port, properties, tls=authority.client())
    (folder / "wrapper.log").symlink_to(folder / "closed" / "log")
    yield (
        folder,
        {
            **os.environ,
            "W": f"http://127.0.0.1:{open_wrapper.port}",
            "A": f"http://127.0.0.1:{afp2web.port}",
            "S": f"https://127.0.0.1:{closed_wrapper.port}",
            "KEY": KEY,
            "WORKER": str(afp2web.workers()[0]),
            "CURL_HOME": str(folder),
            "PATH": f"{folder}:{os.environ['PATH']}",
        },
    )
    open_wrapper.stop()
    closed_wrapper.stop()


@pytest.mark.parametrize(("file", "command"), CASES)
def test_command(environment: tuple[Path, dict[str, str]], file: str, command: str) -> None:
    folder, variables = environment
    if " serve-" in command:
        serve(folder, variables, command)
        return
    shell = ["bash", "-o", "pipefail", "-c", command]
    ended = subprocess.run(shell, cwd=folder, env=variables, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    if target := re.search(r"-o (\S+\.pdf)", command):
        made = folder / target[1]
        assert made.read_bytes().startswith(b"%PDF")
        made.unlink()


def serve(folder: Path, variables: dict[str, str], command: str) -> None:
    """Start it, on any port; it listens, and ends well when it is told to."""
    argv = shlex.split(re.sub(r"0\.0\.0\.0:\d+", "127.0.0.1:0", command))
    argv[0] = str(folder / argv[0])
    log = folder / "serve.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen(argv, cwd=folder, env=variables, stderr=stderr)
    try:
        deadline = time.monotonic() + 30
        while '"listening"' not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, log.read_text()
        assert '"listening"' in log.read_text()
    finally:
        process.kill()


def test_there_are_commands() -> None:
    assert len([file for file, _ in CASES if file == "services.md"]) > 10
    assert len([file for file, _ in CASES if file == "security.md"]) > 5
