"""Rendered files against `golden/`, read in review."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from afpcluster.cluster.render import CHK_HAPROXY, HAPROXY_CFG, render
from afpcluster.cluster.topology_file import load, parse, sample_text

GOLDEN = Path(__file__).parent / "golden"
FILES = [(host, path) for host, files in render(load(), "password-of-the-test").items() for path in files]
# Every kind of file once; the second proxy's keepalived.conf too, because of its priority.
KEPT = [
    (host, path) for host, path in FILES if host.endswith(("-01", "-03")) or path.endswith("keepalived.conf")
]
KEPT = [(host, path) for host, path in KEPT if path != "/etc/hosts" or host == "a2wprxy-01"]


@pytest.mark.parametrize(("host", "path"), KEPT)
def test_golden(host: str, path: str, check_golden: Callable[[Path, str], None]) -> None:
    text = render(load(), "password-of-the-test")[host][path]
    check_golden(GOLDEN / f"{host}.{Path(path).name}", text)


def test_every_kind_of_file_has_a_golden() -> None:
    assert {Path(path).name for _, path in FILES} == {Path(path).name for _, path in KEPT}


def test_only_two_hosts_differ_in_nothing_but_names_and_priority() -> None:
    files = render(load(), "p")
    ours, theirs = files["a2wprxy-01"], files["a2wprxy-02"]
    for path in ours:
        swapped = theirs[path].replace("a2wprxy-02", "a2wprxy-01").replace("priority 253", "priority 254")
        assert ours[path].replace("a2wprxy-02", "a2wprxy-01") == swapped


def test_the_password_stands_in_haproxy_cfg_alone() -> None:
    for files in render(load(), "a-very-secret-word").values():
        for path, text in files.items():
            assert ("a-very-secret-word" in text) == (path == HAPROXY_CFG)


# (in the topology, instead, host, file name, what the file then says)
CHANGES = [
    ("wrapper_proxy: 8080", "wrapper_proxy: 80", "a2wprxy-01", "haproxy.cfg", "bind *:80\n"),
    (
        "realtime_priority: 50",
        "realtime_priority: 0",
        "a2wprxy-01",
        "keepalived.conf",
        "No real-time priority",
    ),
    ("advert_interval: 50ms", "advert_interval: 1s", "a2wprxy-02", "keepalived.conf", "advert_int 1\n"),
    (
        "conversion_timeout: 5m",
        "conversion_timeout: 60s",
        "wrapper-02",
        "wrapperservice.properties",
        "seconds = 120\n",
    ),
    (
        "afp2web_host: vip",
        "afp2web_host: afp2web-04",
        "wrapper-01",
        "wrapperservice.properties",
        "port = 9091\n",
    ),
    (
        "afp2web_host: vip",
        "afp2web_host: afp2web-04",
        "wrapper-01",
        "wrapperservice.properties",
        "targets = \n",
    ),
]


@pytest.mark.parametrize(("there", "instead", "host", "name", "says"), CHANGES)
def test_change_of_the_topology_shows(there: str, instead: str, host: str, name: str, says: str) -> None:
    assert there in sample_text()
    files = render(parse(sample_text().replace(there, instead)), "p")[host]
    assert says in next(text for path, text in files.items() if Path(path).name == name)
    before = render(load(), "p")[host]
    assert says not in next(text for path, text in before.items() if Path(path).name == name)


def test_haproxy_accepts_its_file(tmp_path: Path) -> None:
    file = tmp_path / "haproxy.cfg"
    file.write_text(render(load(), "p")["a2wprxy-01"][HAPROXY_CFG], encoding="utf-8")
    done = subprocess.run(["haproxy", "-c", "-f", file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_shell_accepts_the_check_script(tmp_path: Path) -> None:
    file = tmp_path / "chk_haproxy.sh"
    file.write_text(render(load(), "p")["a2wprxy-01"][CHK_HAPROXY], encoding="utf-8")
    subprocess.run(["sh", "-n", file], check=True)
