"""The lab's hosts as machines that are reached by ssh, with keys and a server of the tests' own."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from afpcluster.cluster.command import CommandError, run
from afpcluster.cluster.machine import COMPOSE, FIREWALL, machine_files
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.site.ssh import SshSite
from afpcluster.cluster.topology_file import parse


@contextmanager
def ssh_site(lab: LabSite, topology_text: str, folder: Path) -> Iterator[SshSite]:
    """A server on every host of a lab that is up; gone afterwards."""
    server = shutil.which("sshd", path="/usr/sbin:/usr/bin")
    if server is None or shutil.which("ssh") is None:
        pytest.skip("openssh-server and openssh-client are not installed; `make test` installs them")
    for name in ("host", "client"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
    public = (folder / "host.pub").read_text().strip()
    addresses = [str(host.address) for host in lab.topology.hosts]
    (folder / "known").write_text("".join(f"{address} {public}\n" for address in addresses))
    (folder / "config").write_text(
        f"IdentityFile {folder / 'client'}\nUserKnownHostsFile {folder / 'known'}\nIdentitiesOnly yes\n"
    )
    options = {
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "client.pub",
        "StrictModes": "no",
        "PidFile": "none",
        "UsePAM": "no",
        "PermitRootLogin": "prohibit-password",
    }
    (folder / "sshd").write_text("".join(f"{key} {value}\n" for key, value in options.items()))
    site = SshSite(parse(_topology(topology_text, folder)))
    with ExitStack() as stack:
        for host in lab.topology.hosts:
            lab.run(host.name, "mkdir", "-p", "/run/sshd")
            enter = str(lab.layout.enter(host))
            child = stack.enter_context(
                subprocess.Popen(
                    [enter, server, "-D", "-e", "-f", str(folder / "sshd")], stderr=subprocess.DEVNULL
                )
            )
            stack.callback(child.terminate)
            _wait_for(site, host.name)
        for name, files in machine_files(site.topology).items():
            for path in files.keys() & {COMPOSE, FIREWALL}:  # what a lab's host does not need
                lab.write(name, path, files[path].encode())
        yield site
        for host in lab.topology.hosts:
            with suppress(CommandError):  # after a minute it has ended by itself
                run(*site.ssh_command(host.name), "-O", "exit")


def _topology(text: str, folder: Path) -> str:
    """The lab's topology with its hosts as real machines."""
    logs = folder / "logs.sh"
    logs.write_text('#!/bin/sh\nexec cat "$1/$(hostname).$2.log"\n')
    logs.chmod(0o755)
    start = text.index("# Only for the cluster on one machine")
    spool = next(line.split(": ")[1].split()[0] for line in text.splitlines() if "spool_directory:" in line)
    return text[:start] + "\n".join(
        [
            "ssh:",
            "  user: root",
            f"  config: {folder / 'config'}",
            f"  log_command: {logs} {spool}/log {{process}}",
            f"  stats_password_file: {folder / 'password'}",
            "",
        ]
    )


def _wait_for(site: SshSite, host: str) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            site.run(host, "true")
        except CommandError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
            continue
        return
