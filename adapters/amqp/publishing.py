"""Orders to their queues, many in flight, counted only when the broker has confirmed them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractExchange
from aio_pika.exceptions import PublishError

from adapters.amqp.connection import Line
from adapters.amqp.errors import AWAY, translated
from adapters.amqp.topology import declare_shared, declare_system, queue_name
from hub.ids import OrderId
from hub.order import Order
from hub.trouble import Deferral

_DECLARE_LIMIT = 10.0  #: seconds; after a crash a queue may need some to find its leader
CONFIRM_LIMIT = 5.0  #: seconds for one publication; then its outcome is unknown

_log = structlog.get_logger()


class Publisher:
    """Publishes on a connection of its own."""

    def __init__(self, line: Line, *, confirm_limit: float = CONFIRM_LIMIT) -> None:
        self._line = line
        self._confirm_limit = confirm_limit
        self._channel: AbstractChannel | None = None
        self._exchange: AbstractExchange | None = None
        self._declared: set[str] = set()
        self._turn = asyncio.Lock()  #: message ids must be unique among those in flight on a channel

    async def publish(self, orders: Sequence[Order]) -> tuple[OrderId, ...]:
        """Return the orders that were confirmed, in their order; raise `Deferral` when the broker cannot be reached."""
        if not orders:
            return ()
        async with self._turn:
            await self._line.require_unblocked()
            confirmed, returned = await self._attempt(orders)
            if returned:  # a queue was deleted: it is made again, once
                self._declared -= {order.system_id for order in returned}
                again, _ = await self._attempt(returned)
                confirmed |= again
        if len(confirmed) < len(orders):
            _log.warning("publications-not-confirmed", published=len(orders), confirmed=len(confirmed))
        return tuple(order.id for order in orders if order.id in confirmed)

    async def _attempt(self, orders: Sequence[Order]) -> tuple[set[OrderId], list[Order]]:
        """Publish each once; return which were confirmed and which the broker could not route."""
        exchange = await self._prepared({order.system_id for order in orders})
        results = await asyncio.gather(*(self._publish(exchange, order) for order in orders), return_exceptions=True)
        confirmed: set[OrderId] = set()
        returned: list[Order] = []
        for order, result in zip(orders, results, strict=True):
            if result is None:
                confirmed.add(order.id)
            elif isinstance(result, PublishError):
                returned.append(order)
            elif isinstance(result, TimeoutError):
                self._channel = None  # late confirmations would be for a channel that nobody listens to
            elif not isinstance(result, AWAY):
                raise result
        if self._channel is None:
            await self._line.close()
        return confirmed, returned

    async def _publish(self, exchange: AbstractExchange, order: Order) -> None:
        message = Message(b"", message_id=order.id, type="order", delivery_mode=DeliveryMode.PERSISTENT)
        key = queue_name(order.system_id, order.lane)
        await exchange.publish(message, key, mandatory=True, timeout=self._confirm_limit)

    async def _prepared(self, systems: set[str]) -> AbstractExchange:
        """Return the exchange on an open channel, with the queues of `systems` there as far as is known."""
        try:
            with translated():
                async with asyncio.timeout(_DECLARE_LIMIT):
                    return await self._declare(systems)
        except Deferral:
            self._channel = None
            await self._line.close()
            raise

    async def _declare(self, systems: set[str]) -> AbstractExchange:
        if self._channel is None or self._channel.is_closed or self._exchange is None:
            self._declared.clear()
            self._channel = await self._line.channel(publisher_confirms=True)
            self._exchange = await declare_shared(self._channel)
        for system_id in systems - self._declared:
            await declare_system(self._channel, system_id)
            self._declared.add(system_id)
        return self._exchange
