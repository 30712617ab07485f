"""The cluster as frozen dataclasses: hosts, addresses, ports, time limits.

Rules: an address or port is written in the topology file alone and asked for here; what follows from
others (the target of wrapper-service, the time limits) is derived here. `topology_file` reads and
validates the file, whose commented sample `topology.yml` is the manual.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import NewType

Address = IPv4Address | IPv6Address
Range = IPv4Network | IPv6Network
Milliseconds = NewType("Milliseconds", int)
Bytes = NewType("Bytes", int)
Name = NewType("Name", str)  # a host name: RFC 1123 label
Port = NewType("Port", int)
CommandLine = NewType("CommandLine", str)
Variable = NewType("Variable", str)  # of the environment


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is, never the secret itself: a file, or an environment variable of whoever asks."""

    file: Path | None = None
    env: Variable | None = None

    def __str__(self) -> str:
        """As a topology says it."""
        return f"{{file: {self.file}}}" if self.file is not None else f"{{env: {self.env}}}"

    @property
    def place(self) -> str:
        """In texts for people."""
        return str(self.file) if self.file is not None else f"the environment variable {self.env}"


def before_port(address: Address | str) -> str:
    """As it stands in URLs and before a port: an IPv6 address in brackets."""
    return f"[{address}]" if ":" in str(address) else str(address)


class Role(StrEnum):
    """What runs on a host."""

    PROXY = "proxy"  # HAProxy, Keepalived and the watcher
    WRAPPER = "wrapper"  # wrapper-service
    AFP2WEB = "afp2web"  # afp2web
    DATA = "data"  # PostgreSQL and the like


class Transport(StrEnum):
    """How VRRP adverts travel."""

    UNICAST = "unicast"
    MULTICAST = "multicast"


@dataclass(frozen=True, slots=True)
class Network:
    range: Range
    interface: str

    @property
    def is_ipv6(self) -> bool:
        """Every address of the cluster is; else every one is IPv4."""
        return self.range.version == 6

    @property
    def everywhere(self) -> str:
        """What a service listens at."""
        return "[::]" if self.is_ipv6 else "0.0.0.0"


@dataclass(frozen=True, slots=True)
class Ports:
    wrapper_proxy: Port
    afp2web_proxy: Port
    wrapper: Port
    afp2web: Port
    health: Port


@dataclass(frozen=True, slots=True)
class Host:
    """A machine; it may carry several roles."""

    name: Name
    roles: tuple[Role, ...] = field(metadata={"key": "role"})
    address: Address


@dataclass(frozen=True, slots=True)
class Vip:
    """An address for clients, which Keepalived keeps at one of the proxies. `prefix` is its length in bits;
    what the file does not say of it comes from the network. `name` is vip, vip-2, ... in their order."""

    address: Address
    router_id: int
    priorities: tuple[int, ...]  # of the proxies, in their order
    prefix: int = 0
    interface: str = ""
    name: str = field(default="", metadata={"derived": True})

    @property
    def cidr(self) -> str:
        return f"{self.address}/{self.prefix}"

    @property
    def alone(self) -> str:
        """As an address without a network."""
        return f"{self.address}/{self.address.max_prefixlen}"


def called(vip: Vip, among: Collection[Vip]) -> str:
    """In texts for the operator: which one it is need only be said where there are several."""
    return "the VIP" if len(among) == 1 else f"the VIP {vip.address}"


@dataclass(frozen=True, slots=True)
class Vrrp:
    advert_interval: Milliseconds
    realtime_priority: int
    transport: Transport
    startup_delay: Milliseconds | None


@dataclass(frozen=True, slots=True)
class Haproxy:
    max_connections: int
    source_connections: int
    source_requests: int
    source_rate: int
    monitors: tuple[Range, ...]
    retry_buffer: Bytes
    stats_user: str
    header_timeout: Milliseconds
    connect_timeout: Milliseconds
    client_timeout: Milliseconds
    check_interval: Milliseconds
    check_timeout: Milliseconds
    stats_password: Secret | None = None


@dataclass(frozen=True, slots=True)
class Watcher:
    interval: Milliseconds
    timeout: Milliseconds
    misses: int


@dataclass(frozen=True, slots=True)
class Tls:
    authority: Path | None
    proxy_certificate: Path | None
    client_authority: Path | None
    service_certificate: Path | None


@dataclass(frozen=True, slots=True)
class Services:
    workers: int
    conversion_timeout: Milliseconds
    afp2web_host: str
    afp2web_protocol: str


@dataclass(frozen=True, slots=True)
class Lab:
    """Namespaces on this machine."""

    bridge: str
    machine_address: Address
    namespace_prefix: str
    run_directory: Path
    spool_directory: Path
    service_uid: int
    restart_delay: Milliseconds


@dataclass(frozen=True, slots=True)
class Docker:
    """Containers on this machine."""

    bridge: str
    machine_address: Address
    virtual_name: Name
    domain: str


@dataclass(frozen=True, slots=True)
class Ssh:
    """Real machines. `log_command` has {process} and {since}, in seconds since the epoch."""

    user: Name
    config: Path | None
    log_command: CommandLine
    stats_password_file: Path | None = None  # an older way to say haproxy.stats_password


class SiteError(Exception):
    """Something cannot be done where this cluster runs; the text says what, why and what next."""


@dataclass(frozen=True, slots=True)
class Topology:
    """The whole cluster. Built by `topology_file`, which validates: there is one site, namespaces on this
    machine (`lab_site`), containers on it (`docker_site`) or real machines (`ssh_site`)."""

    name: str
    network: Network
    vips: tuple[Vip, ...]
    ports: Ports
    hosts: tuple[Host, ...]
    vrrp: Vrrp
    haproxy: Haproxy
    watcher: Watcher
    tls: Tls
    services: Services
    lab_site: Lab | None = None
    docker_site: Docker | None = None
    ssh_site: Ssh | None = None

    @property
    def lab(self) -> Lab:
        """Raises `SiteError` where the cluster is no lab."""
        if self.lab_site is None:
            raise SiteError(f"{self.name} is no cluster of namespaces: its topology has no section `lab`")
        return self.lab_site

    @property
    def docker(self) -> Docker:
        """Raises `SiteError` where the cluster is not in Docker."""
        if self.docker_site is None:
            raise SiteError(f"{self.name} does not run in Docker: its topology has no section `docker`")
        return self.docker_site

    @property
    def ssh(self) -> Ssh:
        """Raises `SiteError` where the cluster is not on real machines."""
        if self.ssh_site is None:
            raise SiteError(f"{self.name} does not run on real machines: its topology has no section `ssh`")
        return self.ssh_site

    @property
    def stats_password(self) -> Secret | None:
        """Where the password of /stats is; None: it is made and kept where the cluster runs."""
        if self.ssh_site is not None and self.ssh_site.stats_password_file is not None:
            return Secret(file=self.ssh_site.stats_password_file)
        return self.haproxy.stats_password

    def with_role(self, role: Role) -> tuple[Host, ...]:
        """The hosts of one role, in the order of the file."""
        return tuple(host for host in self.hosts if role in host.roles)

    def host(self, name: str) -> Host:
        """The host called `name`. Raises `LookupError` naming the hosts there are."""
        for host in self.hosts:
            if host.name == name:
                return host
        raise LookupError(f"no host {name!r}; there are {', '.join(h.name for h in self.hosts)}")

    def vip(self, text: str) -> Vip:
        """The one with this address or name. Raises `LookupError` saying which there are."""
        for vip in self.vips:
            if text in (vip.name, str(vip.address)):
                return vip
        raise LookupError(f"no VIP {text!r}; there are {', '.join(str(v.address) for v in self.vips)}")

    def priority(self, proxy: Host, vip: Vip) -> int:
        """VRRP priority of a proxy."""
        return vip.priorities[self.with_role(Role.PROXY).index(proxy)]

    def home(self, vip: Vip) -> Host:
        """The proxy where a VIP belongs: the one of the highest priority."""
        return max(self.with_role(Role.PROXY), key=lambda proxy: self.priority(proxy, vip))

    def afp2web_target(self) -> str:
        """The address or name that wrapper-service is told to call; an IPv6 address in brackets."""
        wanted = self.services.afp2web_host
        return before_port(next((str(vip.address) for vip in self.vips if vip.name == wanted), wanted))

    def afp2web_target_port(self) -> Port:
        """A proxy (or the VIP) answers on the proxy port, an instance on its own."""
        direct = self.afp2web_target_role() is Role.AFP2WEB
        return self.ports.afp2web if direct else self.ports.afp2web_proxy

    def afp2web_target_role(self) -> Role | None:
        """What wrapper-service is told to call: a proxy (or the VIP), an instance, or something else."""
        wanted = self.services.afp2web_host
        if any(wanted in (vip.name, str(vip.address)) for vip in self.vips):
            return Role.PROXY
        for host in self.hosts:
            if wanted in (host.name, str(host.address)):
                return next((role for role in (Role.PROXY, Role.AFP2WEB) if role in host.roles), None)
        return None


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """How long each stage waits for the next, so that the inner one always gives up first."""

    conversion: Milliseconds  # afp2web: one document
    queue: Milliseconds  # afp2web: until a process is free
    proxy_queue: Milliseconds  # HAProxy: until an instance may have the request
    attempt: Milliseconds  # wrapper-service: one call of afp2web
    deadline: Milliseconds  # wrapper-service: all its calls for one document; room for a second one
    afp2web_answer: Milliseconds  # HAProxy: an answer of afp2web
    wrapper_answer: Milliseconds  # HAProxy: an answer of wrapper-service


_TRANSFER = 30_000  # ms to carry a document there and its PDF back
_MARGIN = 10_000  # ms


def time_limits(topology: Topology) -> TimeLimits:
    """All of them follow from the longest conversion."""
    conversion = topology.services.conversion_timeout
    queue = proxy_queue = 30_000
    answer = conversion + queue + _TRANSFER
    attempt = answer + proxy_queue
    limits = (
        *(conversion, queue, proxy_queue, attempt, 2 * attempt),
        *(answer + _MARGIN, 2 * attempt + _MARGIN),
    )
    return TimeLimits(*(Milliseconds(limit) for limit in limits))


@dataclass(frozen=True, slots=True)
class Queues:
    """How many requests an instance has at once before HAProxy lets the others wait."""

    afp2web: int
    wrapper: int  # also the number of conversions that wrapper-service allows itself


_AHEAD = 4  # for each worker: one at work, the others arriving, waiting or being fetched
_WRAPPED = 2  # for each place in afp2web: documents on their way through wrapper-service


def queues(topology: Topology) -> Queues:
    """From the workers: enough that none is ever idle, few enough that the waiting is done in HAProxy, where
    it costs no instance anything."""
    places = _AHEAD * topology.services.workers
    instances, wrappers = (len(topology.with_role(role)) for role in (Role.AFP2WEB, Role.WRAPPER))
    return Queues(places, -(-_WRAPPED * places * instances // wrappers))
