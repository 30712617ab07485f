"""Commands about configuration: is it valid, what does it render to, how do the hosts differ from it."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from afpcluster.cluster import password
from afpcluster.cluster.commands import console, told
from afpcluster.cluster.drift import drifts
from afpcluster.cluster.exits import Exit
from afpcluster.cluster.inventory import STATS_HASH, rendered_folder, stats_hash_file
from afpcluster.cluster.render import HAPROXY_CFG, render
from afpcluster.cluster.service_files import problems as properties_problems
from afpcluster.cluster.site.choose import site_of
from afpcluster.cluster.topology import Secret, Topology, queues, time_limits
from afpcluster.cluster.topology_file import load, text_of

_UNITS = {"Milliseconds": "ms", "Bytes": " bytes"}


def validate(topology_file: Path | None) -> None:
    """The topology, and what is rendered from it, by the programs that read it. Exit code 2 for a mistake."""
    with told():
        topology = load(topology_file)
        problems = [*_haproxy_problems(topology), *properties_problems(topology)]
        for problem in problems:
            print(problem, file=sys.stderr)
        if problems:
            sys.exit(Exit.USAGE)
        console().print(f"{topology.name}: valid.")


def write(topology_file: Path | None, folder: Path) -> None:
    """Every host's files below `folder`, as on a real host, what each is, and an inventory for real machines.
    No password nor hash is in any of them. For real machines the password of /stats is made in the file that
    the topology says, if it is not there, and its hash beside it, or in `folder` for one in a variable."""
    with told():
        topology = load(topology_file)
        if topology.ssh_site is not None:
            folder.mkdir(parents=True, exist_ok=True)
            _keep_password(topology, folder)
        for path, (text, mode) in rendered_folder(topology, text_of(topology_file)).items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            file.chmod(mode)
        console().print(f"Rendered into {folder}")


def _keep_password(topology: Topology, folder: Path) -> None:
    secret = topology.stats_password
    assert secret is not None  # the topology of real machines has one
    password.keep(secret, stats_hash_file(secret) or folder / STATS_HASH)


def diff(topology_file: Path | None) -> None:
    """From what is on the hosts to what the topology wants; exit code 3 when they differ."""
    with told():
        found = drifts(site_of(load(topology_file)))
        for drift in found:
            print(drift.diff())
        if found:
            sys.exit(Exit.DEGRADED)
        console().print("Every file is as the topology wants it.")


def show(topology_file: Path | None) -> None:
    """Every value of the topology and what follows from it, with where it comes from."""
    with told():
        topology = load(topology_file)
        source = str(topology_file or "the built-in sample")
        for key, value in _values("", topology):
            print(f"{key} = {value}  ({source})")
        for name, derived in (("time_limits", time_limits(topology)), ("queues", queues(topology))):
            for key, value in _values(name, derived):
                print(f"{key} = {value}  (follows from the above)")


def _values(path: str, value: object, unit: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Secret):
        yield path, str(value)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            key = str(field.metadata.get("key", field.name.removesuffix("_site")))
            unit = next((short for name, short in _UNITS.items() if name in str(field.type)), "")
            yield from _values(f"{path}.{key}".lstrip("."), getattr(value, field.name), unit)
    elif isinstance(value, tuple) and value and dataclasses.is_dataclass(value[0]):
        for item in value:
            yield from _values(f"{path}.{item.name}", item)
    elif isinstance(value, tuple):
        yield path, f"[{', '.join(map(str, value))}]"
    else:
        yield path, "" if value is None else f"{value}{unit}"


def _haproxy_problems(topology: Topology) -> Iterator[str]:
    """What HAProxy itself says, where it is installed."""
    if shutil.which("haproxy") is None:
        return
    for host, files in render(topology, password.hashed("-")).items():
        if HAPROXY_CFG not in files:
            continue
        with TemporaryDirectory() as folder:
            file = Path(folder) / "haproxy.cfg"
            file.write_text(files[HAPROXY_CFG], encoding="utf-8")
            done = subprocess.run(
                ["haproxy", "-c", "-f", file], capture_output=True, text=True, timeout=20, check=False
            )
        if done.returncode != 0:
            yield f"{host}: {HAPROXY_CFG}: {done.stderr.strip()}"
