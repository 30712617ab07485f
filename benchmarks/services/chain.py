"""The whole way on loopback: HAProxy -> wrapper-service -> HAProxy -> afp2web, all with the files that the
cluster renders, two instances of each service, one worker in each afp2web.

Rules: each host of the sample topology has an address of 127.0.0.0/8, and so has the VIP, which is HAProxy's
here without Keepalived. Nothing else of the machine is touched.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import afpcluster
from afpcluster.cluster.password import hashed
from afpcluster.cluster.processes import HAPROXY_ENVIRONMENT
from afpcluster.cluster.render import HAPROXY_CFG, PROPERTIES, render
from afpcluster.cluster.topology import Role, Topology
from afpcluster.cluster.topology_file import parse, sample_text
from benchmarks.services.processes import children, cpu_seconds, resident

_START_SECONDS = 60
_SLOW_START_SECONDS = 11  # HAProxy sends a server less than its share when it is new
_SERVICES = {Role.WRAPPER: ("serve-wrapper", "--properties"), Role.AFP2WEB: ("serve-afp2web", "--config")}
HEARTBEATS = {Role.WRAPPER: "/wrapperservice/heartbeat", Role.AFP2WEB: "/services/version"}
_PORTS = ("wrapper_proxy", "afp2web_proxy", "wrapper", "afp2web", "health")


@dataclass(frozen=True, slots=True)
class Chain:
    """Running. `folder` has a folder for each host with its files, its log and its temporary files."""

    topology: Topology
    processes: dict[str, subprocess.Popen[bytes]]  # by the host's name
    folder: Path

    @property
    def vip(self) -> tuple[str, int]:
        """What clients call."""
        return str(self.topology.vips[0].address), self.topology.ports.wrapper_proxy

    def instances(self, role: Role) -> list[tuple[str, tuple[str, int]]]:
        """Name and place of each instance of a service."""
        port = _port(self.topology, role)
        return [(host.name, (str(host.address), port)) for host in self.topology.with_role(role)]

    def log(self, role: Role) -> str:
        """What the processes of this role wrote so far."""
        names = [host.name for host in self.topology.with_role(role) if host.name in self.processes]
        return "".join((self.folder / name / "log").read_text(errors="replace") for name in names)

    def connection(self, timeout: float = 60) -> HTTPConnection:
        return HTTPConnection(*self.vip, timeout=timeout)

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time used so far, by what uses it."""
        return {what: sum(map(cpu_seconds, pids)) for what, pids in self._pids().items()}

    def resident(self) -> dict[str, int]:
        """Bytes in memory now, by what has them."""
        return {what: sum(map(resident, pids)) for what, pids in self._pids().items()}

    def _pids(self) -> dict[str, list[int]]:
        pids = {
            role: [
                self.processes[host.name].pid
                for host in self.topology.with_role(role)
                if host.name in self.processes
            ]
            for role in (Role.PROXY, *_SERVICES)
        }
        return {
            "HAProxy": pids[Role.PROXY],
            "wrapper-service": pids[Role.WRAPPER],
            "afp2web's server": pids[Role.AFP2WEB],
            "workers": [worker for pid in pids[Role.AFP2WEB] for worker in children(pid)],
        }


def topology() -> Topology:
    """The sample on loopback, on ports that are free now, with one worker in each afp2web."""
    text = sample_text().replace("10.79.79.", "127.0.78.")
    with ExitStack() as stack:
        for name in _PORTS:
            spare = stack.enter_context(closing(socket.socket()))
            spare.bind(("", 0))
            text = re.sub(rf"(?m)^  {name}: \d+", f"  {name}: {spare.getsockname()[1]}", text)
    return parse(re.sub(r"(?m)^  workers: \d+", "  workers: 1", text))


@contextmanager
def running(of_afp2web: str = "", *, slow_start: bool = False) -> Iterator[Chain]:
    """All is up, and HAProxy has found it so; after its slow start, if that is waited for. `of_afp2web`:
    properties that are set besides."""
    made = topology()
    files = render(made, hashed("secret"))
    with tempfile.TemporaryDirectory(prefix="afpcluster-bench-") as name, ExitStack() as stack:
        chain = Chain(made, {}, Path(name))
        proxy = made.with_role(Role.PROXY)[0]
        for host in made.hosts:
            for role in _SERVICES.keys() & set(host.roles):
                text = files[host.name][PROPERTIES[role]] + (of_afp2web if role is Role.AFP2WEB else "")
                argv = _service(chain, host.name, f"{host.address}:{_port(made, role)}", role, text)
                _start(chain, stack, host.name, argv)
        for role in _SERVICES:
            _wait_for(lambda: all(_listens(place) for _, place in chain.instances(role)))  # noqa: B023
        (chain.folder / proxy.name).mkdir()
        configuration = chain.folder / proxy.name / "haproxy.cfg"
        text = files[proxy.name][HAPROXY_CFG].replace("    user haproxy\n    group haproxy\n", "")
        text = text.replace("/run/afpcluster/haproxy/admin.sock", str(configuration.with_name("admin.sock")))
        configuration.write_text(text)
        kept = [f"{name}={value}" for name, value in HAPROXY_ENVIRONMENT.items()]
        _start(chain, stack, proxy.name, ["env", *kept, "haproxy", "-db", "-f", str(configuration)])
        _wait_for(lambda: _ready(chain))
        if slow_start:
            time.sleep(_SLOW_START_SECONDS)
        yield chain


def _port(made: Topology, role: Role) -> int:
    return made.ports.wrapper if role is Role.WRAPPER else made.ports.afp2web


def _service(chain: Chain, name: str, listen: str, role: Role, text: str) -> list[str]:
    folder = chain.folder / name
    folder.mkdir()
    properties = folder / "service.properties"
    properties.write_text(f"{text}\nservice.temp-dir = {folder}\n")
    command, option = _SERVICES[role]
    return [sys.executable, "-m", "afpcluster", command, "--listen", listen, option, str(properties)]


def _start(chain: Chain, stack: ExitStack, name: str, argv: list[str]) -> None:
    source = Path(afpcluster.__file__).parents[1]
    log = stack.enter_context((chain.folder / name / "log").open("wb"))
    process = subprocess.Popen(argv, stdout=log, stderr=log, env=os.environ | {"PYTHONPATH": str(source)})
    chain.processes[name] = process
    stack.callback(process.wait)
    stack.callback(process.kill)


def _listens(place: tuple[str, int]) -> bool:
    with closing(socket.create_connection(place, 1)):
        return True


def _answers(place: tuple[str, int], path: str) -> bool:
    with closing(HTTPConnection(*place, timeout=5)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status == 200


def _ready(chain: Chain) -> bool:
    """Every instance is well, HAProxy finds both services up, and conversions would succeed."""
    beats = [(place, path) for role, path in HEARTBEATS.items() for _, place in chain.instances(role)]
    return all(_answers(*beat) for beat in beats) and _answers(chain.vip, "/wrapperservice/readyz")


def _wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            if true():
                return
        except (OSError, HTTPException):
            pass
        if time.monotonic() > deadline:
            raise RuntimeError("the services do not start")
        time.sleep(0.1)
