"""What is told of the files that are followed: which were refused, which certificates end soon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from afpcluster.web.followed import Followed
from afpcluster.web.tls import Tls

SOON = timedelta(days=14)


class FollowedMetrics(Collector):
    """Read anew at each scrape."""

    def __init__(self, followed: Sequence[Followed[Any]]) -> None:
        self._followed = followed

    def collect(self) -> Iterator[GaugeMetricFamily]:
        refused = GaugeMetricFamily("files_refused", "1 while files are not those in force", labels=["what"])
        for followed in self._followed:
            refused.add_metric([followed.what], followed.refused is not None)
        ends = GaugeMetricFamily(
            "certificate_end_seconds", "When a certificate ends, Unix time", labels=["what", "whose"]
        )
        for what, whose, end in _ends(self._followed):
            ends.add_metric([what, whose], end.timestamp())
        yield from (refused, ends)


def ending_soon(followed: Iterable[Followed[Any]]) -> list[str]:
    """Certificates that end within two weeks, or have ended, as an operator should read it."""
    now = datetime.now(UTC)
    return [
        f"{what}: certificate ({whose}) {'ended' if end < now else 'ends'} at {end:%Y-%m-%d %H:%M} UTC"
        for what, whose, end in _ends(followed)
        if end - now < SOON
    ]


def _ends(followed: Iterable[Followed[Any]]) -> Iterator[tuple[str, str, datetime]]:
    for one in followed:
        if isinstance(one.value, Tls):
            for whose, end in one.value.ends.items():
                yield one.what, whose, end
