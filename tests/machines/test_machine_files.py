"""What is rendered for real machines, and that Ansible and the other programs that read it accept it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from machine_topology import bank_text, on_machines
from ruamel.yaml import YAML

from afpcluster.cluster.inventory import rendered_folder
from afpcluster.cluster.machine import COMPOSE, FIREWALL, STATS_HASH, containers, machine_files
from afpcluster.cluster.render import HAPROXY_CFG
from afpcluster.cluster.topology import Role
from afpcluster.cluster.topology_file import load, parse, sample_text
from topologies import ipv6

GOLDEN = Path(__file__).parent / "golden"
DEPLOY = Path(__file__).parents[2] / "deploy" / "ansible"
OPERATOR = Path("/etc/afpcluster/operator")
BANK = parse(bank_text(OPERATOR))
FOLDER = rendered_folder(BANK, bank_text(OPERATOR))
KEPT = [
    "inventory.yml",
    "group_vars/all.yml",
    "host_vars/bank-01.yml",
    f"bank-01{COMPOSE}",
    f"bank-02{FIREWALL}",
]


@pytest.mark.parametrize("path", KEPT)
def test_machine_golden(path: str, check_golden: Callable[[Path, str], None]) -> None:
    check_golden(GOLDEN / Path(path).name, FOLDER[path][0])


def test_every_file_is_told_with_owner_mode_and_action() -> None:
    for host in BANK.hosts:
        told = YAML(typ="safe", pure=True).load(FOLDER[f"host_vars/{host.name}.yml"][0])
        rows = {row["path"]: row for row in told["afpcluster_files"]}
        assert {f"{host.name}{path}" for path in rows} == {
            path for path in FOLDER if path.startswith(f"{host.name}/")
        }
        for path, row in rows.items():
            assert int(row["mode"], 8) == FOLDER[f"{host.name}{path}"][1]
            assert (row["owner"], row["group"]) == ("root", "root"), "the images' users are none there"
            assert row["on_change"] in ("nothing", "reload", "restart")
            assert bool(row["process"]) == (row["on_change"] != "nothing")


def test_what_runs_where() -> None:
    apart = parse(on_machines(sample_text(), OPERATOR, hosts=_hosts_of(sample_text())))
    files = machine_files(apart)
    for host in apart.hosts:
        there = YAML(typ="safe", pure=True).load(files[host.name].get(COMPOSE, "services: {}"))["services"]
        assert tuple(service["container_name"] for service in there.values()) == containers(host)
        assert (FIREWALL in files[host.name]) == (Role.PROXY in host.roles)
        assert (COMPOSE in files[host.name]) == (Role.DATA not in host.roles)
        for service in there.values():
            assert service["cap_drop"] == ["ALL"]
            assert service["read_only"] is True
            assert service["security_opt"] == ["no-new-privileges:true"]
            assert "privileged" not in service
            assert not any("docker.sock" in volume for volume in service["volumes"])


def _hosts_of(text: str) -> str:
    match = re.search(r"^hosts:\n(?:  .*\n)+", text, flags=re.MULTILINE)
    assert match is not None
    return match[0]


def test_containers_see_the_certificates() -> None:
    text = on_machines(sample_text(), OPERATOR)
    for there, instead in (
        ("  authority: ", "  authority: /etc/afpcluster/tls/authority.pem"),
        ("  proxy_certificate: ", "  proxy_certificate: /etc/afpcluster/tls/proxy.pem"),
        ("  service_certificate: ", "  service_certificate: /etc/afpcluster/service/service.pem"),
        ("afp2web_protocol: http ", "afp2web_protocol: https "),
    ):
        assert there in text
        text = text.replace(there, instead)
    topology = parse(text)
    services = YAML(typ="safe", pure=True).load(machine_files(topology)["bank-01"][COMPOSE])["services"]
    seen = {name: {volume.split(":")[0] for volume in row["volumes"]} for name, row in services.items()}
    assert "/etc/afpcluster/tls" in seen["haproxy"]
    assert "/etc/afpcluster/service" not in seen["haproxy"]
    for name in ("wrapper", "afp2web"):
        assert {"/etc/afpcluster/service", "/etc/afpcluster/tls"} <= seen[name]
    told = rendered_folder(topology, text)["host_vars/bank-01.yml"][0]
    assert "/etc/afpcluster/tls:/etc/afpcluster/tls:ro" in told, "HAProxy's check sees them, too"
    assert YAML(typ="safe", pure=True).load(told)["afpcluster_certificates"] == [
        "/etc/afpcluster/service/service.pem",
        "/etc/afpcluster/tls/authority.pem",
        "/etc/afpcluster/tls/proxy.pem",
    ]


def test_monitors_that_overlap_are_one_network() -> None:
    text = bank_text(OPERATOR).replace(
        "monitors: [10.79.79.1/32]", "monitors: [10.79.79.0/24, 10.79.79.1/32]"
    )
    rules = machine_files(parse(text))["bank-01"][FIREWALL]
    assert "ip saddr != { 10.79.79.0/24 } counter drop" in rules


def test_other_sites_have_no_inventory() -> None:
    there = rendered_folder(load(), sample_text())
    assert "inventory.yml" not in there
    assert "host_vars/a2wprxy-01.yml" in there


def test_no_rendered_file_holds_the_hash(tmp_path: Path) -> None:
    """`render` makes password and hash where the topology says, once, and writes them nowhere else."""
    operator, output = tmp_path / "operator", tmp_path / "rendered"
    operator.mkdir()
    (tmp_path / "bank.yml").write_text(bank_text(operator))
    made = set()
    for _ in range(2):
        _run("-m", "afpcluster", "render", "--topology", str(tmp_path / "bank.yml"), "--output", str(output))
        made.add(tuple(file.read_text() for file in sorted(operator.iterdir())))
    ((password, its_hash),) = made
    assert all(file.stat().st_mode & 0o077 == 0 for file in operator.iterdir())
    assert its_hash.startswith("$5$")
    for file in output.rglob("*"):
        assert file.is_dir() or not {password.strip(), its_hash.strip()} & set(file.read_text().split())


def test_the_firewall_of_ipv6() -> None:
    rules = machine_files(parse(ipv6(bank_text(OPERATOR))))["bank-01"][FIREWALL]
    assert "meta l4proto vrrp ip6 saddr != { fd00:79::11, fd00:79::12 } counter drop" in rules
    assert (
        'iif != "lo" ip6 saddr != { fd00:79::1/128, fd00:79::11/128, fd00:79::12/128 } counter drop' in rules
    )
    assert 'iif != "lo" meta nfproto ipv4 counter drop' in rules


@pytest.mark.skipif(
    shutil.which("nft") is None or os.geteuid() != 0, reason="nft --check needs nftables and root"
)
@pytest.mark.parametrize("text", [bank_text(OPERATOR), ipv6(bank_text(OPERATOR))], ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("host", [str(host.name) for host in BANK.hosts])
def test_nft_accepts_the_firewall(host: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "firewall.nft").write_text(machine_files(parse(text))[host][FIREWALL])
    subprocess.run(["nft", "--check", "--file", tmp_path / "firewall.nft"], check=True)


@pytest.mark.skipif(shutil.which("haproxy") is None, reason="its own check needs haproxy")
@pytest.mark.parametrize("text", [bank_text(OPERATOR), ipv6(bank_text(OPERATOR))], ids=["IPv4", "IPv6"])
@pytest.mark.parametrize("host", [str(host.name) for host in BANK.hosts])
def test_haproxy_accepts_its_file_where_a_machine_carries_everything(
    host: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(STATS_HASH, "!")
    (tmp_path / "haproxy.cfg").write_text(machine_files(parse(text))[host][HAPROXY_CFG])
    command = ["haproxy", "-c", "-f", tmp_path / "haproxy.cfg"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    for path, (text, _) in FOLDER.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path / "inventory.yml"


def test_ansible_reads_the_inventory(inventory: Path) -> None:
    said = json.loads(_run("-m", "ansible.cli.inventory", "--inventory", str(inventory), "--list"))
    assert said["proxies"]["hosts"] == ["bank-01", "bank-02"]
    its = said["_meta"]["hostvars"]["bank-02"]
    assert its["ansible_host"] == "10.79.79.12"
    assert its["ansible_ssh_common_args"] == f"-F {OPERATOR}/config"
    assert its["afpcluster_containers"] == list(containers(BANK.host("bank-02")))


@pytest.mark.parametrize("playbook", ["site.yml", "upgrade.yml", "rollback.yml"])
def test_playbook_syntax(inventory: Path, playbook: str) -> None:
    _run(
        "-m", "ansible.cli.playbook", "--syntax-check", "--inventory", str(inventory), str(DEPLOY / playbook)
    )


def test_every_file_of_tasks_is_used_and_there() -> None:
    role = DEPLOY / "roles" / "afpcluster" / "tasks"
    texts = [file.read_text() for file in (*DEPLOY.glob("*.yml"), *role.glob("*.yml"))]
    called = {name for text in texts for name in re.findall(r"(?:tasks_from|include_tasks): (\w+)", text)}
    assert called | {"pull", "load"} == {file.stem for file in role.glob("*.yml")}


def _run(*arguments: str) -> str:
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(DEPLOY / "ansible.cfg"),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout
