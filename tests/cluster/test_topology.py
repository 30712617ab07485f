"""The topology reader: the sample is valid, and each mistake is told with its path in the file."""

from __future__ import annotations

import re
from ipaddress import IPv4Address

import pytest

from afpcluster.cluster.topology import Role, Vip
from afpcluster.cluster.topology_file import TopologyError, docker_text, load, parse, sample_text
from afpcluster.cluster.urls import entrance
from topologies import ipv6, two_vips

# (text in the sample, what stands there instead, the problem told)
MISTAKES = [
    (
        "monitors: [10.79.79.1/32]",
        "monitors: 10.79.79.1",
        "haproxy.monitors: must be a list",
    ),
    ("source_connections: 1500", "source_connections: 3001", "must not exceed haproxy.max_connections"),
    ("connect_timeout: 300ms", "connect_timeout: 401ms", "must be at most twice haproxy.check_interval"),
    ("transport: unicast", "transport: broadcast", "'broadcast' is not one of unicast, multicast"),
    ("  proxy_certificate:", "  proxy_certificate: /etc/x/p.pem #", "tls.authority: missing"),
    (
        "  proxy_certificate:",
        "  proxy_certificate: /etc/x/p.pem #",
        "afp2web_protocol: must be https",
    ),
    ("  client_authority:", "  client_authority: /etc/x/c.pem #", "of no use without tls.proxy_certificate"),
    ("name: afpcluster ", "nome: afpcluster ", "nome: unknown key"),
    ("name: afpcluster ", "# ", "name: missing"),
    ("name: afpcluster ", 'name: "" ', "name: must not be empty"),
    ("range: 10.79.79.0/24", "range: 10.79.79.1/24", "network.range: '10.79.79.1/24' is not a network"),
    (
        "virtual_address: 10.79.79.100",
        "virtual_address: 10.79.80.100",
        "is not a host address of network.range",
    ),
    (
        "virtual_address: 10.79.79.100",
        "virtual_address: 10.79.79.255",
        "is not a host address of network.range",
    ),
    (
        "virtual_address: 10.79.79.100",
        "virtual_address: 100",
        "network.virtual_address: 100 is not an IPv4 address",
    ),
    ("wrapper_proxy: 8080", "wrapper_proxy: 70000", "ports.wrapper_proxy: 70000 is not a port"),
    ("wrapper_proxy: 8080", "wrapper_proxy: 9090", "ports: the ports must differ"),
    ("wrapper_proxy: 8080", "wrapper_proxy: yes", "ports.wrapper_proxy: 'yes' is not a port"),
    (
        "address: 10.79.79.12}",
        "address: 10.79.79.11}",
        "10.79.79.11 is already used by hosts.a2wprxy-01.address",
    ),
    (
        "address: 10.79.79.45}",
        "address: 10.79.79.1}",
        "10.79.79.1 is already used by hosts.a2wdata-05.address",
    ),
    ("a2wprxy-02:  {role: proxy", "a2wprxy-02:  {role: data", "1 with role proxy; there must be exactly two"),
    ("afp2web-03:  {role: afp2web", "afp2web-03:  {role: afp", "hosts.afp2web-03.role: 'afp' is not a role"),
    ("afp2web-03:  {role: afp2web, ", "afp2web-03:  {", "hosts.afp2web-03.role: missing"),
    ("  afp2web-03:  ", "  afp2web_03:  ", "hosts.afp2web_03.name: 'afp2web_03' is not a host name"),
    ("afp2web-03:  {role: afp2web", "afp2web-03:  {role: [afp2web, afp]", "afp2web-03.role[1]: 'afp' is not"),
    ("router_id: 79", "router_id: 256", "vrrp.router_id: 256 is not from 1 to 255"),
    ("advert_interval: 50ms", "advert_interval: 55ms", "vrrp.advert_interval: VRRPv3 counts in 10ms steps"),
    ("advert_interval: 50ms", "advert_interval: 0.05", "vrrp.advert_interval: 0.05 is not a duration"),
    ("priorities: [254, 253]", "priorities: [253, 254]", "the first proxy's must be the higher one"),
    ("priorities: [254, 253]", "priorities: [254]", "vrrp.priorities: must be two numbers"),
    ("priorities: [254, 253]", "priorities: [254, high]", "vrrp.priorities[1]: 'high' is not a whole number"),
    ("retry_buffer: 512KiB", "retry_buffer: 512", "haproxy.retry_buffer: 512 is not a size"),
    ("misses: 2", "misses: 0", "watcher.misses: must be at least 1"),
    ("afp2web_protocol: http", "afp2web_protocol: ftp", "'ftp' is not http or https"),
    ("bridge: afp0 ", "bridge: afpcluster00 ", "lab.bridge: 'afpcluster00' must have 1 to 11 characters"),
    (
        "run_directory: /run/afpcluster",
        "run_directory: /run",
        "lab.run_directory: '/run' is not an absolute path",
    ),
    ("run_directory: /run/afpcluster", "run_directory: /a/../etc", "lab.run_directory: '/a/../etc' is not"),
    ("service_uid: 61184", "service_uid: 0", "lab.service_uid: 0 is root"),
    ("network:\n", "network: []\nrest:\n", "network: must hold keys and values, not list []"),
    ("ports:\n", "ports: [\n", "line "),
]


@pytest.mark.parametrize(("there", "instead", "problem"), MISTAKES, ids=[m[2][:50] for m in MISTAKES])
def test_mistake_is_told(there: str, instead: str, problem: str) -> None:
    text = sample_text()
    assert text.count(there) == 1 or re.search(f"^{there}", text, re.MULTILINE)
    with pytest.raises(TopologyError) as caught:
        parse(text.replace(there, instead, 1), "the file")
    assert any(problem in told for told in caught.value.problems), caught.value.problems
    assert str(caught.value).startswith("the file cannot be used:")


FIRST, SECOND = "{address: 10.79.79.100, router_id: 79,", "{address: 10.79.79.101, router_id: 80,"
# (text in the topology with two VIPs, what stands there instead, the problem told)
MISTAKES_IN_LISTS = [
    (
        SECOND,
        SECOND.replace("101", "100"),
        "vips[1].address: 10.79.79.100 is already used by vips[0].address",
    ),
    (SECOND, SECOND.replace("101", "12"), "is already used by vips[1].address"),
    (SECOND, SECOND.replace("79.101", "80.101"), "vips[1].address: 10.79.80.101 is not a host address of"),
    (SECOND, SECOND.replace("10.79.79.101", "vip"), "vips[1].address: 'vip' is not an IPv4 address"),
    (SECOND, SECOND.replace("80,", "79,"), "vips[1].router_id: 79 is used by another VIP, too"),
    (SECOND, SECOND.replace("80,", "256,"), "vips[1].router_id: 256 is not from 1 to 255"),
    (SECOND, "{address: 10.79.79.101,", "vips[1].router_id: missing"),
    (SECOND, f"{SECOND} name: vip, ", "vips[1].name: unknown key"),
    (SECOND, f"{SECOND} prefix: 33, ", "vips[1].prefix: 33 is not from 1 to 32"),
    (SECOND, f"{SECOND} interface: eth1, ", "vips[1].interface: must be network.interface, the only one"),
    ("[253, 254]", "[254, 254]", "vips[1].priorities: must differ"),
    ("[253, 254]", "[255, 254]", "vips[1].priorities: must be two numbers from 1 to 254"),
    ("\nvips:\n", "\nvips: 5\nrest:\n", "vips: must be a list, each item keys and values; not int 5"),
    (
        "  interface: eth0 ",
        "  virtual_address: 10.79.79.102\n  interface: eth0 ",
        "network.virtual_address: unknown",
    ),
]


@pytest.mark.parametrize(
    ("there", "instead", "problem"), MISTAKES_IN_LISTS, ids=[m[2][:50] for m in MISTAKES_IN_LISTS]
)
def test_mistake_in_a_list_of_vips_is_told(there: str, instead: str, problem: str) -> None:
    text = two_vips(sample_text())
    assert there in text
    with pytest.raises(TopologyError) as caught:
        parse(text.replace(there, instead, 1))
    assert any(problem in told for told in caught.value.problems), caught.value.problems


# (text in the topology with IPv6, what stands there instead, the problem told)
MISTAKES_WITH_IPV6 = [
    (
        "virtual_address: fd00:79::100",
        "virtual_address: 10.79.79.100",
        "10.79.79.100 is IPv4 and network.range",
    ),
    ("address: fd00:79::21", "address: 10.79.79.21", "hosts.wrapper-01.address: 10.79.79.21 is IPv4 and"),
    ("range: fd00:79::/64", "range: 10.79.79.0/24", "hosts.wrapper-01.address: fd00:79::21 is IPv6 and"),
    ("address: fd00:79::21", "address: fd00:80::21", "fd00:80::21 is not a host address of network.range"),
    ("address: fd00:79::21", 'address: "fd00:79::"', "fd00:79:: is not a host address of network.range"),
    ("address: fd00:79::21", "address: fd00:79::0:12", "fd00:79::12 is already used by hosts.a2wprxy-02"),
    ("address: fd00:79::21", "address: fd00:79::21%eth0", "'fd00:79::21%eth0' is not an IPv4 address"),
    ("address: fd00:79::21", 'address: "[fd00:79::21]"', "or an IPv6 address such as fd00:79::100"),
    ("range: fd00:79::/64", "range: fd00:79::1/64", "network.range: 'fd00:79::1/64' is not a network"),
    ("[fd00:79::1/128]", "[10.79.79.1/32]", "haproxy.monitors[0]: 10.79.79.1/32 is not of the kind"),
    ("transport: unicast", "transport: multicast", "vrrp.transport: must be unicast with IPv6"),
]


@pytest.mark.parametrize(
    ("there", "instead", "problem"), MISTAKES_WITH_IPV6, ids=[m[2][:50] for m in MISTAKES_WITH_IPV6]
)
def test_mistake_with_ipv6_is_told(there: str, instead: str, problem: str) -> None:
    text = ipv6(sample_text())
    parse(text)
    assert there in text
    with pytest.raises(TopologyError) as caught:
        parse(text.replace(there, instead, 1))
    assert any(problem in told for told in caught.value.problems), caught.value.problems


def test_ipv6_in_docker_is_refused() -> None:
    with pytest.raises(TopologyError, match=r"network\.range: fd00:78::/64 is IPv6, which Docker's networks"):
        parse(ipv6(docker_text()))


def test_a_vip_of_the_other_kind_is_refused() -> None:
    text = two_vips(sample_text()).replace("10.79.79.101", "fd00:79::101")
    with pytest.raises(
        TopologyError, match=r"address: fd00:79::101 is IPv6 and network\.range IPv4; a host has"
    ):
        parse(text)


def test_ipv6() -> None:
    topology = parse(two_vips(ipv6(sample_text())))
    assert [vip.cidr for vip in topology.vips] == ["fd00:79::100/64", "fd00:79::101/64"]
    assert topology.afp2web_target() == "[fd00:79::100]"
    assert str(entrance(topology)) == "http://[fd00:79::100]:8080/wrapperservice"


def test_no_vip_at_all_is_told() -> None:
    text = re.sub(r"^vips:\n(  - .*\n)+", "vips: []\n", two_vips(sample_text()), flags=re.MULTILINE)
    with pytest.raises(TopologyError, match="vips: there must be at least one"):
        parse(text)


def test_two_vips() -> None:
    topology = parse(two_vips(sample_text()))
    assert [(vip.name, vip.cidr, vip.interface) for vip in topology.vips] == [
        ("vip", "10.79.79.100/24", "eth0"),
        ("vip-2", "10.79.79.101/24", "eth0"),
    ]
    assert [topology.home(vip).name for vip in topology.vips] == ["a2wprxy-01", "a2wprxy-02"]
    assert topology.vip("vip-2") is topology.vip("10.79.79.101") is topology.vips[1]
    with pytest.raises(LookupError, match=r"no VIP 'vip-3'; there are 10.79.79.100, 10.79.79.101"):
        topology.vip("vip-3")


def test_all_mistakes_are_told_at_once() -> None:
    text = sample_text().replace("8080", "0").replace("50ms  ", "50  ").replace("role: data", "role: date")
    with pytest.raises(TopologyError) as caught:
        parse(text)
    assert {problem.split(":")[0] for problem in caught.value.problems} == {
        "ports.wrapper_proxy",
        "vrrp.advert_interval",
        "hosts.a2wdata-05.role",
    }


def test_sample() -> None:
    topology = load()
    assert [host.name for host in topology.with_role(Role.PROXY)] == ["a2wprxy-01", "a2wprxy-02"]
    assert topology.host("afp2web-04").address == IPv4Address("10.79.79.34")
    assert topology.vips == (Vip(IPv4Address("10.79.79.100"), 79, (254, 253), 24, "eth0", "vip"),)
    assert topology.services.conversion_timeout == 300_000
    assert topology.haproxy.retry_buffer == 524_288


# (afp2web_host in the topology, what wrapper-service is told)
TARGETS = [
    ("vip", ("10.79.79.100", 9090)),
    ("a2wprxy-02", ("a2wprxy-02", 9090)),
    ("afp2web-03", ("afp2web-03", 9091)),
    ("10.79.79.34", ("10.79.79.34", 9091)),
    ("elsewhere.example", ("elsewhere.example", 9090)),
]


@pytest.mark.parametrize(("wanted", "told"), TARGETS)
def test_afp2web_target(wanted: str, told: tuple[str, int]) -> None:
    topology = parse(sample_text().replace("afp2web_host: vip", f"afp2web_host: {wanted}"))
    assert (topology.afp2web_target(), topology.afp2web_target_port()) == told
