"""Deliveries whose content this process has just handed out: their recipient acknowledges them next.

Nothing depends on it: who finds nothing reads the store, and a delivery that moved meanwhile fails its guard and is read anew.
"""

from __future__ import annotations

import time
from datetime import timedelta

from hub.delivery import Delivery
from hub.ids import DeliveryId
from hub.package import Package

MOST = 1_000  #: of some 2 KB each; the oldest are dropped first
KEPT = timedelta(seconds=2)  #: what is shown beside the acknowledgement may be as old as that


class Seen:
    """Deliveries with their packages, each to be taken once."""

    def __init__(self, most: int = MOST, kept: timedelta = KEPT) -> None:
        self._most = most
        self._kept = kept.total_seconds()
        self._pairs: dict[DeliveryId, tuple[float, Package, Delivery]] = {}  # until when, in the order of that

    def put(self, package: Package, delivery: Delivery) -> None:
        """Keep what was just read."""
        self._pairs.pop(delivery.id, None)
        self._pairs[delivery.id] = time.monotonic() + self._kept, package, delivery
        if len(self._pairs) > self._most:
            del self._pairs[next(iter(self._pairs))]

    def take(self, delivery_id: DeliveryId) -> tuple[Package, Delivery] | None:
        """Return a delivery with its package; None when it must be read."""
        found = self._pairs.pop(delivery_id, None)
        return found[1:] if found is not None and found[0] >= time.monotonic() else None
