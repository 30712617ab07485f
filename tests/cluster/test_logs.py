"""Logs of all processes in order of time, and what operators may say for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from afpcluster.cluster.layout import Layout
from afpcluster.cluster.logs import merged, moment, time_of
from afpcluster.cluster.site.lab import LabSite
from afpcluster.cluster.topology_file import load

NOW = datetime(2026, 3, 31, 12, 0, tzinfo=UTC)

MOMENTS = [
    ("90s", NOW - timedelta(seconds=90)),
    ("10m", NOW - timedelta(minutes=10)),
    ("2h", NOW - timedelta(hours=2)),
    ("1d", NOW - timedelta(days=1)),
    ("2026-03-31T09:30:00Z", datetime(2026, 3, 31, 9, 30, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "expected"), MOMENTS)
def test_moment(text: str, expected: datetime) -> None:
    assert moment(text, NOW) == expected


@pytest.mark.parametrize("text", ["", "10", "10x", "m", "yesterday", "-5m"])
def test_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        moment(text, NOW)


TIMES = [
    ('{"time": "2026-03-31T12:00:00.123+00:00", "message": "request"}', NOW.replace(microsecond=123_000)),
    ('{"time":"2026-03-31T12:00:00Z","message":"proxied"}', NOW),
    ('{"time": 7}', None),
    ("{not JSON", None),
    ("Traceback (most recent call last):", None),
]


@pytest.mark.parametrize(("line", "expected"), TIMES)
def test_time_of(line: str, expected: datetime | None) -> None:
    assert time_of(line) == expected


def test_keepalived_tells_local_time() -> None:
    told = time_of("Tue Mar 31 12:00:00 2026: (afpcluster) Entering MASTER STATE")
    assert told is not None
    assert told.replace(tzinfo=None) == datetime(2026, 3, 31, 12, 0)


class _Site(LabSite):
    """Two processes have a log; a third cannot be read."""

    def logs(self, host: str, process: str, since: datetime | None = None) -> Iterator[str]:
        at = '{{"time": "2026-03-31T12:00:0{0}Z", "n": {0}}}'.format
        lines = {"wrapper": [at(1), "  without time", at(4)], "afp2web": [at(0), at(3)]}
        if process not in lines:
            raise FileNotFoundError("no log")
        yield from lines[process]


def test_merged() -> None:
    site, said = _Site(Layout(load())), list[str]()
    found = list(merged(site, ["wrapper-01", "afp2web-03", "a2wprxy-01"], None, None, said.append))
    told = [f"{line.process} {line.text[-4:]}" for line in found]
    assert told == ["afp2web : 0}", "wrapper : 1}", "wrapper time", "afp2web : 3}", "wrapper : 4}"]
    assert len(said) == 3
    since = NOW + timedelta(seconds=2)
    assert len(list(merged(site, ["wrapper-01"], since, None, said.append))) == 1
    (line,) = merged(site, ["wrapper-01"], None, "without", said.append)
    assert line.text == "  without time"
