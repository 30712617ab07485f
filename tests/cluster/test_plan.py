"""The plan: from what is there to the actions, as tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from afpcluster.cluster.plan import Observed, digest, plan_down, plan_up
from afpcluster.cluster.processes import Process, User
from afpcluster.cluster.render import (
    CHK_HAPROXY,
    HAPROXY_CFG,
    HOSTS,
    KEEPALIVED_CONF,
    WRAPPER_PROPERTIES,
    OnChange,
)

PROPERTIES = """afp2web.host = vip
afp2web.port = {port}
afp2web.host-protocol = http
afp2web.deadline-seconds = {deadline}
"""
WRAPPER = ("one", WRAPPER_PROPERTIES)
DESIRED = {
    "one": {HOSTS: "names\n", WRAPPER_PROPERTIES: PROPERTIES.format(port=9090, deadline=100)},
    "two": {HOSTS: "names\n", CHK_HAPROXY: "script\n", HAPROXY_CFG: "new\n", KEEPALIVED_CONF: "new\n"},
    "six": {HAPROXY_CFG: "new\n"},
}
ROWS = (
    Process("one", "wrapper", ("a",), User.SERVICE, 0),
    Process("two", "haproxy", ("b",), User.HAPROXY, 0),
    Process("two", "keepalived", ("b",), User.ROOT, 0),
    Process("six", "haproxy", ("b",), User.HAPROXY, 0),
)
TEXTS = {(host, path): text for host, files in DESIRED.items() for path, text in files.items()}
WHOLE = Observed(
    bridge=True,
    hosts=dict.fromkeys(DESIRED, True),
    files=TEXTS,
    written={key: digest(text) for key, text in TEXTS.items()},
    supervisor=True,
    folders=True,
)
ALL_FILES = [f"WriteFile(host={host!r}, path={path!r})" for host, path in TEXTS]


def there(texts: Mapping[tuple[str, str], str | None], **changes: Any) -> Observed:
    """Everything whole, but these files have other texts, which we wrote; None: they are gone."""
    known = {**TEXTS, **texts}
    files = {key: text for key, text in known.items() if text is not None}
    written = {key: digest(text or "gone\n") for key, text in known.items()}
    return dataclasses.replace(WHOLE, files=files, written=written, **changes)


def properties(port: int = 9090, deadline: int = 100) -> dict[tuple[str, str], str]:
    return {WRAPPER: PROPERTIES.format(port=port, deadline=deadline)}


def actions(host: str, path: str, *process: str) -> list[str]:
    """What a changed file on a proxy leads to, but the check of it, which comes before all else."""
    changed = [f"ReloadProcess(host={host!r}, name={name!r})" for name in process]
    return [f"WriteFile(host={host!r}, path={path!r})", *changed]


def check(host: str, path: str) -> str:
    return f"CheckFile(host={host!r}, path={path!r})"


OLD_CFGS: dict[tuple[str, str], str | None] = {("two", HAPROXY_CFG): "old\n", ("six", HAPROXY_CFG): "old\n"}
WRITE_WRAPPER = f"WriteFile(host='one', path='{WRAPPER_PROPERTIES}')"
RESTART_WRAPPER = "RestartProcess(host='one', name='wrapper')"

UP = [
    ("all is there", WHOLE, []),
    (
        "nothing is there",
        Observed(),
        ["CreateBridge()", *(f"CreateHost(host='{h}')" for h in DESIRED), *ALL_FILES, "StartSupervisor()"],
    ),
    ("the supervisor died", dataclasses.replace(WHOLE, supervisor=False), ["StartSupervisor()"]),
    (
        "a host is half there",
        dataclasses.replace(WHOLE, hosts={**WHOLE.hosts, "six": False}),
        ["RemoveHost(host='six')", "CreateHost(host='six')", "RestartProcess(host='six', name='haproxy')"],
    ),
    (
        "a key that is read only at the start",
        there(properties(deadline=99)),
        [WRITE_WRAPPER, RESTART_WRAPPER],
    ),
    ("keys that are followed", there(properties(port=1)), [WRITE_WRAPPER]),
    ("only a comment", there({WRAPPER: TEXTS[WRAPPER] + "# words\n"}), [WRITE_WRAPPER]),
    ("both kinds", there(properties(port=1, deadline=99)), [WRITE_WRAPPER, RESTART_WRAPPER]),
    ("what is there cannot be used", there({WRAPPER: "nonsense\n"}), [WRITE_WRAPPER, RESTART_WRAPPER]),
    ("a file is gone", there({WRAPPER: None}), [WRITE_WRAPPER, RESTART_WRAPPER]),
    (
        "an old version of a configuration",
        there({("two", KEEPALIVED_CONF): "old\n"}),
        [check("two", KEEPALIVED_CONF), *actions("two", KEEPALIVED_CONF, "keepalived")],
    ),
    ("an old script", there({("two", CHK_HAPROXY): "old\n"}), actions("two", CHK_HAPROXY)),
    (
        "both proxies: checked before anything is written, then one by one",
        there(OLD_CFGS),
        [
            *(check(host, HAPROXY_CFG) for host in ("two", "six")),
            *(line for host in ("two", "six") for line in actions(host, HAPROXY_CFG, "haproxy")),
        ],
    ),
    (
        "the proxy with the VIP comes last, instances first",
        there({**OLD_CFGS, **properties(deadline=99)}, holders=("two",)),
        [
            *(check(host, HAPROXY_CFG) for host in ("two", "six")),
            *(WRITE_WRAPPER, RESTART_WRAPPER),
            *(line for host in ("six", "two") for line in actions(host, HAPROXY_CFG, "haproxy")),
        ],
    ),
    (
        "an earlier `up` stopped before it was done",
        dataclasses.replace(
            WHOLE, pending={("six", "haproxy"): OnChange.RELOAD, ("one", "wrapper"): OnChange.RESTART}
        ),
        [RESTART_WRAPPER, "ReloadProcess(host='six', name='haproxy')"],
    ),
    (
        "a restart that is due outweighs a reload",
        there({("six", HAPROXY_CFG): "old\n"}, pending={("six", "haproxy"): OnChange.RESTART}),
        [
            check("six", HAPROXY_CFG),
            f"WriteFile(host='six', path='{HAPROXY_CFG}')",
            "RestartProcess(host='six', name='haproxy')",
        ],
    ),
    (
        "a file was edited by hand",
        dataclasses.replace(WHOLE, files={**TEXTS, WRAPPER: "emergency\n"}),
        [f"KeepEdited(host='one', path='{WRAPPER_PROPERTIES}')"],
    ),
    ("somebody else wrote just this", dataclasses.replace(WHOLE, written={}), []),
]


@pytest.mark.parametrize(("observed", "expected"), [case[1:] for case in UP], ids=[case[0] for case in UP])
def test_up(observed: Observed, expected: list[str]) -> None:
    assert [repr(action) for action in plan_up(DESIRED, ROWS, observed)] == expected


DOWN = [
    ("nothing is there", Observed(), []),
    (
        "all is there",
        WHOLE,
        [
            "StopSupervisor()",
            *(f"RemoveHost(host='{host}')" for host in DESIRED),
            "RemoveBridge()",
            "RemoveFolders()",
        ],
    ),
    (
        "an `up` that was cut off",
        Observed(bridge=True, hosts={"one": False}, folders=True),
        ["RemoveHost(host='one')", "RemoveBridge()", "RemoveFolders()"],
    ),
]


@pytest.mark.parametrize(
    ("observed", "expected"), [case[1:] for case in DOWN], ids=[case[0] for case in DOWN]
)
def test_down(observed: Observed, expected: list[str]) -> None:
    assert [repr(action) for action in plan_down(observed)] == expected
