"""A real HAProxy with the rendered file, on loopback addresses, and the instances behind it as stubs."""

from __future__ import annotations

import contextlib
import csv
import http.client
import io
import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from afpcluster.cluster.admin_socket import ask
from afpcluster.cluster.haproxy_cfg import haproxy_cfg
from afpcluster.cluster.password import hashed
from afpcluster.cluster.topology import Host, Role, Topology
from afpcluster.cluster.topology_file import parse, sample_text
from kept_ports import kept_ports

PASSWORD = "secret"
CLIENT = "127.0.79.46"
MONITOR = "127.0.79.45"


PORTS = ("wrapper_proxy", "afp2web_proxy", "wrapper", "afp2web", "health")


def loopback_text(settings: Mapping[str, str]) -> str:
    """The sample topology on 127.0.79.0/24 with some settings replaced."""
    text = sample_text().replace("10.79.79.1/32", f"{MONITOR}/32").replace("10.79.79.", "127.0.79.")
    lines = text.splitlines()
    for name, value in settings.items():
        (number,) = [i for i, line in enumerate(lines) if line.startswith(f"  {name}:")]
        lines[number] = f"  {name}: {value}"
    return "\n".join(lines)


@dataclass(slots=True)
class Stub:
    """What an instance does: `heartbeat` is its status, 0 for none within a second; `behave` is echo, hold
    (until `release`) or drop."""

    heartbeat: int = 200
    behave: str = "echo"
    release: threading.Event = field(default_factory=threading.Event)
    gone: threading.Event = field(default_factory=threading.Event)  # a client left while it was held
    at_once: int = 0
    most_at_once: int = 0
    seen: list[dict[str, str]] = field(default_factory=list)  # headers of each POST, names in lower case

    def reset(self, behave: str = "echo") -> None:
        """Forget what was; let go what is held, or hold what comes."""
        self.behave, self.most_at_once = behave, 0
        self.seen.clear()
        self.gone.clear()
        if behave == "hold":
            self.release.clear()
        else:
            self.release.set()


def _handler(stub: Stub) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            heartbeat = self.path in ("/wrapperservice/heartbeat", "/services/version")
            if heartbeat and not stub.heartbeat:
                time.sleep(1.0)
            self._answer((stub.heartbeat or 200) if heartbeat else 200, b"{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with lock:
                stub.at_once += 1
                stub.most_at_once = max(stub.most_at_once, stub.at_once)
                stub.seen.append({name.lower(): value for name, value in self.headers.items()})
            try:
                if stub.behave == "drop" or (stub.behave == "hold" and self._client_leaves()):
                    self.close_connection = True
                else:
                    self._answer(200, body)
            finally:
                with lock:
                    stub.at_once -= 1

        def _client_leaves(self) -> bool:
            while not stub.release.wait(0.02):
                try:
                    left = self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
                except BlockingIOError:
                    continue
                except ConnectionError:
                    left = True
                if left:
                    stub.gone.set()
                    return True
            return False

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name in http.server)
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # HAProxy closes its checks early


@dataclass(frozen=True, slots=True)
class Loopback:
    """HAProxy of the first proxy, running."""

    topology: Topology
    process: subprocess.Popen[bytes]
    stubs: dict[str, Stub]
    servers: dict[str, _Server]
    folder: Path

    @property
    def proxy(self) -> Host:
        return self.topology.with_role(Role.PROXY)[0]

    @property
    def socket(self) -> Path:
        return self.folder / "admin.sock"

    def ask(
        self,
        path: str,
        body: bytes | None = None,
        *,
        port: int | None = None,
        source: str = CLIENT,
        headers: dict[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (names in lower case) and body of the answer to a GET or, with a body, a POST."""
        to = port or self.topology.ports.wrapper_proxy
        place = (str(self.proxy.address), to)
        connection = http.client.HTTPConnection(*place, 15, (source, 0))
        if tls is not None:
            connection = http.client.HTTPSConnection(
                *place, timeout=15, source_address=(source, 0), context=tls
            )
        try:
            connection.request("GET" if body is None else "POST", path, body, headers or {})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return response.status, names, response.read()
        finally:
            connection.close()

    def healthz(self) -> int:
        """The status of HAProxy's own health, as a monitor sees it."""
        return self.ask("/healthz", port=self.topology.ports.health, source=MONITOR)[0]

    def connect(self, source: str = CLIENT) -> socket.socket:
        """A connection to the front end of wrapper-service."""
        target = (str(self.proxy.address), self.topology.ports.wrapper_proxy)
        return socket.create_connection(target, 10, (source, 0))

    def lose(self, name: str) -> None:
        """For good: connections to an instance hang, as when its network has gone."""
        self.servers[name].shutdown()
        self.servers[name].socket.listen(0)  # the first one fills the queue, the others are not answered

    def log(self) -> list[dict[str, Any]]:
        """The requests that HAProxy wrote down, which it does after it has answered: whole lines."""
        lines = (self.folder / "log").read_text(errors="replace").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("\n")]

    def states(self, backend: str) -> dict[str, str]:
        """Server -> UP, DOWN, NOLB, ... as HAProxy itself says."""
        servers = [row for row in self._statistics(backend) if row["svname"] in self.stubs]
        return {row["svname"]: row["status"].split()[0] for row in servers}

    def queued(self, backend: str) -> int:
        """Requests that wait in HAProxy, for any of its servers or for one."""
        (whole,) = [row for row in self._statistics(backend) if row["svname"] == "BACKEND"]
        return int(whole["qcur"])

    def _statistics(self, backend: str) -> list[dict[str, str]]:
        rows = csv.DictReader(io.StringIO(ask(self.socket, "show stat").lstrip("# ")))
        return [row for row in rows if row["pxname"] == backend]


@contextlib.contextmanager
def running(
    folder: Path, certificates: Mapping[str, Path] | None = None, **settings: str
) -> Iterator[Loopback]:
    """Started, with every server up; those with a certificate (by name) speak TLS."""
    stubs: dict[str, Stub] = {}
    servers: dict[str, _Server] = {}
    with contextlib.ExitStack() as stack:
        numbers = map(str, stack.enter_context(kept_ports(len(PORTS))))
        topology = parse(loopback_text(dict(zip(PORTS, numbers, strict=True)) | settings))
        text = haproxy_cfg(topology, topology.with_role(Role.PROXY)[0], hashed(PASSWORD))
        text = text.replace("/run/afpcluster/haproxy/admin.sock", str(folder / "admin.sock"))
        text = text.replace("    user haproxy\n    group haproxy\n", "")
        (folder / "haproxy.cfg").write_text(text)
        ports = {Role.WRAPPER: topology.ports.wrapper, Role.AFP2WEB: topology.ports.afp2web}
        for host in topology.hosts:
            for role in ports.keys() & set(host.roles):
                stub = stubs[host.name] = Stub()
                server = servers[host.name] = _Server((str(host.address), ports[role]), _handler(stub))
                if certificates and host.name in certificates:
                    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                    context.load_cert_chain(certificates[host.name])
                    server.socket = context.wrap_socket(
                        server.socket, server_side=True, do_handshake_on_connect=False
                    )
                threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
                for ending in (server.server_close, server.shutdown, stub.release.set):
                    stack.callback(ending)
        log = stack.enter_context((folder / "log").open("wb"))
        process = subprocess.Popen(["haproxy", "-W", "-f", folder / "haproxy.cfg"], stdout=log, stderr=log)
        stack.callback(process.wait)
        stack.callback(process.kill)
        made = Loopback(topology, process, stubs, servers, folder)
        wait_for(lambda: made.healthz() == 200)
        yield made


def wait_for(true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Fails when it does not come true."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if true():
                return
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)
