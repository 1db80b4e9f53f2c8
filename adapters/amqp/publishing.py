"""Orders to the queues that couriers of the hub consume: a message is the id of an order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from aio_pika import DeliveryMode, Message

from adapters.amqp.connection import Line
from adapters.amqp.consumer import Lost
from adapters.amqp.patience import Patience
from adapters.amqp.post import Post
from adapters.amqp.topology import ORDER
from hub.ids import OrderId
from hub.order import Order
from hub.trouble import Deferral

_log = structlog.get_logger()


class Publisher:
    """Publishes orders, a batch at a time."""

    def __init__(self, line: Line, *, lost: Lost, patience: Patience) -> None:
        self.post = Post(line, lost=lost, patience=patience)

    async def publish(self, orders: Sequence[Order]) -> tuple[OrderId, ...]:
        """Return the orders that were confirmed, in their order; raise `Deferral` when the broker cannot be reached."""
        if not orders:
            return ()
        await self.post.require_unblocked()
        results = await asyncio.gather(*map(self._publish, orders), return_exceptions=True)
        confirmed = tuple(order.id for order, result in zip(orders, results, strict=True) if result is None)
        troubles = {str(result) for result in results if result is not None}
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, Deferral):
                raise result
        if troubles:
            reasons = sorted(troubles)[:5]
            _log.warning("publications-not-confirmed", published=len(orders), confirmed=len(confirmed), reasons=reasons)
        return confirmed

    async def close(self) -> None:
        """Close the connection."""
        await self.post.close()

    async def _publish(self, order: Order) -> str | None:
        message = Message(b"", message_id=order.id, type=ORDER, delivery_mode=DeliveryMode.PERSISTENT)
        return await self.post.send(order.system_id, order.lane, message)
