"""Hop 8, first half: from the outbox to the broker.

Orders are claimed for a while, published, and marked only when the broker has confirmed them. A crash in between publishes
an order twice; what follows is guarded, so its effect is one. Nothing here remembers anything: the outbox does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from msgspec import structs

from hub.changes import Changes, Move, Published, Stale
from hub.events import Event
from hub.failpoints import reached
from hub.freight import Freight
from hub.ids import OrderId
from hub.lifecycle import State, advance
from hub.order import Order, Purpose
from hub.ports import Broker, Clock, Store
from hub.queries import Errand
from hub.readable import readable_errands
from hub.record import fact
from hub.signals import Signals
from hub.trouble import Trouble
from hub.waiting import Pace, gather_all, pause

BATCH = 500
CLAIM = timedelta(seconds=15)
IDLE = timedelta(seconds=1)
TURN = timedelta(milliseconds=20)

_log = structlog.get_logger()


class Relay:
    """Brings due orders to the broker."""

    def __init__(self, *, store: Store, broker: Broker, freight: Freight, signals: Signals, clock: Clock) -> None:
        self._store = store
        self._freight = freight
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
        orders = await self._store.claim(BATCH, now, now + CLAIM)
        if not orders:
            return 0
        reached("K8")
        confirmed = frozenset(await self._broker.publish(orders))
        reached("K10")
        published = [order for order in orders if order.id in confirmed]
        errands = await self._errands(published)
        await gather_all(self._mark(order, errands.get(order.id)) for order in published)
        self._signals.notify("queue")
        return len(published)

    async def _errands(self, orders: Sequence[Order]) -> Mapping[OrderId, Errand]:
        claimed = {order.id: order for order in orders}
        found, missing = self._freight.take(claimed)
        found.extend(await readable_errands(self._store, missing))
        # What was handed over knows its order as it was accepted; the claimed one knows what was tried since.
        return {errand.order.id: structs.replace(errand, order=claimed[errand.order.id]) for errand in found}

    async def _mark(self, order: Order, errand: Errand | None) -> None:
        at = self._clock()
        if errand is not None:  # at once: the courier may have the order's ticket by the time when this is recorded
            self._freight.put(as_published(errand))
        try:
            await self._store.record(published_changes(order, errand, at))
        except Stale:  # a courier or a recall was faster; only the order is ours to mark
            self._freight.take((order.id,))  # whoever carries it must see what has become of it
            await self._store.record(Changes(order_changes=(Published(order_id=order.id, at=at),)))


def as_published(errand: Errand) -> Errand:
    """Return the errand as `published_changes` leaves it."""
    delivery = errand.delivery
    if errand.order.purpose is not Purpose.CONSIGN or delivery is None or delivery.state is not State.ACCEPTED:
        return errand
    return structs.replace(errand, delivery=structs.replace(delivery, state=State.QUEUED))


def published_changes(order: Order, errand: Errand | None, at: datetime) -> Changes:
    """Decide what a confirmed publication changes: the order, and an accepted delivery becomes queued."""
    marked = (Published(order_id=order.id, at=at),)
    if order.purpose is not Purpose.CONSIGN or errand is None:
        return Changes(order_changes=marked)
    package, delivery = errand.package, errand.delivery
    if package is None or delivery is None or delivery.state is not State.ACCEPTED:
        return Changes(order_changes=marked)
    to = advance(delivery.state, Event.QUEUING)
    queued = fact(Event.QUEUING, package, delivery, at=at, state=to)
    return Changes(
        order_changes=marked,
        moves=(Move(delivery_id=delivery.id, expected=delivery.state, to=to, at=at),),
        events=(queued,),
    )
