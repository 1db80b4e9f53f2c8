"""The outbox's word that the broker has an order: written late, because most orders never need it.

Until its mark is written an order counts as claimed, and is published again when that claim runs out; what follows is
guarded, so its effect is one. An order that is carried and concluded meanwhile needs no mark any more: that saves a healthy hub
two rows and an event for each delivery. What waits longer in its queue is marked, and its delivery becomes queued.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import islice, takewhile

from hub.changes import Changes, Move, Published, Stale
from hub.events import Event
from hub.ids import OrderId
from hub.lifecycle import State, advance
from hub.order import Order, Purpose
from hub.ports import Clock, Store
from hub.queries import Errand
from hub.readable import readable_errands
from hub.record import fact
from hub.waiting import gather_all

MOST = 500  #: written together: behind a long queue all that is published must be marked, and others write, too
PATIENCE = timedelta(milliseconds=500)  #: long enough for what is carried at once, short against the relay's claim


class Marks:
    """Orders that the broker has confirmed, and of which the outbox does not say so yet."""

    def __init__(self, *, store: Store, clock: Clock, patience: timedelta = PATIENCE) -> None:
        self._store = store
        self._clock = clock
        self._patience = patience.total_seconds()
        self._confirmed: dict[OrderId, tuple[float, Published]] = {}  # since when, in the order of that

    def add(self, orders: Iterable[Order]) -> None:
        """Take note of claimed orders that were confirmed just now."""
        since, at = time.monotonic(), self._clock()
        for order in orders:
            self._confirmed.pop(order.id, None)
            self._confirmed[order.id] = since, Published(order_id=order.id, at=at, claimed_until=order.due_at)

    def observe(self, changes: Changes) -> None:
        """Forget what was concluded or postponed (called after each commit)."""
        for change in changes.order_changes:
            self._confirmed.pop(change.order_id, None)

    async def write(self) -> None:
        """Write the marks of what has waited long enough; raise `Trouble` when that cannot be, to be tried again."""
        while due := self._due():
            await self._write(due)

    async def _write(self, due: Mapping[OrderId, Published]) -> None:
        # Most are none of ours any more: another process has concluded them.
        waiting = await self._store.still_waiting(list(due))
        errands = await readable_errands(self._store, sorted(waiting))
        unreadable = waiting - {errand.order.id for errand in errands}
        if unreadable:
            await self._store.record(Changes(order_changes=tuple(due[each] for each in sorted(unreadable))))
        await gather_all(self._mark(errand, due[errand.order.id]) for errand in errands)
        for order_id in due:
            self._confirmed.pop(order_id, None)

    def _due(self) -> dict[OrderId, Published]:
        """Return nothing until one has waited long enough, then all that have waited half as long: few, large batches."""
        now = time.monotonic()
        oldest = next(iter(self._confirmed.values()), None)
        if oldest is None or oldest[0] > now - self._patience:
            return {}
        until = now - self._patience / 2
        due = islice(takewhile(lambda each: each[1][0] <= until, self._confirmed.items()), MOST)
        return {order_id: published for order_id, (_, published) in due}

    async def _mark(self, errand: Errand, published: Published) -> None:
        try:
            await self._store.record(published_changes(errand, published))
        except Stale:  # a courier or a recall was faster; only the order is ours to mark
            await self._store.record(Changes(order_changes=(published,)))


def published_changes(errand: Errand, published: Published) -> Changes:
    """Decide what a confirmed publication changes: the order, and an accepted delivery becomes queued."""
    order, package, delivery = errand.order, errand.package, errand.delivery
    marked = (published,)
    if order.purpose is not Purpose.CONSIGN or package is None or delivery is None:
        return Changes(order_changes=marked)
    if delivery.state is not State.ACCEPTED:
        return Changes(order_changes=marked)
    to = advance(delivery.state, Event.QUEUING)
    queued = fact(Event.QUEUING, package, delivery, at=published.at, state=to)
    return Changes(
        order_changes=marked,
        moves=(Move(delivery_id=delivery.id, expected=delivery.state, to=to, at=published.at),),
        events=(queued,),
    )
