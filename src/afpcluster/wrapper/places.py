"""The places of conversions in one instance, shared between its clients.

Rules: a document on its way keeps a place while it comes fast (`bodies.PACE`); it takes one when it is whole.
When all are taken, a client with fewer of them gets the last one of the client with most: rather that of a
document on its way, which then takes its chance when it is there, than that of a conversion, which ends (503)
and may be repeated. So no single client shuts others out, whatever it sends and however fast.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from afpcluster.web.bodies import PACE, Body
from afpcluster.web.errors import ServiceError
from afpcluster.web.shares import who_yields


class Place:
    """One document's; `body` is how it comes."""

    def __init__(self, body: Body) -> None:
        self.client = body.client
        self._body = body
        self.conversion: asyncio.Timeout | None = None  # which `lose` ends
        self.lost = False

    @property
    def kept(self) -> bool:
        """It counts: for a conversion, or for a document that comes fast."""
        return not self.lost and (self.conversion is not None or self._body.keeps(PACE))

    def lose(self) -> None:
        """It is another client's from here on."""
        self.lost = True
        if self.conversion is not None:
            self.conversion.reschedule(asyncio.get_running_loop().time())


class Places:
    """`limit` of them."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._coming: dict[Place, None] = {}
        self._converting: dict[Place, None] = {}

    @property
    def taken(self) -> int:
        """By conversions."""
        return len(self._converting)

    @contextmanager
    def coming(self, place: Place) -> Iterator[None]:
        """While the document comes. Raises ServiceError where there is no place."""
        self._make_room(place)
        self._coming[place] = None
        try:
            yield
        finally:
            del self._coming[place]

    @asynccontextmanager
    async def converting(self, place: Place) -> AsyncIterator[None]:
        """While the document is converted. Raises ServiceError where there is no place, or no longer."""
        if not place.kept:
            place.lost = False
            self._make_room(place)
        self._converting[place] = None
        try:
            async with asyncio.timeout(None) as place.conversion:
                yield
        except TimeoutError:
            if place.lost:
                raise self._busy() from None
            raise
        finally:
            del self._converting[place]

    def _make_room(self, newcomer: Place) -> None:
        """Raises ServiceError."""
        kept = [place for place in (*self._converting, *self._coming) if place.kept]
        if len(kept) < self._limit:
            return
        yielding = who_yields(newcomer.client, kept)
        if yielding is None:
            raise self._busy()
        yielding.lose()

    def _busy(self) -> ServiceError:
        message = f"{self.taken} conversions run already; try again."
        return ServiceError(503, "busy", message, retry_after=1)
