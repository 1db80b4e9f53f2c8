"""Orders that are done are forgotten after some days: what became of a delivery stands in its state, its events and its receipts.

Some stay. Of a delivery that has not ended the order may be needed once more: a system's own queue may be lost. And what an order
knows alone, the failed attempts and the last error, is shown beside its delivery for ever.

The outbox is walked from its oldest order to those that are too young, round and round, so many at a time: nothing needs to be
remembered about the ones that stay, and one that can go only later is met again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from hub.ports import Clock
from hub.waiting import Pace

KEEP = timedelta(days=7)
PORTION = 500  #: orders looked at together
MOST_PORTIONS = 500  #: in one turn, so that a large backlog leaves room for other chores
_TURN = timedelta(milliseconds=50)  #: for each, of which others write most


class Forgotten(Struct, frozen=True):
    """What became of a portion: how many orders went, and the last one that was looked at; empty when there are no more."""

    count: int
    reached: str


class Forgetful(Protocol):
    """Where orders are kept."""

    async def forget_finished(self, before: datetime, after: str, limit: int) -> Forgotten:
        """Look at orders behind the one with the id `after` that were made before a time; remove those that nothing needs."""


class FinishedOrders:
    """Forgets them."""

    def __init__(self, outbox: Forgetful, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self._reached = ""

    async def forget(self) -> int:
        """Go on where the last turn ended; return how many orders went. Raises `Deferral`."""
        pace, count = Pace(_TURN), 0
        before = self._clock() - KEEP
        for _ in range(MOST_PORTIONS):
            await pace.keep()
            portion = await self._outbox.forget_finished(before, self._reached, PORTION)
            count, self._reached = count + portion.count, portion.reached
            if not portion.reached:
                break
        return count
