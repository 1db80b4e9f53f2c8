"""Consumers of all systems' queues on one channel, each with a bounded stock in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial

import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from adapters.amqp.connection import Line
from adapters.amqp.errors import AWAY, translated
from adapters.amqp.stock import Handle, Stock
from adapters.amqp.topology import declare_shared, declare_system, queue_name
from hub.ids import OrderId
from hub.queries import Ticket
from hub.trouble import Deferral
from routing.values import Lane

_STEP_LIMIT = 10.0  #: seconds; after a crash a queue may need some to find its leader
PREFETCH = 200  #: messages of one queue held by one process at most

_log = structlog.get_logger()


class Consumers:
    """Consumes on a connection of its own. When its channel is lost, all that came on it is forgotten: it comes again."""

    def __init__(self, line: Line, *, arrived: Callable[[], None], prefetch: int = PREFETCH) -> None:
        self._line = line
        self._arrived = arrived
        self._prefetch = prefetch
        self._channel: AbstractChannel | None = None
        self._channels = 0  #: channels opened so far; the number of the present one
        self._stocks: dict[str, dict[Lane, Stock]] = {}
        self._tags: dict[str, Stock] = {}  #: consumers that the broker knows, by their tags
        self._served: set[str] = set()  #: systems of which both queues are consumed
        self._held: set[int] = set()
        self._turn = asyncio.Lock()

    async def serve(self, systems: Iterable[str]) -> None:
        """Consume the queues of these systems, those that are served already as before; raise `Deferral`."""
        async with self._turn:
            if self._channel is None or self._channel.is_closed:
                await self._within_limit(self._open())
            for system_id in [each for each in systems if each not in self._served]:
                await self._within_limit(self._consume(system_id))

    def take(self, limit: int, busy: frozenset[str]) -> tuple[Ticket, ...]:
        """Take up to `limit` tickets of each system that is not busy, urgent ones first."""
        tickets: list[Ticket] = []
        for system_id, lanes in self._stocks.items():
            if system_id in busy:
                continue
            urgent = lanes[Lane.URGENT].take(limit)
            tickets += urgent
            tickets += lanes[Lane.NORMAL].take(limit - len(urgent))
        self._held.update(handle.tag for each in tickets if (handle := self._present(each)))
        return tuple(tickets)

    async def settle(self, tickets: Sequence[Ticket]) -> None:
        """Acknowledge; tickets of a lost channel are not known any more, and come again to be found done."""
        with suppress(*AWAY):
            for ticket in tickets:
                handle = self._hand_in(ticket)
                if handle is not None:
                    await handle.message.ack()

    def release(self, tickets: Sequence[Ticket]) -> None:
        """Put tickets back into their places here: sent back to the broker they would lose them, and count as failures."""
        for ticket in tickets:
            handle = self._hand_in(ticket)
            if handle is not None:
                self._stocks[ticket.system_id][ticket.lane].put(ticket, handle.tag)
        self._arrived()

    def stocks(self) -> tuple[Stock, ...]:
        """Return the stocks of all queues that are consumed."""
        return tuple(self._tags.values())

    def forget(self, stock: Stock) -> None:
        """Consume this queue anew at the next occasion."""
        self._tags = {tag: each for tag, each in self._tags.items() if each is not stock}
        self._served.discard(stock.system_id)

    async def rebuild(self) -> None:
        """Give up the connection; the next `serve` opens another one."""
        await self._line.close()

    async def _within_limit(self, step: Awaitable[None]) -> None:
        """Take a step; one that the broker leaves without an answer costs the connection, for nothing on it is certain."""
        try:
            with translated():
                async with asyncio.timeout(_STEP_LIMIT):
                    await step
        except Deferral:
            self._channel = None
            await self._line.close()
            raise

    async def _open(self) -> None:
        """Begin anew on another channel; nothing of the last one counts any more."""
        self._channel = await self._line.channel()
        self._channels += 1
        self._stocks.clear()
        self._tags.clear()
        self._served.clear()
        self._held.clear()
        with translated():
            await self._channel.set_qos(prefetch_count=self._prefetch)
            underlay = await self._channel.get_underlay_channel()
        underlay.on_consumer_cancel_callbacks.add(self._cancelled)

    async def _consume(self, system_id: str) -> None:
        # Declared on a channel of its own: a refusal (a queue with other arguments) closes the channel that asked.
        async with await self._line.channel() as declaring:
            await declare_shared(declaring)
            await declare_system(declaring, system_id)
        for lane in Lane:
            await self._consume_queue(system_id, lane)
        self._served.add(system_id)

    async def _consume_queue(self, system_id: str, lane: Lane) -> None:
        lanes = self._stocks.setdefault(system_id, {each: Stock(system_id, each) for each in Lane})
        stock = lanes[lane]
        if stock in self._tags.values() or self._channel is None:
            return
        queue = await self._channel.get_queue(queue_name(system_id, lane), ensure=False)
        tag = await queue.consume(partial(self._receive, stock, self._channels))
        self._tags[tag] = stock

    async def _receive(self, stock: Stock, channel: int, message: AbstractIncomingMessage) -> None:
        if channel != self._channels or message.delivery_tag is None:
            return
        with suppress(*AWAY):
            if not message.message_id:
                _log.error("message-without-order", queue=queue_name(stock.system_id, stock.lane))
                await message.reject(requeue=False)
            elif stock.add(OrderId(message.message_id), Handle(channel, message.delivery_tag, message)):
                self._arrived()
            else:
                await message.ack()  # the same order waits here already

    def _cancelled(self, frame: object) -> None:
        """Hear from the broker that a consumer is over: its queue was deleted, or its leader is gone."""
        stock = self._tags.pop(str(getattr(frame, "consumer_tag", "")), None)
        if stock is not None:
            self._served.discard(stock.system_id)
            _log.warning("consumer-cancelled", queue=queue_name(stock.system_id, stock.lane))

    def _hand_in(self, ticket: Ticket) -> Handle | None:
        """Return the handle of a ticket that is out, once; None for one that is stale."""
        handle = self._present(ticket)
        if handle is None or handle.tag not in self._held:
            return None
        self._held.discard(handle.tag)
        self._stocks[ticket.system_id][ticket.lane].held -= 1
        return handle

    def _present(self, ticket: Ticket) -> Handle | None:
        handle = ticket.handle
        return handle if isinstance(handle, Handle) and handle.channel == self._channels else None
