"""Two machines, each with an engine of its own, made, upgraded and rolled back as docs/operations says; then
operated by ssh. One story: each test goes on where the one before it stopped.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from bank_machines import CLONE, NETWORK, Bank, bank
from traffic import traffic

from afpcluster.cluster import demo
from afpcluster.cluster.docker import engine as engines
from afpcluster.cluster.docker import images
from afpcluster.cluster.machine import FIREWALL
from afpcluster.cluster.render import HAPROXY_CFG

VIP = f"{NETWORK}100"
_LOCK = Path("/run/afpcluster-docker-tests.lock")  # one of the engines that tests start at a time
_BLOCK = re.compile(r"^```sh machines\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NEXT_VERSION = """FROM {image}
USER root
RUN cd /opt/afpcluster/lib/python3*/site-packages/afpcluster \\
 && sed -i 's/^__version__ = .*/__version__ = "99.0.0"/' __init__.py \\
 && python3 -m compileall -q -f --invalidation-mode unchecked-hash __init__.py
USER 61184:61184
"""


@pytest.fixture(scope="module")
def machines() -> Iterator[Bank]:
    """Deployed from nothing, by what install.md says."""
    if not os.environ.get("AFPCLUSTER_TEST_MACHINES"):
        pytest.skip("two machines are installed for many minutes; `make test-machines` does it")
    if os.geteuid() != 0:
        pytest.skip("machines are containers with many rights, which needs root")
    if engines.find() is None and shutil.which("dockerd") is None:
        pytest.skip("no Docker engine answers and none is installed; `make test-machines` installs one")
    with _LOCK.open("w") as lock, TemporaryDirectory(dir="/var/tmp") as folder:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = engines.find()
        engine = found or engines.start()
        try:
            images.build(engine, os.environ.get("BASE"), print)
            with bank(engine, Path(folder)) as made:
                _type(made, "install.md", 0)
                yield made
        finally:
            if found is None:
                engines.stop(engine)


def _type(bank: Bank, page: str, number: int) -> str:
    """A block of commands of a page."""
    block = _BLOCK.findall((CLONE / "docs" / "operations" / page).read_text())[number]
    in_clone = re.sub(r"(\$PWD/)?\bdeploy/ansible/", f"{CLONE}/deploy/ansible/", block)
    return bank.sh(in_clone.replace("make images\n", ""))


def _problems(bank: Bank) -> list[str]:
    said: list[str] = json.loads(bank.sh("afpcluster status -o json --topology my.yml || true"))["problems"]
    return said


def _versions(bank: Bank) -> set[str]:
    said = json.loads(bank.sh("afpcluster status -o json --topology my.yml || true"))
    return {instance["version"] for instance in said["instances"]}


def _tags(bank: Bank) -> set[str]:
    """Of the images that the first machine has."""
    return set(
        bank.site.run("bank-01", "docker", "image", "ls", "--format", "{{.Tag}}", "afpcluster")
        .decode()
        .split()
    )


def _changed(said: str) -> dict[str, int]:
    """What the recap of a playbook says."""
    return {
        host: int(number)
        for host, number in re.findall(r"^(\S+) +: ok=.* changed=(\d+) ", said, re.MULTILINE)
    }


def test_a_document_goes_through_the_vip(machines: Bank) -> None:
    assert _problems(machines) == []
    machines.sh(
        "afpcluster sample my.afp\n"
        f"curl -sS --fail -F file=@my.afp -o my.pdf http://{VIP}:8080/wrapperservice/convert\n"
        "head -c 5 my.pdf | grep %PDF-"
    )


def test_the_second_time_nothing_is_changed(machines: Bank) -> None:
    assert _changed(_type(machines, "replace-a-host.md", 0)) == {"bank-01": 0, "bank-02": 0}


def test_check_shows_what_was_edited_by_hand(machines: Bank) -> None:
    site = machines.site
    before = site.read("bank-02", FIREWALL)
    assert "changed=0" in _type(machines, "install.md", 1)
    site.append("bank-02", FIREWALL, b"# by hand\n")
    said = _type(machines, "install.md", 1)
    assert re.search(r"^-# by hand$", said, re.MULTILINE)
    assert _changed(said)["bank-01"] == 0
    assert site.read("bank-02", FIREWALL) == before + b"# by hand\n"
    site.write("bank-02", FIREWALL, before)


def test_only_proxies_may_say_that_the_vip_is_theirs(machines: Bank) -> None:
    rules = machines.site.run("bank-01", "nft", "list", "table", "inet", "afpcluster_firewall").decode()
    assert re.search(
        rf"ip protocol (vrrp|112) ip saddr != {{ {NETWORK}11, {NETWORK}12 }} counter .* drop", rules
    )


def test_upgrade_under_load(machines: Bank) -> None:
    engine, folder = machines.engine, machines.folder / "next"
    folder.mkdir()
    current = engine.docker("image", "inspect", "--format", "{{.Id}}", "afpcluster").strip()
    (folder / "Dockerfile").write_text(_NEXT_VERSION.format(image=current))
    engine.docker("build", "--network=host", "--tag", "afpcluster", str(folder), timeout=600)
    old = _versions(machines)
    kept = _tags(machines)
    machines.site.run("bank-01", "docker", "tag", f"afpcluster:{min(kept)}", "afpcluster:long-ago")
    with traffic(VIP, demo.sample()) as seen:
        _type(machines, "upgrade.md", 0)
    assert seen.failed == []
    assert seen.documents > 10
    assert len(seen.bodies) == 1
    assert _versions(machines) == {"99.0.0"} != old
    assert _problems(machines) == []
    assert "long-ago" not in _tags(machines) > kept


def test_a_set_that_does_not_come_up_is_taken_back(machines: Bank) -> None:
    """On the first machine, and the second one is not touched."""
    for host in ("bank-01", "bank-02"):
        cfg = machines.folder / "my-cluster" / host / HAPROXY_CFG.lstrip("/")
        cfg.write_text(cfg.read_text().replace("mode http\n", "mode nonsense\n", 1))
    before = {host: machines.site.read(host, HAPROXY_CFG) for host in ("bank-01", "bank-02")}
    with traffic(VIP, demo.sample()) as seen:
        said = machines.playbook("upgrade", expect=2)
    assert "has what it had before" in said
    assert seen.failed == []
    assert {host: machines.site.read(host, HAPROXY_CFG) for host in ("bank-01", "bank-02")} == before
    assert _problems(machines) == []


def test_roll_back_under_load(machines: Bank) -> None:
    with traffic(VIP, demo.sample()) as seen:
        _type(machines, "upgrade.md", 1)
    assert seen.failed == []
    assert "99.0.0" not in _versions(machines)
    assert _problems(machines) == []


@pytest.mark.parametrize(
    "command",
    [
        "afpcluster switchover --topology my.yml",
        "afpcluster drain bank-01 --topology my.yml && afpcluster undrain bank-01 --topology my.yml",
        "afpcluster drill proxy-killed --topology my.yml",
        "afpcluster logs bank-01 --since 5m --topology my.yml | grep 'bank-01 haproxy'",
    ],
)
def test_operated_by_ssh(machines: Bank, command: str) -> None:
    machines.sh(command, timeout=180)
    assert _problems(machines) == []
