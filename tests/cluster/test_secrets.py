"""Secrets by reference: a file or an environment variable, never the secret itself, and never told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from afpcluster.cluster import files, password
from afpcluster.cluster.docker.cluster import DockerCluster
from afpcluster.cluster.docker.engine import Engine
from afpcluster.cluster.layout import Layout
from afpcluster.cluster.topology import Secret, SiteError, Variable
from afpcluster.cluster.topology_file import TopologyError, docker_text, parse, sample_text

PLACE = "  stats_password:\n"
PLAIN = "open-sesame"
SSH = "ssh:\n  user: root\n  config:\n  log_command: journalctl\n"
NEEDED = "haproxy.stats_password: missing; real machines keep none"
TWICE = "ssh.stats_password_file: haproxy.stats_password says it already"
NEVER = "haproxy.stats_password: a secret itself never stands in this file"


def with_password(said: str, text: str = "") -> str:
    text = text or sample_text()
    assert PLACE in text
    return text.replace(PLACE, f"  stats_password: {said}\n")


def on_machines(said: str, more: str = "") -> str:
    text = with_password(said)
    return text[: text.index("# Only for the cluster on one machine")] + SSH + more


# (text of the topology, where the password is)
PLACES = [
    (with_password(""), None),
    (sample_text().replace(PLACE, ""), None),
    (with_password("{file: /etc/afpcluster/stats}"), Secret(file=Path("/etc/afpcluster/stats"))),
    (with_password("{env: STATS_PASSWORD}"), Secret(env=Variable("STATS_PASSWORD"))),
    (with_password("{env: STATS_PASSWORD}", docker_text()), Secret(env=Variable("STATS_PASSWORD"))),
    (on_machines("{env: STATS_PASSWORD}"), Secret(env=Variable("STATS_PASSWORD"))),
    (on_machines("", "  stats_password_file: /etc/a/stats\n"), Secret(file=Path("/etc/a/stats"))),
]


@pytest.mark.parametrize(("text", "place"), PLACES)
def test_place(text: str, place: Secret | None) -> None:
    assert parse(text).stats_password == place


# (text of the topology, the problem told)
MISTAKES = [
    (with_password(PLAIN), NEVER),
    (with_password(f"[{PLAIN}]"), NEVER),
    (with_password("{}"), NEVER),
    (with_password(f"{{plain: {PLAIN}}}"), NEVER),
    (with_password(f"{{file: /etc/a/b, env: {PLAIN}}}"), NEVER),
    (with_password(f"{{file: {PLAIN}}}"), "haproxy.stats_password.file: must be an absolute path"),
    (with_password(f"{{env: {PLAIN}}}"), "haproxy.stats_password.env: must be the name of an environment"),
    (with_password(f"\n  password: {PLAIN}"), "haproxy.password: unknown key"),
    (with_password(f"\n  stats_password: {PLAIN}"), 'found duplicate key "stats_password"'),
    (on_machines(""), NEEDED),
    (on_machines("{env: A}", "  stats_password_file: /etc/a/b\n"), TWICE),
    (
        sample_text().replace("  authority: ", f'  authority: "-----BEGIN KEY-----\\n{PLAIN}" #'),
        "tls.authority: this text is not an absolute path",
    ),
]


@pytest.mark.parametrize(("text", "problem"), MISTAKES, ids=[problem[:50] for _, problem in MISTAKES])
def test_mistake_is_told_and_no_secret(text: str, problem: str) -> None:
    with pytest.raises(TopologyError) as caught:
        parse(text)
    assert any(problem in told for told in caught.value.problems), caught.value.problems
    assert PLAIN not in str(caught.value)


# (text of the file; None: there is none; what `known` says of it)
CONTENTS = [
    (PLAIN, PLAIN),
    (f"{PLAIN}\n", PLAIN),
    ("größer als ä", "größer als ä"),
    ("", ""),
    (None, ""),
    ("one\ntwo", SiteError),
]


@pytest.mark.parametrize(("content", "known"), CONTENTS)
def test_password_of_a_file(content: str | None, known: str | type[SiteError], tmp_path: Path) -> None:
    secret, its_hash = Secret(file=tmp_path / "password"), tmp_path / "hash"
    if content is not None:
        (tmp_path / "password").write_text(content, encoding="utf-8")
    if not isinstance(known, str):
        with pytest.raises(known, match="in one line"):
            password.keep(secret, its_hash)
        return
    assert password.known(secret) == known
    password.keep(secret, its_hash)
    assert password.known(secret) == known or len(password.known(secret)) >= 20
    assert password.matches(password.known(secret), its_hash.read_text().strip())
    assert its_hash.stat().st_mode & 0o077 == 0


def test_password_of_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = Secret(env=Variable("AFPCLUSTER_TEST_PASSWORD"))
    monkeypatch.delenv("AFPCLUSTER_TEST_PASSWORD", raising=False)
    assert password.known(secret) == ""
    with pytest.raises(SiteError, match="AFPCLUSTER_TEST_PASSWORD is not set"):
        password.keep(secret, tmp_path / "hash")
    hashes = []
    for value in (PLAIN, PLAIN, "another one"):
        monkeypatch.setenv("AFPCLUSTER_TEST_PASSWORD", value)
        password.keep(secret, tmp_path / "hash")
        hashes.append((tmp_path / "hash").read_text().strip())
        assert password.matches(value, hashes[-1])
    assert hashes[0] == hashes[1] != hashes[2], "only another password makes another hash"
    assert [file.name for file in tmp_path.iterdir()] == ["hash"], "the password itself is kept nowhere"


def test_a_lab_uses_the_place_of_the_topology() -> None:
    told = Layout(parse(with_password("{file: /etc/afpcluster/stats}"))).stats_password
    assert told == Secret(file=Path("/etc/afpcluster/stats"))
    assert Layout(parse(sample_text())).stats_password.file == Path("/run/afpcluster/stats-password")


@pytest.mark.parametrize("said", ["", "{env: AFPCLUSTER_TEST_PASSWORD}", "{file: FOLDER/given}"])
def test_docker_keeps_no_password_that_is_elsewhere(
    said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AFPCLUSTER_TEST_PASSWORD", PLAIN)
    (tmp_path / "given").write_text(PLAIN)
    text = with_password(said.replace("FOLDER", str(tmp_path)), docker_text())
    cluster = DockerCluster(parse(text), tmp_path, Engine("", own=False))
    cluster.keep_password()
    kept = cluster.secrets.read_text()
    assert cluster.secrets.stat().st_mode & 0o777 == 0o600
    (its_hash,) = re.findall(r"^AFPCLUSTER_STATS_HASH='(.*)'$", kept, re.MULTILINE)
    assert password.matches(cluster.stats_password, its_hash)
    assert (cluster.stats_password in kept) == (not said)
    assert (cluster.stats_password == PLAIN) == bool(said)
    cluster.keep_password()
    assert cluster.secrets.read_text() == kept


def test_machines_get_the_hash_of_a_password_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AFPCLUSTER_TEST_PASSWORD", PLAIN)
    (tmp_path / "topology.yml").write_text(on_machines("{env: AFPCLUSTER_TEST_PASSWORD}"))
    files.write(tmp_path / "topology.yml", tmp_path / "out")
    kept = tmp_path / "out" / "stats-password.hash"
    assert password.matches(PLAIN, kept.read_text().strip())
    assert kept.stat().st_mode & 0o777 == 0o600
    variables = (tmp_path / "out" / "group_vars" / "all.yml").read_text()
    assert "{{ inventory_dir }}/stats-password.hash" in variables
    for file in (tmp_path / "out").rglob("*"):
        assert file.is_dir() or PLAIN not in file.read_text()


def test_config_show_says_where_and_not_what(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("AFPCLUSTER_TEST_PASSWORD", PLAIN)
    (tmp_path / "topology.yml").write_text(with_password("{env: AFPCLUSTER_TEST_PASSWORD}"))
    files.show(tmp_path / "topology.yml")
    said = capsys.readouterr().out
    assert "haproxy.stats_password = {env: AFPCLUSTER_TEST_PASSWORD}" in said
    assert PLAIN not in said
