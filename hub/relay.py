"""Hop 8, first half: from the outbox to the broker.

Orders are claimed for a while, published, and marked (`hub.marks`) only when the broker has confirmed them. A crash in between
publishes an order twice; what follows is guarded, so its effect is one. The truth is in the outbox.

Most orders come straight from this process's own commits (`hub.own_orders`), claimed from the first moment. All others are
looked for in the outbox: what another process left, what is tried again, what came while the broker took nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from hub.failpoints import reached
from hub.freight import Freight
from hub.marks import Marks
from hub.order import Order
from hub.own_orders import CLAIM, TOPIC, OwnOrders
from hub.ports import Broker, Clock, Store
from hub.signals import Signals
from hub.trouble import Trouble
from hub.waiting import Pace, pause

BATCH = 500
IDLE = timedelta(seconds=1)
TURN = timedelta(milliseconds=50)  #: under load; the first order after a rest is carried at once

_log = structlog.get_logger()


class Relay:
    """Brings due orders to the broker."""

    def __init__(
        self,
        *,
        store: Store,
        broker: Broker,
        freight: Freight,
        marks: Marks,
        own: OwnOrders,
        signals: Signals,
        clock: Clock,
    ) -> None:
        self._store = store
        self._freight = freight
        self._marks = marks
        self._own = own
        self._broker = broker
        self._signals = signals
        self._clock = clock

    async def run(self) -> None:
        """Relay for ever what waits in the outbox; wake when orders are added, and once a second for those that fall due."""
        pace = Pace(TURN)
        while True:
            await pace.keep()
            added = self._signals.subscribe("outbox")
            try:
                moved = await self.relay_once()
            except Trouble as trouble:
                _log.warning("relay-deferred", code=trouble.code, detail=trouble.detail)
                moved = 0
            await pause(self._signals, "outbox", added, timedelta(0) if moved else IDLE)

    async def run_own(self) -> None:
        """Relay for ever what this process records; cancelled, bring what was recorded by then."""
        pace = Pace(TURN)
        try:
            while True:
                await pace.keep()
                recorded = self._signals.subscribe(TOPIC)
                moved = await self.relay_own()
                await pause(self._signals, TOPIC, recorded, timedelta(0) if moved else IDLE)
        finally:
            self._own.close()
            while await self.relay_own():
                pass

    async def relay_once(self) -> int:
        """Publish what is due in the outbox, and write marks; return how many orders the broker confirmed."""
        now = self._clock()
        orders = await self._store.claim(BATCH, now, now + CLAIM)
        published = await self._publish(orders) if orders else 0
        if published:
            self._own.open()
        await self._marks.write()
        return published

    async def relay_own(self) -> int:
        """Publish what this process has recorded; return how many orders the broker confirmed.

        What it does not take waits until its claim runs out, and for the outbox from then on.
        """
        try:
            orders = self._own.take(BATCH)
            published = await self._publish(orders) if orders else 0
        except Trouble as trouble:
            _log.warning("relay-deferred", code=trouble.code, detail=trouble.detail)
            self._own.close()
            return 0
        return published

    async def _publish(self, orders: Sequence[Order]) -> int:
        reached("K8")
        # Before it is published: the courier may have its ticket while others wait for their confirmation.
        for order in orders:
            self._freight.renew(order)
        confirmed = frozenset(await self._broker.publish(orders))
        reached("K10")
        self._marks.add(order for order in orders if order.id in confirmed)
        self._signals.notify("queue")
        return len(confirmed)
