"""What operators did to a cluster: who, when, why, how long, how it ended. Kept on both proxies.

Rules: what cannot be written down is done all the same, and said. Both proxies have the same lines, so that
one of them may be lost.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from afpcluster.cluster.command import CommandError
from afpcluster.cluster.exits import RefusedError
from afpcluster.cluster.layout import OPERATIONS
from afpcluster.cluster.marks import new_mark
from afpcluster.cluster.site.site import Site
from afpcluster.cluster.topology import Role, SiteError

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Operation:
    """`time` of its beginning, ISO 8601; `seconds` it took; `result` is `done` or what went wrong."""

    time: str
    who: str
    what: str
    why: str
    seconds: float
    result: str

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.time)


@contextmanager
def recorded(site: Site, what: str, why: str, say: Say) -> Iterator[None]:
    """Write down what is done inside; a refusal changes nothing and is not written down."""
    mark, began, result = new_mark(why), time.monotonic(), "done"
    try:
        yield
    except RefusedError:
        result = ""
        raise
    except BaseException as error:
        result = str(error) or type(error).__name__
        raise
    finally:
        if result:
            seconds = round(time.monotonic() - began, 3)
            _append(site, Operation(mark.time, mark.who, what, why, seconds, result), say)


def read(site: Site) -> tuple[Operation, ...]:
    """Of both proxies, in order of time, each once."""
    found = set()
    for proxy in site.topology.with_role(Role.PROXY):
        for line in site.text(proxy.name, OPERATIONS).splitlines():
            try:
                found.add(Operation(**json.loads(line)))
            except (ValueError, TypeError):  # a line that is being written
                continue
    return tuple(sorted(found, key=lambda operation: operation.time))


def _append(site: Site, operation: Operation, say: Say) -> None:
    line = json.dumps(asdict(operation)) + "\n"
    for proxy in site.topology.with_role(Role.PROXY):
        try:
            site.append(proxy.name, OPERATIONS, line.encode())
        except (SiteError, CommandError, OSError) as error:
            say(f"{proxy.name}: it is not written down there what was done: {error}")
