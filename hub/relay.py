"""Hop 8, first half: from the outbox to the broker.

Orders are claimed for a while, published, and marked (`hub.marks`) only when the broker has confirmed them. A crash in between
publishes an order twice; what follows is guarded, so its effect is one. The truth is in the outbox.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from hub.failpoints import reached
from hub.freight import Freight
from hub.marks import Marks
from hub.order import Order
from hub.ports import Broker, Clock, Store
from hub.signals import Signals
from hub.trouble import Trouble
from hub.waiting import Pace, pause

BATCH = 500
CLAIM = timedelta(seconds=15)
IDLE = timedelta(seconds=1)
TURN = timedelta(milliseconds=50)  #: under load; the first order after a rest is carried at once

_log = structlog.get_logger()


class Relay:
    """Brings due orders to the broker."""

    def __init__(
        self, *, store: Store, broker: Broker, freight: Freight, marks: Marks, signals: Signals, clock: Clock
    ) -> None:
        self._store = store
        self._freight = freight
        self._marks = marks
        self._pace = Pace(TURN)
        self._broker = broker
        self._signals = signals
        self._clock = clock

    async def run(self) -> None:
        """Relay for ever; wake when orders are added, and once a second for those that fall due."""
        while True:
            await self._pace.keep()
            added = self._signals.subscribe("outbox")
            try:
                moved = await self.relay_once()
            except Trouble as trouble:
                _log.warning("relay-deferred", code=trouble.code, detail=trouble.detail)
                moved = 0
            await pause(self._signals, "outbox", added, timedelta(0) if moved else IDLE)

    async def relay_once(self) -> int:
        """Publish what is due; return how many orders the broker confirmed."""
        now = self._clock()
        until = now + CLAIM
        orders = await self._store.claim(BATCH, now, until)
        published = await self._publish(orders, until) if orders else 0
        await self._marks.write()
        return published

    async def _publish(self, orders: Sequence[Order], claimed_until: datetime) -> int:
        reached("K8")
        # Before it is published: the courier may have its ticket while others wait for their confirmation.
        for order in orders:
            self._freight.renew(order)
        confirmed = await self._broker.publish(orders)
        reached("K10")
        self._marks.add(confirmed, claimed_until)
        self._signals.notify("queue")
        return len(confirmed)
