"""Two machines: containers with systemd, sshd and, once the playbook was there, a Docker engine of their own.

They take what rights this machine has, and reach Debian's packages through it. All of it is gone afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from machine_topology import BANK, bank_text

from afpcluster.cluster.command import CommandError, run, run_bytes
from afpcluster.cluster.docker import images
from afpcluster.cluster.docker.engine import Engine
from afpcluster.cluster.site.ssh import SshSite
from afpcluster.cluster.topology_file import load

CLONE = Path(__file__).parents[2]
NETWORK = "10.79.76."
_NAME = "afptest-machines"  # of the Docker network, the image and the firewall table
_FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
_START_SECONDS = 60.0
_PACKAGES = "systemd-sysv dbus openssh-server python3 iproute2 procps ca-certificates"
_IMAGE = f"""FROM {{base}}
RUN echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/test && apt-get update \\
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends {_PACKAGES}
COPY host host.pub /etc/ssh/
COPY client.pub /root/.ssh/authorized_keys
COPY cgroups.service /etc/systemd/system/
RUN chmod 600 /etc/ssh/host && echo 'HostKey /etc/ssh/host' > /etc/ssh/sshd_config.d/test.conf \\
 && systemctl enable ssh cgroups
STOPSIGNAL SIGRTMIN+3
CMD ["/sbin/init"]
"""
# A container with all rights would find its cgroups writable; these have no more than this machine has.
_CGROUPS = """[Unit]
DefaultDependencies=no
Before=sysinit.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'for m in /sys/fs/cgroup /sys/fs/cgroup/*; do mount -o remount,bind,rw $m; done; true'
[Install]
WantedBy=sysinit.target
"""
_MASQUERADE = f"""
table ip {_NAME} {{
    chain leaving {{
        type nat hook postrouting priority srcnat
        ip saddr {NETWORK}0/24 ip daddr != {NETWORK}0/24 masquerade
    }}
}}
"""
_CAPABILITIES = (
    *("CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"),
    *(
        "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE",
        "NET_BROADCAST",
        "NET_ADMIN",
        "NET_RAW",
        "IPC_LOCK",
        "IPC_OWNER",
    ),
    *(
        "SYS_MODULE",
        "SYS_RAWIO",
        "SYS_CHROOT",
        "SYS_PTRACE",
        "SYS_PACCT",
        "SYS_ADMIN",
        "SYS_BOOT",
        "SYS_NICE",
    ),
    *("SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL"),
    *("SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ"),
)  # in the order of capability.h


@dataclass
class Bank:
    """The two machines and what their operator has in `folder`."""

    engine: Engine
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def topology_file(self) -> Path:
        return self.folder / "my.yml"

    @property
    def site(self) -> SshSite:
        return SshSite(load(self.topology_file))

    def sh(self, script: str, timeout: float = 1200.0, expect: int = 0) -> str:
        """What an operator types, and what it says."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == expect, (script, done.returncode, done.stdout[-6000:])
        return done.stdout

    def playbook(self, name: str, *arguments: str, expect: int = 0) -> str:
        call = [
            "ansible-playbook",
            "--inventory",
            "my-cluster/inventory.yml",
            f"{CLONE}/deploy/ansible/{name}.yml",
        ]
        return self.sh(" ".join([*call, *arguments]), expect=expect)


@contextmanager
def bank(engine: Engine, folder: Path) -> Iterator[Bank]:
    """From nothing but a base; `folder` lies where it may stay for some minutes."""
    with ExitStack() as stack:
        for kind in ("host", "client"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / kind))
        _write_operators_files(folder)
        _make_image(engine, folder)
        before = _FORWARDING.read_text()
        _FORWARDING.write_text("1")  # our own engine leaves it as it is
        stack.callback(_FORWARDING.write_text, before)
        run_bytes("nft", "-f", "-", stdin=_MASQUERADE.encode())
        stack.callback(run, "nft", "delete", "table", "ip", _NAME)
        bridge = ("--opt", f"com.docker.network.bridge.name={_NAME[:15]}")
        place = ("--subnet", f"{NETWORK}0/24", "--gateway", f"{NETWORK}1")
        engine.docker("network", "create", *place, *bridge, _NAME)
        stack.callback(engine.docker, "network", "rm", _NAME)
        for name, number in BANK.items():
            engine.docker("run", "--detach", *_rights(), *_place(name, number), _NAME, timeout=120)
            stack.callback(engine.docker, "rm", "--force", "--volumes", name, timeout=120)
        made = Bank(engine, folder, _environment(engine, folder))
        deadline = time.monotonic() + _START_SECONDS
        while made.site.troubles():
            assert time.monotonic() < deadline, made.site.troubles()
            time.sleep(0.5)
        yield made
        for name in BANK:
            with suppress(CommandError):  # after a minute it has ended by itself
                run(*made.site.ssh_command(name), "-O", "exit")


def _write_operators_files(folder: Path) -> None:
    public = (folder / "host.pub").read_text().strip()
    (folder / "known").write_text("".join(f"{NETWORK}{number} {public}\n" for number in BANK.values()))
    (folder / "config").write_text(
        f"IdentityFile {folder / 'client'}\nUserKnownHostsFile {folder / 'known'}\nIdentitiesOnly yes\n"
    )
    (folder / "my.yml").write_text(bank_text(folder, NETWORK))


def _make_image(engine: Engine, folder: Path) -> None:
    context = folder / "image"
    context.mkdir()
    for name in ("host", "host.pub", "client.pub"):
        shutil.copy(folder / name, context)
    (context / "cgroups.service").write_text(_CGROUPS)
    base = images.base_of_build(engine, os.environ.get("BASE"), print)
    (context / "Dockerfile").write_text(_IMAGE.format(base=base))
    engine.docker("build", "--network=host", "--tag", _NAME, str(context), timeout=900)


def _rights() -> list[str]:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    bounds = int(next(line for line in status.splitlines() if line.startswith("CapBnd")).split()[1], 16)
    have = [name for number, name in enumerate(_CAPABILITIES) if bounds >> number & 1]
    unconfined = ("seccomp", "apparmor", "systempaths")
    return [
        *(f"--cap-add={name}" for name in have),
        *(f"--security-opt={name}=unconfined" for name in unconfined),
        *("--device-cgroup-rule", "a *:* rwm", "--cgroupns=private"),
    ]


def _place(name: str, number: int) -> list[str]:
    memory = [part for path in ("/run", "/run/lock", "/tmp") for part in ("--tmpfs", path)]
    where = ["--network", _NAME, "--ip", f"{NETWORK}{number}", "--name", name, "--hostname", name]
    return [*where, *memory, "--volume", "/var/lib/docker"]


def _environment(engine: Engine, folder: Path) -> dict[str, str]:
    """An operator's, who has the clone and its Python environment in PATH."""
    programs = folder / "bin"
    programs.mkdir()
    for name, module in (("afpcluster", "afpcluster"), ("ansible-playbook", "ansible.cli.playbook")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} -m {module} "$@"\n')
        (programs / name).chmod(0o755)
    return {
        **os.environ,
        "ANSIBLE_CONFIG": f"{CLONE}/deploy/ansible/ansible.cfg",
        "DOCKER_HOST": engine.host,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(CLONE / "src"),
    }
