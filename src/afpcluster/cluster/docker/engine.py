"""The Docker engine: the one that answers, or one of our own where none does; and Compose.

Rules: an engine of our own has a folder, a socket and a PID file of its own, makes no firewall rules and no
bridge but the cluster's. `stop` ends it and removes all it held. An engine that was there is left as it was.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from afpcluster.cluster.command import CommandError, run
from afpcluster.cluster.lab import LabError

RUN = Path("/run/afpcluster-docker")  # socket, PID file, log of an engine of our own
DATA = Path("/var/lib/afpcluster-docker")  # its images, containers and volumes
_START_SECONDS = 60.0
_PATIENCE_SECONDS = 900.0  # on a machine that has much else to do


@dataclass(frozen=True, slots=True)
class Engine:
    """A Docker engine that answers. `own`: we started it."""

    host: str  # as in DOCKER_HOST; empty: Docker's default
    own: bool

    def docker(self, *arguments: str, timeout: float = 60.0) -> str:
        """Standard output of `docker ...`. Raises `CommandError`."""
        return run("docker", *self.address(), *arguments, timeout=timeout)

    def exec(self, container: str, *command: str, stdin: bytes = b"", timeout: float = 90.0) -> bytes:
        """Standard output of a command in a container. Raises `CommandError`."""
        call = ["docker", *self.address(), "exec", "-i", container, *command]
        done = subprocess.run(call, input=stdin, capture_output=True, timeout=timeout, check=False)
        if done.returncode != 0:
            raise CommandError(f"`{' '.join(call)}` ended with {done.returncode}: {done.stderr.decode()}")
        return done.stdout

    def logs(self, container: str) -> str:
        """What a container has said on both outputs, from its beginning."""
        call = ["docker", *self.address(), "logs", container]
        return subprocess.run(
            call, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True, timeout=60
        ).stdout

    def compose(self, folder: Path, project: str, *arguments: str) -> str:
        """`docker compose ...` in the folder of a compose.yaml, or docker-compose. Raises `CommandError`."""
        program = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
        where = ["--project-directory", str(folder), "--file", str(folder / "compose.yaml")]
        call = [*program, *where, "--project-name", project, *arguments]
        # docker-compose gives up on an engine that takes a minute, as one may on a machine that works.
        environment = {**os.environ, "COMPOSE_HTTP_TIMEOUT": f"{_PATIENCE_SECONDS:g}"}
        if self.host:
            environment["DOCKER_HOST"] = self.host
        done = subprocess.run(
            call, capture_output=True, text=True, env=environment, timeout=_PATIENCE_SECONDS, check=False
        )
        if done.returncode != 0:
            raise CommandError(
                f"`{' '.join(call)}` ended with {done.returncode} and said: {done.stderr.strip()}"
            )
        return done.stdout

    def address(self) -> list[str]:
        """Arguments of `docker` that name it."""
        return ["--host", self.host] if self.host else []


def find() -> Engine | None:
    """The engine of DOCKER_HOST or Docker's default, else one that we started before."""
    own = f"unix://{RUN / 'docker.sock'}"
    for host in (os.environ.get("DOCKER_HOST", ""), own):
        engine = Engine(host, host == own)
        try:
            engine.docker("version", timeout=10)
        except CommandError:
            continue
        return engine
    return None


def start() -> Engine:
    """An engine of our own. Raises `LabError` that says why it does not start."""
    if shutil.which("dockerd") is None:
        raise LabError("no Docker engine answers and none is installed: apt-get install docker.io")
    RUN.mkdir(parents=True, exist_ok=True)
    socket, log = RUN / "docker.sock", RUN / "dockerd.log"
    with log.open("ab") as sink:
        child = subprocess.Popen(
            [
                *("dockerd", "--host", f"unix://{socket}", "--pidfile", str(RUN / "dockerd.pid")),
                *("--data-root", str(DATA), "--exec-root", str(RUN / "exec")),
                *("--iptables=false", "--ip-forward=false", "--bridge=none", "--live-restore"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            start_new_session=True,
        )
    engine = Engine(f"unix://{socket}", True)
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            engine.docker("version", timeout=10)
        except CommandError:
            if child.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text(errors="replace").splitlines()[-10:]
                raise LabError("the Docker engine does not start:\n" + "\n".join(tail)) from None
            time.sleep(0.2)
            continue
        child.returncode = 0  # it lives on without us
        return engine


def stop(engine: Engine) -> None:
    """End an engine of our own, in which no container is left, and remove everything it held."""
    engine.docker("network", "prune", "--force")
    interrupt()
    for folder in (RUN, DATA):
        for mounted in _mounts_in(folder):
            run("umount", mounted)
        # Some hundred thousand files, and nothing that is still mounted there.
        run("rm", "--recursive", "--one-file-system", str(folder), timeout=_PATIENCE_SECONDS)


def interrupt() -> None:
    """End an engine of our own; its containers go on without it."""
    pid = int((RUN / "dockerd.pid").read_text(encoding="ascii"))
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _START_SECONDS
    while Path(f"/proc/{pid}").exists():
        with contextlib.suppress(ChildProcessError):  # it is another process's child
            os.waitpid(pid, os.WNOHANG)  # ours would stay as a zombie
        if time.monotonic() > deadline:
            raise LabError(f"the Docker engine (PID {pid}) does not end; see {RUN / 'dockerd.log'}")
        time.sleep(0.1)


def _mounts_in(folder: Path) -> list[str]:
    """What an engine leaves mounted in its folder, the innermost first."""
    rows = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    places = [row.split(" ")[4] for row in rows]
    return sorted((place for place in places if Path(place).is_relative_to(folder)), key=len, reverse=True)
