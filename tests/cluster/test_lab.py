"""The cluster on one machine: who runs as whom, what a second `up` does, edits by hand, a failed `up`."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from lab_slot import Slot

import afpcluster
from afpcluster.cluster import bringup, observe, status
from afpcluster.cluster.command import run
from afpcluster.cluster.drill import Document
from afpcluster.cluster.lab import RELOADS, LabError
from afpcluster.cluster.layout import Layout
from afpcluster.cluster.plan import plan_up
from afpcluster.cluster.processes import KEEPALIVED_PIDS, User, processes
from afpcluster.cluster.proxies import proxies_at_fault
from afpcluster.cluster.render import HAPROXY_CFG, KEEPALIVED_CONF, WRAPPER_PROPERTIES, OnChange
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.topology import Role, Topology
from afpcluster.cluster.topology_file import parse

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy of the environment


def get_json(url: str) -> dict[str, object]:
    with _OPENER.open(url, timeout=5) as response:
        answer: dict[str, object] = json.load(response)
        return answer


def until(true: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def nothing(_: LabSite) -> None:
    pass


def test_only_keepalived_has_rights(cluster: LabSite) -> None:
    rows = {(row.host, row.name): row.user for row in processes(cluster.topology)}
    states = cluster.processes()
    assert {(state.host, state.name) for state in states} == set(rows)
    for state in states:
        lines = Path(f"/proc/{state.pid}/status").read_text().splitlines()
        fields = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        if rows[state.host, state.name] is not User.ROOT:
            assert "0" not in fields["Uid"].split(), state
            assert int(fields["CapEff"], 16) == int(fields["CapBnd"], 16) == 0, state
            assert fields["NoNewPrivs"] == "1", state


def test_every_host_has_its_own_name_address_and_namespace(cluster: LabSite) -> None:
    names = {cluster.layout.namespace(host) for host in cluster.topology.hosts}
    assert len(names) == 7
    assert names <= observe.namespaces()
    for host in cluster.topology.hosts:
        enter = str(cluster.layout.enter(host))
        assert run(enter, "hostname").strip() == host.name
        assert str(host.address) in run(enter, "ip", "-4", "addr", "show", "eth0")


@pytest.mark.parametrize(
    "command",
    [
        ("haproxy", "-c", "-f", HAPROXY_CFG),
        # `keepalived -t` (2.2.7) looks at its scripts as their user, takes its parent for dead and ends,
        # unless it has no parent here.
        ("unshare", "--pid", "--fork", "keepalived", "-t", "-f", KEEPALIVED_CONF),
    ],
)
def test_programs_accept_their_files_in_place(cluster: LabSite, command: tuple[str, ...]) -> None:
    for proxy in cluster.topology.with_role(Role.PROXY):
        enter = str(cluster.layout.enter(proxy))
        done = subprocess.run([enter, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done
        assert "WARNING" not in done.stderr


def test_second_up_changes_nothing(cluster: LabSite, slot: Slot) -> None:
    before = cluster.processes()
    said: list[str] = []
    again = bringup.up(cluster.topology, slot.topology_text, said.append, nothing)
    assert said == ["Waiting until all 21 URLs answer ..."]
    assert again.stats_password == cluster.stats_password
    assert cluster.processes() == before


def test_password_is_for_root_alone(cluster: LabSite) -> None:
    proxy = cluster.topology.with_role(Role.PROXY)[0]
    assert cluster.layout.password_file.stat().st_mode & 0o777 == 0o600
    assert cluster.layout.file(proxy, HAPROXY_CFG).stat().st_mode & 0o777 == 0o640
    assert len(cluster.stats_password) >= 20


def test_status_says_all_is_well(cluster: LabSite) -> None:
    assert status.verdict(status.look(cluster)) == []


def test_other_topology_is_refused_while_up(cluster: LabSite, slot: Slot) -> None:
    changed = slot.topology_text.replace("wrapper: 8081", "wrapper: 8082")
    with pytest.raises(LabError, match=r"up with another topology \(ports differ\)"):
        bringup.up(parse(changed), changed, print, nothing)


def test_emergency_change(cluster: LabSite, document: Document) -> None:
    """afp2web.host of a running wrapper-service is pointed at one instance: the next conversion goes there,
    `up` keeps the edit, and a bad edit changes nothing."""
    wrapper, instance = (
        cluster.topology.with_role(Role.WRAPPER)[0],
        cluster.topology.with_role(Role.AFP2WEB)[1],
    )
    ports = cluster.topology.ports
    url = f"http://{wrapper.address}:{ports.wrapper}/wrapperservice"
    file = cluster.layout.file(wrapper, WRAPPER_PROPERTIES)
    original = file.read_text()

    def target() -> str:
        return json.dumps(get_json(f"{url}/heartbeat"))

    def edit(host: str, port: int) -> None:
        lines = [
            line for line in original.splitlines() if not line.startswith(("afp2web.host ", "afp2web.port "))
        ]
        file.write_text("\n".join([*lines, f"afp2web.host = {host}", f"afp2web.port = {port}", ""]))

    wanted = f"http://{instance.name}:{ports.afp2web}"
    try:
        edit(instance.name, ports.afp2web)
        assert until(lambda: wanted in target(), 1.0), target()
        log = cluster.layout.log(instance.name, "afp2web")

        def transforms() -> int:
            lines = log.read_text().splitlines()
            return sum('"message": "request"' in line and "/services/transform" in line for line in lines)

        before = transforms()
        request = urllib.request.Request(
            f"{url}/convert", document.body, {"Content-Type": "application/octet-stream"}
        )
        with _OPENER.open(request, timeout=30) as response:
            assert response.read().startswith(b"%PDF-")
        assert until(lambda: transforms() == before + 1, 1.0)

        desired = cluster.rendered()
        actions = plan_up(desired, processes(cluster.topology), observe.observe(cluster.layout, desired))
        assert [repr(action) for action in actions] == [
            f"KeepEdited(host='{wrapper.name}', path='{WRAPPER_PROPERTIES}')"
        ]

        edit("two words", ports.afp2web)
        time.sleep(1.0)
        assert wanted in target()
    finally:
        file.write_text(original)
    assert until(lambda: wanted not in target(), 1.0)


def test_changed_setting_is_rolled_out(cluster: LabSite, slot: Slot) -> None:
    """`up` with a changed topology writes the two files and has the two HAProxies read them, one by one;
    nothing is restarted, and the VIP stays."""
    (holder,) = observe.vip_holders(cluster.layout)
    (standby,) = {host.name for host in cluster.topology.with_role(Role.PROXY)} - {holder}
    before = cluster.processes()
    said: list[str] = []
    try:
        text = slot.topology_text.replace("client_timeout: 60s", "client_timeout: 61s")
        bringup.up(parse(text), text, said.append, nothing)
        assert [line for line in said if not line.startswith(("Check", "Waiting"))] == [
            line
            for host in (standby, holder)
            for line in (f"Write file {host} {HAPROXY_CFG}", f"Reload process {host} haproxy")
        ]
        assert cluster.processes() == before
        assert observe.vip_holders(cluster.layout) == (holder,)
        config = cluster.layout.file(cluster.topology.host(holder), HAPROXY_CFG)
        assert "timeout client 61s" in config.read_text()
        assert config.stat().st_mode & 0o777 == 0o640
        assert config.group() == "haproxy"
    finally:
        bringup.up(cluster.topology, slot.topology_text, print, nothing)
    assert status.verdict(status.look(cluster)) == []


def test_file_that_a_program_refuses_changes_nothing(cluster: LabSite, slot: Slot) -> None:
    """No file is written, wherever it was to go, when one of them is not accepted."""
    before = observe.read_written(cluster.layout), cluster.processes()
    text = slot.topology_text
    for there, instead in (
        ("authority: ", "authority: /nonexistent/ca.pem "),
        ("proxy_certificate: ", "proxy_certificate: /nonexistent/proxy.pem "),
        ("afp2web_protocol: http ", "afp2web_protocol: https "),
        ("conversion_timeout: 5m ", "conversion_timeout: 6m "),
    ):
        text = text.replace(f"  {there}", f"  {instead}")
    with pytest.raises(
        LabError, match=r"(?s)haproxy.cfg is not accepted, so nothing was changed: .*/nonexistent/"
    ):
        bringup.roll_out(parse(text), print)
    assert (observe.read_written(cluster.layout), cluster.processes()) == before
    assert bringup.roll_out(cluster.topology, print) == []


def test_reload_that_failed_is_done_by_the_next_up(
    cluster: LabSite, slot: Slot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keepalived of the first proxy does not come back to work: the other one is not touched. What was left
    to do is done later, though no file differs any more."""
    (holder,) = observe.vip_holders(cluster.layout)
    (standby,) = {host.name for host in cluster.topology.with_role(Role.PROXY)} - {holder}
    before = cluster.processes()
    changed = parse(slot.topology_text.replace("router_id: 79 ", "router_id: 78 "))

    def fail(_site: LabSite, proxy: str) -> None:
        raise LabError(f"{proxy} does not come back")

    with monkeypatch.context() as patched:
        patched.setitem(RELOADS, "keepalived", fail)
        with pytest.raises(LabError, match=f"{standby} does not come back"):
            bringup.roll_out(changed, print)
    assert observe.read_pending(cluster.layout) == {(standby, "keepalived"): OnChange.RELOAD}
    said: list[str] = []
    bringup.roll_out(cluster.topology, said.append)
    assert said[-1] == f"Reload process {standby} keepalived"
    assert observe.read_pending(cluster.layout) == {}
    assert cluster.processes() == before
    assert status.verdict(status.look(cluster)) == []


def test_keepalived_child_killed_alone(cluster: LabSite) -> None:
    """Each time, one proxy holds the VIP within a second: the parent ends too, and does not start a child
    at once, then after 1, 2, 4 ... s, as it would by itself."""
    for _ in range(3):
        (holder,) = observe.vip_holders(cluster.layout)
        (standby,) = {host.name for host in cluster.topology.with_role(Role.PROXY)} - {holder}
        child = cluster.layout.file(cluster.topology.host(holder), KEEPALIVED_PIDS[1])
        os.kill(int(child.read_text()), signal.SIGKILL)
        time.sleep(1.0)
        assert observe.vip_holders(cluster.layout) == (standby,)
        assert until(lambda: status.verdict(status.look(cluster)) == [], 5), status.look(cluster)


def test_connection_outlives_a_move_from_a_living_proxy(cluster: LabSite) -> None:
    """Nobody has planned it: Keepalived of the master dies, its HAProxy goes on. A kept connection serves one
    request after the other, though its packets arrive at the other proxy by then; nothing goes to and fro."""
    (holder,) = observe.vip_holders(cluster.layout)
    (standby,) = {host.name for host in cluster.topology.with_role(Role.PROXY)} - {holder}
    before = handed_on(cluster, standby)
    vip, port = str(cluster.topology.vips[0].address), cluster.topology.ports.wrapper_proxy
    connection = http.client.HTTPConnection(vip, port, timeout=5)
    connection.connect()
    first = connection.sock
    cluster.signal(holder, "keepalived", signal.SIGKILL, group=True)
    assert until(lambda: observe.vip_holders(cluster.layout) == (standby,), 5)
    for _ in range(10):
        connection.request("GET", "/wrapperservice/heartbeat")
        answer = connection.getresponse()
        assert (answer.status, answer.read() != b"", connection.sock) == (200, True, first)
        time.sleep(0.1)
    connection.close()
    assert 20 <= handed_on(cluster, standby) - before < 200
    assert until(lambda: status.verdict(status.look(cluster)) == [], 5), status.look(cluster)


def handed_on(cluster: LabSite, proxy: str) -> int:
    """Packets so far, to the other proxy."""
    rules = cluster.run(proxy, "nft", "list", "ruleset").decode()
    return sum(int(count) for count in re.findall(r"counter packets (\d+)", rules))


def test_status_asks_keepalived_itself(cluster: LabSite) -> None:
    """Whatever its journal says: a frozen one could not take the VIP."""
    (holder,) = observe.vip_holders(cluster.layout)
    (standby,) = {host.name for host in cluster.topology.with_role(Role.PROXY)} - {holder}
    for number, told in ((signal.SIGSTOP, {standby: "Keepalived does not answer"}), (signal.SIGCONT, {})):
        cluster.signal(standby, "keepalived", number, group=True)
        assert proxies_at_fault(cluster) == told
    assert status.verdict(status.look(cluster)) == []


def test_dead_supervisor_is_replaced(cluster: LabSite, slot: Slot) -> None:
    pid = observe.supervisor_pid(cluster.layout)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: observe.supervisor_pid(cluster.layout) is None, 2.0)
    assert any("supervisor is dead" in line for line in status.verdict(status.look(cluster)))
    bringup.up(cluster.topology, slot.topology_text, print, nothing)
    assert status.verdict(status.look(cluster)) == []


def traces(topology: Topology) -> list[str]:
    """What is left of a lab on this machine."""
    namespaces, lab = observe.namespaces(), topology.lab
    left = [name for host in topology.hosts if (name := Layout(topology).namespace(host)) in namespaces]
    left += [name for name in observe.links() if name.partition(".")[0] == lab.bridge]
    left += [str(folder) for folder in (lab.run_directory, lab.spool_directory) if folder.exists()]
    processes = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return left + [line for line in processes.splitlines() if str(lab.run_directory) in line]


# (in the topology, instead, what the refusal says)
REFUSED = [
    ("10.79.{n}.", "127.0.0.", "network.range 127.0.0.0/24 is in use"),
    ("/run/afpcluster-test-{n}", "/etc/keepalived", "/etc/keepalived holds files that are not a lab's"),
    ("bridge: afpt{n}", "bridge: lo", "'lo' (namespace or interface) already exists"),
]


@pytest.mark.parametrize(("there", "instead", "says"), REFUSED)
def test_refused_before_anything_is_made(slot: Slot, there: str, instead: str, says: str) -> None:
    text = slot.spare_text.replace(there.format(n=slot.number + 100), instead)
    with pytest.raises(LabError) as refused:
        bringup.up(parse(text), text, print, nothing)
    assert says in str(refused.value)
    assert [
        name for name in observe.namespaces() | set(observe.links()) if f"{slot.number + 100}" in name
    ] == []


def test_failed_up_cleans_up_and_says_why(slot: Slot) -> None:
    """Neither HAProxy can get so much memory: the error has the end of its log, and nothing is left."""
    text = slot.spare_text.replace("max_connections: 3000 ", "max_connections: 1000000000 ")
    topology = parse(text)
    with pytest.raises(LabError) as failed:
        bringup.up(topology, text, print, nothing)
    assert "haproxy on a2wprxy-01: exit code 1, starts: " in str(failed.value)
    assert "[ALERT]" in str(failed.value)
    assert traces(topology) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_up_leaves_nothing(slot: Slot, tmp_path: Path, number: signal.Signals) -> None:
    file = tmp_path / "topology.yml"
    file.write_text(slot.spare_text)
    topology = parse(slot.spare_text)
    library = str(Path(afpcluster.__file__).parent.parent)
    up = [sys.executable, "-m", "afpcluster", "up", "--topology", str(file)]
    process = subprocess.Popen(
        ["env", "--default-signal=INT", *up],  # whoever runs the tests in the background ignores it
        env={**os.environ, "PYTHONPATH": library},
    )
    assert until(lambda: observe.supervisor_pid(Layout(topology)) is not None, 20)
    process.send_signal(number)
    try:
        assert process.wait(timeout=30) == 128 + number
        assert traces(topology) == []
    finally:
        bringup.down(topology, lambda _: None)
