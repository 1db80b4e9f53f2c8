"""The broker (`hub.ports.Broker`) on RabbitMQ."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress

import structlog
from aio_pika.exceptions import ChannelNotFoundEntity

from adapters.amqp.connection import Line
from adapters.amqp.consuming import Consumers
from adapters.amqp.errors import translated
from adapters.amqp.publishing import Publisher
from adapters.amqp.stock import Stock
from adapters.amqp.topology import queue_name, ready
from hub.ids import OrderId
from hub.order import Order
from hub.queries import Ticket
from hub.trouble import Trouble
from routing.values import Lane

LOOK_EVERY = 15.0  #: seconds between two looks at queues that are silent

_log = structlog.get_logger()


class AmqpBroker:
    """Queues between the outbox and the couriers, one pair (urgent, normal) per system; at least once.

    `systems` says whose queues are served here; `arrived` is called when something may be taken.
    """

    def __init__(self, url: str, *, systems: Callable[[], Iterable[str]], arrived: Callable[[], None]) -> None:
        self._systems = systems
        self._publishing = Line(url, "publishing")
        self._consuming = Line(url, "consuming")
        self._publisher = Publisher(self._publishing)
        self._consumers = Consumers(self._consuming, arrived=arrived)
        self._silent: dict[Stock, int] = {}  #: queues that held messages while nothing came, and what had come by then

    async def publish(self, orders: Sequence[Order]) -> tuple[OrderId, ...]:
        """Publish and return the orders that the broker confirmed; raise `Deferral` when it cannot be reached."""
        return await self._publisher.publish(orders)

    async def take(self, limit: int, busy: frozenset[str]) -> tuple[Ticket, ...]:
        """Return up to `limit` tickets for each system that is not in `busy`, urgent first; empty when nothing came."""
        await self._consumers.serve(self._systems())
        return self._consumers.take(limit, busy)

    async def settle(self, tickets: Sequence[Ticket]) -> None:
        """Forget these tickets: what they stand for is recorded."""
        await self._consumers.settle(tickets)

    async def release(self, tickets: Sequence[Ticket]) -> None:
        """Give these tickets back to be taken again."""
        self._consumers.release(tickets)

    async def holding(self) -> frozenset[str]:
        """Return the systems for which anything is queued, or held here; raise `Deferral`."""
        held = {stock.system_id for stock in self._consumers.stocks() if stock or stock.held}
        return frozenset(held | {system_id for system_id in self._systems() if await self._has_ready(system_id)})

    async def probe(self) -> str:
        """Say whether both connections stand; raise `Deferral` when the broker is away or takes nothing."""
        await self._publishing.require_unblocked()
        await self._consumers.serve(())
        return "connected"

    async def watch(self) -> None:
        """Look for ever at queues that are silent."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self.look()
            except Trouble as trouble:
                _log.warning("queues-not-watched", code=trouble.code, detail=trouble.detail)

    async def look(self) -> None:
        """Rebuild the consumers when a queue has held messages for two looks and nothing came in between."""
        silent: dict[Stock, int] = {}
        for stock in self._consumers.stocks():
            if stock or stock.held or not await self._is_waiting(stock):
                continue
            if self._silent.get(stock) == stock.arrivals:
                _log.error("consumer-rebuilt", queue=queue_name(stock.system_id, stock.lane))
                self._silent = {}
                await self._consumers.rebuild()
                return
            silent[stock] = stock.arrivals
        self._silent = silent

    async def close(self) -> None:
        """Close both connections; what was not settled comes again."""
        await self._publishing.close()
        await self._consuming.close()

    async def _has_ready(self, system_id: str) -> bool:
        counts = [await self._ready(queue_name(system_id, lane)) for lane in Lane]
        return any(counts)

    async def _is_waiting(self, stock: Stock) -> bool:
        count = await self._ready(queue_name(stock.system_id, stock.lane))
        if count is None:
            self._consumers.forget(stock)
        return bool(count)

    async def _ready(self, name: str) -> int | None:
        """Return how many messages nobody holds; None when there is no such queue, which closes the asking channel only."""
        channel = await self._consuming.channel()
        with translated():
            try:
                count = await ready(channel, name)
            except ChannelNotFoundEntity:
                return None
            await channel.close()
        return count


@asynccontextmanager
async def open_broker(
    url: str, *, systems: Callable[[], Iterable[str]], arrived: Callable[[], None]
) -> AsyncIterator[AmqpBroker]:
    """Give a broker and close it on the way out. It connects by itself, now or when RabbitMQ is there."""
    broker = AmqpBroker(url, systems=systems, arrived=arrived)
    try:
        yield broker
    finally:
        with suppress(Trouble):
            await broker.close()
