"""Fair shares: who gives way when all that there is has been taken. No I/O and no clock here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol, TypeVar


class Holder(Protocol):
    """Something that is held for a client."""

    @property
    def client(self) -> str: ...


H = TypeVar("H", bound=Holder)


def who_yields(newcomer: str, holders: Sequence[H]) -> H | None:
    """The last one of the client that holds most, if the newcomer's would hold less even with one more; else
    None. So one client never leaves another without, and two that hold as much leave each other alone."""
    counts = Counter(holder.client for holder in holders)
    client, most = counts.most_common(1)[0] if counts else ("", 0)
    if most <= counts[newcomer] + 1:
        return None
    return next(holder for holder in reversed(holders) if holder.client == client)
