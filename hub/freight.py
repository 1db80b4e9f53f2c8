"""What this process has just recorded and will be asked for next.

The courier that takes an order from its queue needs its errand. An acceptance brings it along, and in one process it is handed
over here. Nothing depends on it: who finds nothing reads the store, and an errand that has gone stale meanwhile fails its guard
and is read again. So that nobody is called in vain, what moved meanwhile is dropped, and nothing is kept for longer than another
process's word of it may take.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec import structs

from hub.changes import Changes
from hub.ids import DeliveryId, OrderId
from hub.order import Order, Purpose
from hub.queries import Errand

#: Errands of some 2 KB each, the oldest are dropped first: three seconds of the fastest load. More would only be held for
#: nothing, for what another process takes from the queue is never asked for here.
MOST = 1_000
KEPT = timedelta(seconds=2)  #: what waits longer in its queue is read anew


class Freight:
    """Errands by order, each to be taken once."""

    def __init__(self, most: int = MOST, kept: timedelta = KEPT) -> None:
        self._most = most
        self._kept = kept.total_seconds()
        self._errands: dict[OrderId, tuple[float, Errand]] = {}  # until when, in the order of that
        self._orders: dict[DeliveryId, OrderId] = {}

    def observe(self, changes: Changes) -> None:
        """Keep the errands of a package that was accepted; drop those of deliveries that moved (called after each commit)."""
        for move in changes.moves:
            order_id = self._orders.get(move.delivery_id)
            if order_id is not None:
                self._pop(order_id)
        if changes.package is None:
            return
        deliveries = {delivery.id: delivery for delivery in changes.deliveries}
        for order in changes.orders:
            if order.purpose is Purpose.CONSIGN and order.delivery_id in deliveries:
                self.put(Errand(order, changes.package, delivery=deliveries[order.delivery_id]))

    def put(self, errand: Errand) -> None:
        """Keep an errand for whoever carries it."""
        order = errand.order
        self._pop(order.id)
        self._errands[order.id] = time.monotonic() + self._kept, errand
        if order.delivery_id is not None:
            self._orders[order.delivery_id] = order.id
        if len(self._errands) > self._most:
            self._pop(next(iter(self._errands)))

    def renew(self, order: Order) -> None:
        """Replace the order of an errand that is here: it was claimed, and knows what was tried since it was accepted."""
        found = self._errands.get(order.id)
        if found is not None:
            until, errand = found
            self._errands[order.id] = until, structs.replace(errand, order=order)

    def take(self, order_ids: Iterable[OrderId]) -> tuple[list[Errand], Sequence[OrderId]]:
        """Return the errands that are here, and the ids of those that must be read."""
        found: list[Errand] = []
        missing: list[OrderId] = []
        now = time.monotonic()
        for order_id in order_ids:
            kept = self._pop(order_id)
            if kept is None or kept[0] < now:
                missing.append(order_id)
            else:
                found.append(kept[1])
        return found, missing

    def _pop(self, order_id: OrderId) -> tuple[float, Errand] | None:
        kept = self._errands.pop(order_id, None)
        if kept is not None and kept[1].order.delivery_id is not None:
            self._orders.pop(kept[1].order.delivery_id, None)
        return kept
