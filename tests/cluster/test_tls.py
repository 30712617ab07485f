"""A cluster with TLS on every hop: it starts, converts, tells when certificates end, takes new ones."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lab_slot import Slot

from afpcluster.cluster import bringup, commands, status
from afpcluster.cluster.demo import convert_sample
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.topology import Role, Topology
from afpcluster.cluster.topology_file import parse
from certificates import Authority


@pytest.fixture
def folder() -> Iterator[Path]:
    """Readable for HAProxy and the services, as seen from every host."""
    made = Path(tempfile.mkdtemp(prefix="afpcluster-test-tls-", dir="/var/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def names(topology: Topology, *roles: Role) -> list[str]:
    """What the certificate of these hosts names."""
    hosts = [host for role in roles for host in topology.with_role(role)]
    found = [text for host in hosts for text in (str(host.name), str(host.address))]
    if Role.PROXY in roles:
        found += [f"{topology.name}-vip", str(topology.vips[0].address)]
    return found


def test_every_hop(slot: Slot, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    authority = Authority(folder)
    plain = parse(slot.spare_text)
    services = names(plain, Role.WRAPPER, Role.AFP2WEB)
    proxy = authority.issue("proxy", timedelta(days=10), hosts=names(plain, Role.PROXY))
    text = slot.spare_text
    for key, value in (
        ("authority", authority.path),
        ("proxy_certificate", proxy),
        ("service_certificate", authority.issue("service", hosts=services)),
    ):
        text = text.replace(f"\n  {key}: ", f"\n  {key}: {value} ")
    text = text.replace("afp2web_protocol: http ", "afp2web_protocol: https ")
    topology = parse(text)
    file = folder / "topology.yml"
    file.write_text(text)

    def proof(cluster: LabSite) -> None:
        converted = convert_sample(topology, folder)
        assert converted.size > 1000
        seen = status.look(cluster)
        assert {str(answer.url).partition("://")[0] for answer in seen.answers} == {"https"}
        assert [line for line in status.verdict(seen) if "ends on" not in line] == []
        assert any("VIP: the certificate at port 8080 ends on" in line for line in status.verdict(seen))
        authority.issue("proxy", timedelta(days=90), hosts=names(plain, Role.PROXY))
        commands.reload_certificates(file)
        assert capsys.readouterr().out.count("counts from now on") == 2
        assert status.verdict(status.look(cluster)) == []

    try:
        bringup.up(topology, text, lambda _: None, proof)
    finally:
        bringup.down(topology, lambda _: None)
