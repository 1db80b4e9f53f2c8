"""What this process has just recorded or read and will be asked for next.

The relay needs an errand to mark it as published, the courier that takes the order from its queue needs it again. An acceptance
brings it along, and in one process it is handed over here. Nothing depends on it: who finds nothing reads the store, and an
errand that has gone stale meanwhile fails its guard and is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.changes import Changes
from hub.ids import OrderId
from hub.order import Purpose
from hub.queries import Errand

#: Errands of some 2 KB each, the oldest are dropped first: three seconds of the fastest load. More would only be held for
#: nothing, for what another process takes from the queue is never asked for here.
MOST = 1_000


class Freight:
    """Errands by order, each to be taken once."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._errands: dict[OrderId, Errand] = {}

    def observe(self, changes: Changes) -> None:
        """Keep the errands of a package that was accepted (called after each commit)."""
        if changes.package is None:
            return
        deliveries = {delivery.id: delivery for delivery in changes.deliveries}
        for order in changes.orders:
            if order.purpose is Purpose.CONSIGN and order.delivery_id in deliveries:
                self.put(Errand(order, changes.package, delivery=deliveries[order.delivery_id]))

    def put(self, errand: Errand) -> None:
        """Keep an errand for whoever carries it."""
        self._errands[errand.order.id] = errand
        if len(self._errands) > self._most:
            del self._errands[next(iter(self._errands))]

    def take(self, order_ids: Iterable[OrderId]) -> tuple[list[Errand], Sequence[OrderId]]:
        """Return the errands that are here, and the ids of those that must be read."""
        found: list[Errand] = []
        missing: list[OrderId] = []
        for order_id in order_ids:
            errand = self._errands.pop(order_id, None)
            if errand is None:
                missing.append(order_id)
            else:
                found.append(errand)
        return found, missing
