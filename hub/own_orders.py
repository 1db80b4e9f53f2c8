"""Orders that this process records and brings to the broker itself.

They are recorded as claimed already, so that nobody has to look for them and claim them in a transaction of its own: after
the commit they go to the relay from here. Nothing depends on it: a process that dies leaves claims that run out, and what is not
claimed is found in the outbox. So nothing is claimed while the broker takes nothing, or when the relay is far behind.
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta

from msgspec import structs

from hub.changes import Changes
from hub.order import Order
from hub.ports import Clock
from hub.signals import Signals
from hub.trouble import Deferral

TOPIC = "own-orders"
CLAIM = timedelta(seconds=15)
MOST = 1_000  #: waiting for the relay; more stay in the outbox


class OwnOrders:
    """Recorded orders on their way to the relay of this process, oldest first."""

    def __init__(self, *, signals: Signals, clock: Clock) -> None:
        self._signals = signals
        self._clock = clock
        self.is_open = False  #: whether what is recorded now will be taken from here
        self._recorded: deque[Order] = deque()

    def open(self) -> None:
        """Claim what is recorded from now on: the broker takes orders."""
        self.is_open = True

    def close(self) -> None:
        """Claim nothing more: it would only wait."""
        self.is_open = False

    def claimed(self, changes: Changes) -> Changes:
        """Return what is to be recorded, its orders claimed if they will be taken from here."""
        if not (self.is_open and changes.orders) or len(self._recorded) >= MOST:
            return changes
        try:
            until = self._clock() + CLAIM
        except Deferral:  # in doubt
            return changes
        orders = tuple(structs.replace(order, due_at=until) for order in changes.orders)
        return structs.replace(changes, orders=orders, are_orders_claimed=True)

    def observe(self, changes: Changes) -> None:
        """Take in what was claimed (called after each commit)."""
        if changes.are_orders_claimed:
            self._recorded.extend(changes.orders)
            self._signals.notify(TOPIC)

    def take(self, limit: int) -> list[Order]:
        """Return orders whose claim still holds, each once."""
        now = self._clock()
        taken: list[Order] = []
        while self._recorded and len(taken) < limit:
            order = self._recorded.popleft()
            if order.due_at > now:
                taken.append(order)
        return taken
