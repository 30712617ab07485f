"""Work that ends when something else ends first."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from afpcluster.web.answers import unless
from afpcluster.web.errors import ClientGone


class Work:
    """Takes `seconds`, then returns 7 or raises `error`; remembers whether it was cancelled."""

    def __init__(self, seconds: float, error: Exception | None = None) -> None:
        self._seconds = seconds
        self._error = error
        self.cancelled = False

    async def run(self) -> int:
        try:
            await asyncio.sleep(self._seconds)
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        if self._error is not None:
            raise self._error
        return 7


async def interruption(seconds: float) -> Exception:
    await asyncio.sleep(seconds)
    return ClientGone()


@pytest.mark.parametrize(
    ("work", "after", "expected"),
    [
        (Work(0), 60, 7),
        (Work(0.05), 60, 7),
        (Work(60), 0.01, ClientGone),
        (Work(0, TimeoutError()), 60, TimeoutError),  # its own, not ours
        (Work(0, ValueError()), 60, ValueError),
    ],
)
def test_whatever_ends_first(work: Work, after: float, expected: int | type[Exception]) -> None:
    async def run() -> int:
        return await unless(interruption(after), work.run())

    if isinstance(expected, int):
        assert asyncio.run(run()) == expected
    else:
        with pytest.raises(expected):
            asyncio.run(run())
    assert work.cancelled is (expected is ClientGone)


def test_both_in_the_same_instant_and_no_task_is_left() -> None:
    async def run() -> set[asyncio.Task[object]]:
        for _ in range(100):
            with suppress(ClientGone):
                assert await unless(interruption(0), Work(0).run()) == 7
        await asyncio.sleep(0)
        return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]

    assert asyncio.run(run()) == set()


def test_cancelling_from_outside_cancels_the_work() -> None:
    work = Work(60)

    async def run() -> None:
        async with asyncio.timeout(0.02):
            await unless(interruption(60), work.run())

    with pytest.raises(TimeoutError):
        asyncio.run(run())
    assert work.cancelled
