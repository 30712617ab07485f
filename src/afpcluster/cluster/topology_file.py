"""`topology.yml` -> `Topology`, validated whole.

Rules: every key must be there and every key must be known; all mistakes are reported at once, each with
its path in the file. The shape is taken from the dataclasses (one reader for all of them); what relates
several keys is in `_cross_check`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from afpcluster.cluster.topology import (
    Bytes,
    CommandLine,
    Host,
    Milliseconds,
    Name,
    Port,
    Role,
    Secret,
    Topology,
    Transport,
    Variable,
    Vrrp,
)


class TopologyError(Exception):
    """The topology file cannot be used. `problems` holds every mistake, each with its path in the file."""

    def __init__(self, source: str, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n  ".join([f"{source} cannot be used:", *problems]))


def sample_text() -> str:
    """The commented sample file, which is also the cluster on one machine."""
    return resources.files(__package__).joinpath("topology.yml").read_text(encoding="utf-8")


def docker_text() -> str:
    """The reference topology in Docker: what the sample says, under other names and in another place."""
    return resources.files(__package__).joinpath("topology-docker.yml").read_text(encoding="utf-8")


def text_of(path: Path | None) -> str:
    """The text of the topology at `path`, or of the sample; `docker` is that in Docker."""
    if path is None:
        return sample_text()
    return docker_text() if path == Path("docker") else path.read_text(encoding="utf-8")


def load(path: Path | None = None) -> Topology:
    """Read the topology at `path`, or the sample; `docker` is that in Docker. Raises `TopologyError`, or
    `OSError` if unreadable."""
    names = {
        None: "topology.yml (the sample)",
        Path("docker"): "topology-docker.yml (the sample in Docker)",
    }
    return parse(text_of(path), names.get(path, str(path)))


def parse(text: str, source: str = "topology") -> Topology:
    """Validate the text of a topology file. Raises `TopologyError` with every mistake."""
    try:
        data = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = str(error.problem).partition(" with value ")[0]  # of a key given twice; it may be a secret
        raise TopologyError(source, [f"{where}{problem}"]) from error
    except YAMLError as error:
        raise TopologyError(source, [str(error)]) from error
    problems: list[str] = []
    topology = _record(Topology, data, "", problems)
    if not problems:
        _cross_check(topology, problems)
    if problems:
        raise TopologyError(source, problems)
    return topology  # type: ignore[no-any-return]


# --- one reader for all dataclasses; a reader returns the value or appends to `problems` ---


def _record(kind: type[Any], data: Any, path: str, problems: list[str]) -> Any:
    if not isinstance(data, Mapping):
        problems.append(f"{path or 'the file'}: must hold keys and values, not {_kind(data)}")
        return None
    hints = get_type_hints(kind)
    keys = {
        field.metadata.get("key", field.name.removesuffix("_site")): field
        for field in dataclasses.fields(kind)
    }
    problems.extend(f"{_join(path, key)}: unknown key" for key in data if key not in keys)
    values = {}
    for key, field in keys.items():
        where = _join(path, key)
        if key not in data:
            if field.default is dataclasses.MISSING:
                problems.append(f"{where}: missing")
            continue
        values[field.name] = _value(hints[field.name], data[key], where, problems)
    return kind(**values) if not problems else None


def _value(kind: Any, raw: Any, path: str, problems: list[str]) -> Any:
    if get_origin(kind) in (Union, UnionType):  # `X | None`: nothing after the colon
        if raw is None:
            return None
        (kind,) = (part for part in get_args(kind) if part is not NoneType)
    if kind is Secret:
        return _secret(raw, path, problems)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _record(kind, raw, path, problems)
    if kind == tuple[Host, ...]:
        return _hosts(raw, path, problems)
    if kind == tuple[Role, ...] and not isinstance(raw, list):  # most have one
        return (_value(Role, raw, path, problems),)
    if get_origin(kind) is tuple:
        return _items(get_args(kind)[0], raw, path, problems)
    reader, expected = _READERS[kind]
    try:
        return reader(raw)
    except (ValueError, TypeError):
        problems.append(f"{path}: {_shown(raw)} is not {expected}")
        return None


def _shown(raw: Any) -> str:
    """What stands there; not when it is of several lines: that may be a key."""
    text = repr(raw)
    return text if "\\n" not in text else "this text"


def _secret(raw: Any, path: str, problems: list[str]) -> Secret | None:
    """No problem says what stands there: it may be the secret."""
    kinds: dict[str, Any] = {"file": Path, "env": Variable}
    if not isinstance(raw, Mapping) or len(raw) != 1 or not raw.keys() <= kinds.keys():
        problems.append(
            f"{path}: a secret itself never stands in this file; say where it is: "
            "{file: PATH} or {env: NAME}"
        )
        return None
    ((key, value),) = raw.items()
    reader, expected = _READERS[kinds[key]]
    try:
        return Secret(**{key: reader(value)})
    except (ValueError, TypeError):
        problems.append(f"{path}.{key}: must be {expected}")
        return None


def _hosts(raw: Any, path: str, problems: list[str]) -> tuple[Host, ...]:
    if not isinstance(raw, Mapping):
        problems.append(f"{path}: must map host names to their settings, not {_kind(raw)}")
        return ()
    found = []
    for name, settings in raw.items():
        if not isinstance(settings, Mapping):
            problems.append(
                f"{_join(path, name)}: must be {{role: ..., address: ...}}, not {_kind(settings)}"
            )
            continue
        found.append(_record(Host, {"name": name, **settings}, _join(path, name), problems))
    return tuple(host for host in found if host is not None)


def _items(kind: Any, raw: Any, path: str, problems: list[str]) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        problems.append(f"{path}: must be a list, each item {_READERS[kind][1]}; not {_kind(raw)}")
        return ()
    return tuple(_value(kind, item, f"{path}[{index}]", problems) for index, item in enumerate(raw))


def _text(raw: Any, pattern: str) -> str:
    if not isinstance(raw, str) or not re.fullmatch(pattern, raw):
        raise ValueError
    return raw


def _integer(raw: Any, low: int, high: int) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not low <= raw <= high:
        raise ValueError
    return raw


def _scaled(raw: Any, units: Mapping[str, int]) -> int:
    match = re.fullmatch(r"(\d{1,9}) ?([A-Za-z]+)", raw) if isinstance(raw, str) else None
    if match is None or match[2] not in units or int(match[1]) == 0:
        raise ValueError
    return int(match[1]) * units[match[2]]


def _absolute(raw: Any) -> Path:
    path = Path(_text(raw, r"/[A-Za-z0-9._/-]+"))
    if ".." in path.parts or len(path.parts) < 3:  # `down` removes it with all it holds
        raise ValueError
    return path


def _address(raw: Any) -> IPv4Address:
    return IPv4Address(_text(raw, r"[0-9.]+"))


_READERS: dict[Any, tuple[Callable[[Any], Any], str]] = {
    str: (partial(_text, pattern=r"[A-Za-z0-9._-]{0,253}"), "text of letters, digits, `.`, `_` and `-`"),
    Name: (partial(_text, pattern=r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"), "a host name (a-z, 0-9, `-`)"),
    int: (partial(_integer, low=0, high=2**31 - 1), "a whole number from 0 up"),
    Port: (partial(_integer, low=1, high=65535), "a port from 1 to 65535"),
    Role: (Role, f"a role ({', '.join(Role)})"),
    Transport: (Transport, f"one of {', '.join(Transport)}"),
    Milliseconds: (
        partial(_scaled, units={"ms": 1, "s": 1000, "m": 60_000}),
        "a duration such as 50ms, 2s or 10m",
    ),
    Bytes: (partial(_scaled, units={"KiB": 1024, "MiB": 1024**2}), "a size such as 512KiB or 64MiB"),
    IPv4Address: (_address, "an IPv4 address such as 10.79.79.100"),
    IPv4Network: (lambda raw: IPv4Network(_text(raw, r"[0-9./]+")), "a network such as 10.79.79.0/24"),
    Variable: (partial(_text, pattern=r"[A-Za-z_][A-Za-z0-9_]*"), "the name of an environment variable"),
    CommandLine: (partial(_text, pattern=r"[^\n]{1,500}"), "a command line"),
    Path: (_absolute, "an absolute path of at least two folders, without `..`"),
}


# --- what one key alone cannot tell ---


def _cross_check(topology: Topology, problems: list[str]) -> None:
    problems.extend(_host_problems(topology))
    problems.extend(_vrrp_problems(topology.vrrp))
    problems.extend(_tls_problems(topology))
    problems.extend(_site_problems(topology))
    ports = dataclasses.asdict(topology.ports)
    if len(set(ports.values())) < len(ports):
        problems.append("ports: the ports must differ, because a client may use any host directly")
    if topology.haproxy.source_connections > topology.haproxy.max_connections:
        problems.append("haproxy.source_connections: must not exceed haproxy.max_connections")
    if topology.services.afp2web_protocol not in ("http", "https"):
        problems.append(
            f"services.afp2web_protocol: {topology.services.afp2web_protocol!r} is not http or https"
        )
    for path, value in (
        ("name", topology.name),
        ("network.interface", topology.network.interface),
        ("haproxy.stats_user", topology.haproxy.stats_user),
        ("services.afp2web_host", topology.services.afp2web_host),
    ):
        if not value:
            problems.append(f"{path}: must not be empty")
    for path, number in (
        ("haproxy.max_connections", topology.haproxy.max_connections),
        ("haproxy.source_connections", topology.haproxy.source_connections),
        ("haproxy.source_requests", topology.haproxy.source_requests),
        ("haproxy.source_rate", topology.haproxy.source_rate),
        ("services.workers", topology.services.workers),
        ("watcher.misses", topology.watcher.misses),
    ):
        if number == 0:
            problems.append(f"{path}: must be at least 1")
    if topology.haproxy.connect_timeout > 2 * topology.haproxy.check_interval:
        problems.append(
            "haproxy.connect_timeout: must be at most twice haproxy.check_interval, so that no request is "
            "still being connected to an instance when that is given up"
        )


def _site_problems(topology: Topology) -> list[str]:
    lab, docker, problems = topology.lab_site, topology.docker_site, []
    if sum(site is not None for site in (lab, docker, topology.ssh_site)) != 1:
        problems.append("lab, docker, ssh: exactly one of the three says where the cluster runs")
    if (ssh := topology.ssh_site) is not None:
        if topology.stats_password is None:
            problems.append(
                "haproxy.stats_password: missing; real machines keep none: {file: PATH} or {env: NAME}"
            )
        elif ssh.stats_password_file is not None and topology.haproxy.stats_password is not None:
            problems.append("ssh.stats_password_file: haproxy.stats_password says it already")
    if lab is not None and not 1 <= len(lab.bridge) <= 11:
        problems.append(f"lab.bridge: {lab.bridge!r} must have 1 to 11 characters (the kernel's limit is 15)")
    if lab is not None and lab.service_uid == 0:
        problems.append("lab.service_uid: 0 is root; the services run without rights")
    if docker is not None and not 1 <= len(docker.bridge) <= 15:
        problems.append(f"docker.bridge: {docker.bridge!r} must have 1 to 15 characters")
    if docker is not None:
        problems.extend(
            f"hosts.{host.name}.role: one role for each host in Docker, where it is a container"
            for host in topology.hosts
            if len(host.roles) != 1
        )
    if docker is not None and topology.vrrp.realtime_priority:
        problems.append("vrrp.realtime_priority: must be 0 in Docker, where Keepalived has no right to it")
    return problems


def _host_problems(topology: Topology) -> list[str]:
    problems = []
    network = topology.network
    owners: dict[IPv4Address, str] = {}
    placed = [
        ("network.virtual_address", network.virtual_address),
        *((f"hosts.{host.name}.address", host.address) for host in topology.hosts),
        *(
            (f"{key}.machine_address", site.machine_address)
            for key, site in (("lab", topology.lab_site), ("docker", topology.docker_site))
            if site is not None
        ),
    ]
    for path, address in placed:
        if address not in network.range or address in (
            network.range.network_address,
            network.range.broadcast_address,
        ):
            problems.append(f"{path}: {address} is not a host address of network.range {network.range}")
        if address in owners:
            problems.append(f"{path}: {address} is already used by {owners[address]}")
        owners.setdefault(address, path)
    if len(topology.with_role(Role.PROXY)) != 2:
        problems.append(
            f"hosts: {len(topology.with_role(Role.PROXY))} with role proxy; there must be exactly two"
        )
    problems.extend(
        f"hosts: none with role {role}; there must be at least one"
        for role in (Role.WRAPPER, Role.AFP2WEB)
        if not topology.with_role(role)
    )
    return problems


def _tls_problems(topology: Topology) -> list[str]:
    tls, problems = topology.tls, []
    spoken = {Role.PROXY: tls.proxy_certificate, Role.AFP2WEB: tls.service_certificate}
    if tls.authority is None and any(spoken.values()):
        problems.append("tls.authority: missing; without it nobody can verify the certificates")
    if tls.client_authority is not None and tls.proxy_certificate is None:
        problems.append("tls.client_authority: of no use without tls.proxy_certificate")
    target = topology.afp2web_target_role()
    if target is not None and spoken.get(target) and topology.services.afp2web_protocol != "https":
        problems.append("services.afp2web_protocol: must be https, because afp2web_host speaks TLS")
    return problems


def _vrrp_problems(vrrp: Vrrp) -> list[str]:
    problems = []
    if not 1 <= vrrp.router_id <= 255:
        problems.append(f"vrrp.router_id: {vrrp.router_id} is not from 1 to 255")
    if vrrp.advert_interval % 10 or not 10 <= vrrp.advert_interval <= 40_950:
        problems.append(
            "vrrp.advert_interval: VRRPv3 counts in 10ms steps, from 10ms to 40950ms (RFC 5798, 5.2.7)"
        )
    if len(vrrp.priorities) != 2 or not all(1 <= p <= 254 for p in vrrp.priorities):
        problems.append("vrrp.priorities: must be two numbers from 1 to 254, one for each proxy")
    elif vrrp.priorities[0] <= vrrp.priorities[1]:
        problems.append("vrrp.priorities: the first proxy's must be the higher one")
    if vrrp.realtime_priority > 99:
        problems.append(f"vrrp.realtime_priority: {vrrp.realtime_priority} is not from 0 (off) to 99")
    return problems


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {value!r}"
