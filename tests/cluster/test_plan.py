"""The plan: from what is there to the actions, as tables."""

from __future__ import annotations

import dataclasses

import pytest

from afpcluster.cluster.plan import Observed, digest, plan_down, plan_up
from afpcluster.cluster.processes import Process, User

DESIRED = {"one": {"/etc/hosts": "names\n", "/etc/a.conf": "new\n"}, "two": {"/etc/hosts": "names\n"}}
ROWS = (
    Process("one", "a", ("a",), User.SERVICE, 0, files=("/etc/a.conf",)),
    Process("two", "b", ("b",), User.SERVICE, 0),
)
WHOLE = Observed(
    bridge=True,
    hosts={"one": True, "two": True},
    files={(host, path): digest(text) for host, files in DESIRED.items() for path, text in files.items()},
    written={(host, path): digest(text) for host, files in DESIRED.items() for path, text in files.items()},
    supervisor=True,
    folders=True,
)
OLD = digest("old\n")
A_CONF = ("one", "/etc/a.conf")


def files(there: str | None, written: str | None) -> Observed:
    """Everything whole, but /etc/a.conf is `there` and was last written as `written`."""

    def changed(known: dict[tuple[str, str], str], value: str | None) -> dict[tuple[str, str], str]:
        return {key: v for key, v in ({**known, A_CONF: value}).items() if v is not None}

    return dataclasses.replace(
        WHOLE, files=changed(dict(WHOLE.files), there), written=changed(dict(WHOLE.written), written)
    )


UP = [
    ("all is there", WHOLE, []),
    (
        "nothing is there",
        Observed(),
        [
            "CreateBridge()",
            "CreateHost(host='one')",
            "CreateHost(host='two')",
            "WriteFile(host='one', path='/etc/hosts', mode=420)",
            "WriteFile(host='one', path='/etc/a.conf', mode=420)",
            "WriteFile(host='two', path='/etc/hosts', mode=420)",
            "StartSupervisor()",
        ],
    ),
    ("the supervisor died", dataclasses.replace(WHOLE, supervisor=False), ["StartSupervisor()"]),
    (
        "a host is half there",
        dataclasses.replace(WHOLE, hosts={"one": True, "two": False}),
        ["RemoveHost(host='two')", "CreateHost(host='two')", "RestartProcess(host='two', name='b')"],
    ),
    (
        "an old version of a file",
        files(there=OLD, written=OLD),
        ["WriteFile(host='one', path='/etc/a.conf', mode=420)", "RestartProcess(host='one', name='a')"],
    ),
    (
        "a file is gone",
        files(there=None, written=digest("new\n")),
        ["WriteFile(host='one', path='/etc/a.conf', mode=420)", "RestartProcess(host='one', name='a')"],
    ),
    (
        "a file was edited by hand",
        files(there=digest("emergency\n"), written=digest("new\n")),
        ["KeepEdited(host='one', path='/etc/a.conf')"],
    ),
    (
        "the proxy with the VIP comes last",
        dataclasses.replace(WHOLE, hosts={"one": False, "two": False}, holders=("one",)),
        [
            "RemoveHost(host='one')",
            "CreateHost(host='one')",
            "RemoveHost(host='two')",
            "CreateHost(host='two')",
            "RestartProcess(host='two', name='b')",
            "RestartProcess(host='one', name='a')",
        ],
    ),
    ("somebody else wrote just this", files(there=digest("new\n"), written=None), []),
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
            "RemoveHost(host='one')",
            "RemoveHost(host='two')",
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
