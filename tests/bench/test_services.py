"""The measurements of the services run, and the services hold in their short form."""

from __future__ import annotations

from benchmarks.services.heartbeat import heartbeat


def test_heartbeats_while_everything_comes_in() -> None:
    """Nothing is taken out; times are a machine's that may be busy."""
    p99, longest, downs = heartbeat(quick=True)
    assert downs.value == 0, downs.detail
    assert p99.value < 250
    assert longest.value < 1000
