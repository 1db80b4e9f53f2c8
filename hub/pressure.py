"""Whether the hub can keep up: back-pressure from the inside out.

What is accepted must be written and carried. When the store is slow its queue of work fills up; when the broker takes nothing
the outbox does. Acceptance goes on until either has reached its limit. Then a new package is deferred (`overloaded`) before
anything is spent on it, its sender tries again later, and what was accepted stays as it is.

Only orders that are due count, and those that the relay has just claimed, in vain: orders that wait for the next attempt at
a system that fails say nothing about the hub, nor do those that stand in a queue. A hub without RabbitMQ has its queue in the
database, which takes what the store takes; there the store's own limits are all there is to feel.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta

import structlog

from hub.measures import Measure
from hub.own_orders import CLAIM
from hub.ports import Clock, Outbox
from hub.trouble import Deferral, Trouble

LOOK_EVERY = timedelta(seconds=2)
_RETRY_AFTER = timedelta(seconds=10)

_log = structlog.get_logger()


class Pressure:
    """Looks at the outbox now and then and at the store's queue of work at once."""

    def __init__(self, *, outbox: Outbox, most_due: int, require_store: Callable[[], None], clock: Clock) -> None:
        """`most_due` orders may be due, 0 for any number; `require_store` raises `Deferral` when the store cannot keep up."""
        self._outbox = outbox
        self._most_due = most_due
        self._require_store = require_store
        self._clock = clock
        self._due = 0

    def require_room(self) -> None:
        """Raise `Deferral` (overloaded) when a new package would only wait."""
        self._require_store()
        if 0 < self._most_due <= self._due:
            raise Deferral("overloaded", retry_after=_RETRY_AFTER, detail=f"{self._due} orders wait for the broker")

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except Trouble as trouble:
                _log.warning("outbox-not-counted", code=trouble.code, detail=trouble.detail)
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def look(self) -> None:
        """Count the orders that are due, up to the limit: more would change nothing."""
        if self._most_due:
            self._due = await self._outbox.count_due(self._clock() + CLAIM, self._most_due)

    def measure(self) -> Iterator[Measure]:
        """Yield how many orders were due at the last look."""
        yield Measure("axis_outbox_due", "Orders that are due, counted up to the limit of the outbox.", self._due)
