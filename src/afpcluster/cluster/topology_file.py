"""`topology.yml` -> `Topology`, validated whole.

Rules: every key must be there and every key must be known; all mistakes are reported at once, each with
its path in the file. The shape is taken from the dataclasses (one reader for all of them); what relates
several keys is in `topology_checks`. One VIP may be said short, in `network` and `vrrp`.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from functools import partial
from importlib import resources
from ipaddress import ip_address, ip_network
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from afpcluster.cluster.topology import (
    Address,
    Bytes,
    CommandLine,
    Host,
    Milliseconds,
    Name,
    Port,
    Range,
    Role,
    Secret,
    Topology,
    Transport,
    Variable,
)
from afpcluster.cluster.topology_checks import VipPath, topology_problems


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
    data, paths = _vips_in_full(data)
    topology = _record(Topology, data, "", problems)
    if not problems:
        topology = _completed(topology)
        problems.extend(topology_problems(topology, paths))
    if problems:
        raise TopologyError(source, problems)
    return topology  # type: ignore[no-any-return]


_SHORT = {
    "address": "network.virtual_address",
    "router_id": "vrrp.router_id",
    "priorities": "vrrp.priorities",
}


class _Elsewhere(dict[str, Any]):
    """Keys and values of which the file says each at another path, which is in `_SHORT`."""


def _vips_in_full(data: Any) -> tuple[Any, VipPath]:
    """The file with a list of VIPs where it says one short; and the way from a number in the list and a key
    to its path in the file."""
    if not isinstance(data, Mapping) or "vips" in data:
        return data, lambda number, key: f"vips[{number}].{key}"
    full, vip = dict(data), _Elsewhere()
    for key, path in _SHORT.items():
        section, name = path.split(".")
        if isinstance(full.get(section), Mapping) and name in full[section]:
            vip[key] = full[section][name]
            full[section] = {key: value for key, value in full[section].items() if key != name}
    return {**full, "vips": [vip]}, lambda _, key: _SHORT.get(key, "network.interface")


def _completed(topology: Topology) -> Topology:
    """With what the file need not say of a VIP."""
    network = topology.network
    vips = tuple(
        dataclasses.replace(
            vip,
            prefix=vip.prefix or network.range.prefixlen,
            interface=vip.interface or network.interface,
            name="vip" if number == 1 else f"vip-{number}",
        )
        for number, vip in enumerate(topology.vips, 1)
    )
    return dataclasses.replace(topology, vips=vips)


# --- one reader for all dataclasses; a reader returns the value or appends to `problems` ---


def _record(kind: type[Any], data: Any, path: str, problems: list[str]) -> Any:
    if not isinstance(data, Mapping):
        problems.append(f"{path or 'the file'}: must hold keys and values, not {_kind(data)}")
        return None
    hints = get_type_hints(kind)
    keys = {
        field.metadata.get("key", field.name.removesuffix("_site")): field
        for field in dataclasses.fields(kind)
        if not field.metadata.get("derived")
    }
    problems.extend(f"{_join(path, key)}: unknown key" for key in data if key not in keys)
    values = {}
    for key, field in keys.items():
        where = _SHORT[key] if isinstance(data, _Elsewhere) and key in _SHORT else _join(path, key)
        if key not in data:
            if field.default is dataclasses.MISSING:
                problems.append(f"{where}: missing")
            continue
        values[field.name] = _value(hints[field.name], data[key], where, problems)
    return kind(**values) if not problems else None


def _value(kind: Any, raw: Any, path: str, problems: list[str]) -> Any:
    if NoneType in get_args(kind):  # nothing after the colon
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
        item = "keys and values" if kind not in _READERS else _READERS[kind][1]
        problems.append(f"{path}: must be a list, each item {item}; not {_kind(raw)}")
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


def _address(raw: Any) -> Address:
    return ip_address(_text(raw, r"[0-9A-Fa-f.:]+"))


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
    Address: (_address, "an IPv4 address such as 10.79.79.100, or an IPv6 address such as fd00:79::100"),
    Range: (
        lambda raw: ip_network(_text(raw, r"[0-9A-Fa-f.:/]+")),
        "a network such as 10.79.79.0/24 or fd00:79::/64",
    ),
    Variable: (partial(_text, pattern=r"[A-Za-z_][A-Za-z0-9_]*"), "the name of an environment variable"),
    CommandLine: (partial(_text, pattern=r"[^\n]{1,500}"), "a command line"),
    Path: (_absolute, "an absolute path of at least two folders, without `..`"),
}


def _join(path: str, key: object) -> str:
    return f"{path}.{key}" if path else str(key)


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {value!r}"
