"""Who held the VIP, from when to when, why: from Keepalived's changes of state, and from the script."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from afpcluster.cluster.journal import Change, holdings, read, states
from afpcluster.cluster.layout import HAPROXY_WHY, HEALTH_FOLDER, JOURNAL, Layout
from afpcluster.cluster.render import NOTIFY_VIP, render
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.topology_file import load, parse, sample_text
from topologies import two_vips

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)

# (changes as second, host, state, why; holdings as host, since, until, why)
CASES = [
    ("", ""),
    ("0 a BACKUP", ""),
    ("0 a MASTER", "a 0 -"),
    ("0 a MASTER, 1 a MASTER", "a 0 -"),
    ("0 a BACKUP, 1 a MASTER, 5 a FAULT died, 5 b MASTER", "a 1 5 died, b 5 -"),
    ("1 a MASTER, 2 a BACKUP, 3 a MASTER", "a 1 2 the other proxy has it, a 3 -"),
    ("1 a MASTER, 2 b MASTER, 4 a BACKUP", "a 1 4 the other proxy has it, b 2 -"),  # both, for 2 s
    ("1 a MASTER, 2 a STOP, 3 a FAULT died", "a 1 2 Keepalived was stopped"),
]


@pytest.mark.parametrize(("changes", "expected"), CASES)
def test_holdings(changes: str, expected: str) -> None:
    given = []
    for row in filter(None, changes.split(", ")):
        second, host, state, *why = row.split(" ", 3)
        given.append(Change(BEGAN + timedelta(seconds=int(second)), host, state, "".join(why)))

    def seconds(moment: datetime | None) -> str:
        return "-" if moment is None else f"{(moment - BEGAN).total_seconds():g}"

    found = [f"{h.host} {seconds(h.since)} {seconds(h.until)} {h.why}".strip() for h in holdings(given)]
    assert ", ".join(found) == expected


def test_holdings_of_two_vips() -> None:
    """Each has its own holders; both may be at one proxy."""
    rows = [(0, "a", "MASTER", "1"), (1, "b", "MASTER", "2"), (4, "a", "FAULT", "1"), (4, "b", "MASTER", "1")]
    changes = [
        Change(BEGAN + timedelta(seconds=at), host, state, "why", vip) for at, host, state, vip in rows
    ]
    found = [(h.vip, h.host, h.until is None) for h in holdings(changes)]
    assert found == [("1", "a", False), ("2", "b", True), ("1", "b", True)]


# (what the health folder has: file and text; why the second VIP went into FAULT)
REASONS = [
    ({"why": "HAProxy is not running\n", "leaving-80": "0\n"}, "HAProxy is not running"),
    ({"why": "\n", "leaving-79": "0\n", "leaving-80": "1\n"}, "an operator moves the VIP"),
    ({"why": "HAProxy is not running\n", "leaving-80": "1\n"}, "HAProxy is not running"),
    ({"why": "\n", "leaving-79": "1\n", "leaving-80": "0\n"}, "chk_haproxy.sh or the network says so"),
    ({}, "chk_haproxy.sh or the network says so"),
]


@pytest.mark.parametrize(("there", "why"), REASONS)
def test_the_script_says_of_which_vip_and_why(there: dict[str, str], why: str, tmp_path: Path) -> None:
    for name, content in there.items():
        (tmp_path / name).write_text(content)
    text = render(parse(two_vips(sample_text())), "p")["a2wprxy-02"][NOTIFY_VIP]
    text = text.replace(JOURNAL, str(tmp_path / "journal")).replace(HEALTH_FOLDER, str(tmp_path))
    (tmp_path / "notify_vip.sh").write_text(text)
    subprocess.run(["sh", tmp_path / "notify_vip.sh", "INSTANCE", "afpcluster_2", "FAULT", "253"], check=True)
    row = json.loads((tmp_path / "journal").read_text())
    assert (row["vip"], row["state"], row["why"]) == ("10.79.79.101", "FAULT", why)


def test_the_script_writes_what_is_read(tmp_path: Path) -> None:
    layout = Layout(parse(sample_text().replace("/run/afpcluster ", f"{tmp_path} ")))
    proxy = layout.topology.host("a2wprxy-02")
    journal, why, script = layout.file(proxy, JOURNAL), tmp_path / "why", tmp_path / "notify_vip.sh"
    journal.parent.mkdir(parents=True)
    why.write_text("HAProxy is not running\n")
    text = render(load(), "p")["a2wprxy-02"][NOTIFY_VIP]
    script.write_text(text.replace(JOURNAL, str(journal)).replace(HAPROXY_WHY, str(why)))
    for state, priority in (("BACKUP", "253"), ("MASTER", "253"), ("FAULT", "0")):
        subprocess.run(["sh", script, "INSTANCE", "afpcluster", state, priority], check=True)
    journal.write_text(journal.read_text() + '{"time": "2026')  # a line that is being written
    changes = read(LabSite(layout))
    assert {c.vip for c in changes} == {"10.79.79.100"}
    assert [(c.host, c.state, c.why) for c in changes] == [
        ("a2wprxy-02", "BACKUP", ""),
        ("a2wprxy-02", "MASTER", ""),
        ("a2wprxy-02", "FAULT", "HAProxy is not running"),
    ]
    assert states(changes)["a2wprxy-02"].state == "FAULT"
    assert holdings(changes)[0].why == "HAProxy is not running"


def test_the_journal_does_not_grow_for_ever(tmp_path: Path) -> None:
    journal, script = tmp_path / "vip.jsonl", tmp_path / "notify_vip.sh"
    journal.write_text("".join(json.dumps({"number": n, "pad": "x" * 100}) + "\n" for n in range(10_000)))
    script.write_text(render(load(), "p")["a2wprxy-01"][NOTIFY_VIP].replace(JOURNAL, str(journal)))
    subprocess.run(["sh", script, "INSTANCE", "afpcluster", "BACKUP", "254"], check=True)
    lines = journal.read_text().splitlines()
    assert len(lines) == 1000
    assert json.loads(lines[-1])["state"] == "BACKUP"
