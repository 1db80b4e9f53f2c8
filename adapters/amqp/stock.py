"""What the consumer of one queue has received and nobody has taken yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from heapq import heappop, heappush
from math import inf

import structlog
from aio_pika.abc import AbstractIncomingMessage
from msgspec import Struct

from adapters.amqp.connection import Line
from adapters.amqp.consumer import Lost
from adapters.amqp.errors import forgiven
from adapters.amqp.topology import ORDER, exists, make, queue_name
from hub.ids import OrderId
from hub.queries import Ticket
from hub.trouble import Trouble
from routing.values import Lane

_log = structlog.get_logger()


class Handle(Struct, frozen=True, eq=False):
    """A message and the channel it came on, by number: after that channel was lost the handle means nothing."""

    channel: int
    tag: int
    message: AbstractIncomingMessage
    arrived_at: float  #: seconds of the event loop's clock


class Stock:
    """The messages of one queue, in the order in which the broker handed them out."""

    def __init__(self, system_id: str, lane: Lane, *, arrived: Callable[[Stock], None], lost: Lost) -> None:
        self.system_id = system_id
        self.lane = lane
        self.name = queue_name(system_id, lane)
        self._arrived = arrived
        self._lost = lost
        self.arrivals = 0  #: messages ever received
        self.channel = 0  #: number of the present channel
        self._tickets: list[tuple[int, Ticket]] = []
        self._order_ids: set[OrderId] = set()
        self._out: set[int] = set()  #: tags of tickets taken and not yet settled or given back

    def __len__(self) -> int:
        return len(self._tickets)

    @property
    def is_idle(self) -> bool:
        """Whether nothing of this queue is held here, waiting or taken."""
        return not self._tickets and not self._out

    async def prepare(self, line: Line, *, is_deleted: bool = False) -> None:
        """Make the queue when it is not there, and tell that what it held is lost."""
        if is_deleted or not await exists(line, self.name):
            await make(line, self.name)
            with suppress(Trouble):  # without the database now, whoever looks for lost orders finds them later
                await self._lost(self.system_id)

    def begin(self) -> int:
        """Forget all: it came on a channel that is lost, and comes again. Return the number of the next channel."""
        self.channel += 1
        self._tickets.clear()
        self._order_ids.clear()
        self._out.clear()
        return self.channel

    async def take_in(self, number: int, message: AbstractIncomingMessage) -> None:
        """Put a message into its place, unless its order is here already."""
        if number != self.channel:
            return
        self.arrivals += 1
        with forgiven():
            if message.type != ORDER or not message.message_id or message.delivery_tag is None:
                _log.error("message-without-order", queue=self.name)
                await message.reject(requeue=False)
            elif message.message_id in self._order_ids:
                await message.ack()
            else:
                self._add(OrderId(message.message_id), message.delivery_tag, message)
                self._arrived(self)

    def take(self, limit: int) -> list[Ticket]:
        """Take the first tickets out."""
        taken = [heappop(self._tickets) for _ in range(min(limit, len(self._tickets)))]
        self._out.update(tag for tag, _ in taken)
        self._order_ids.difference_update(ticket.order_id for _, ticket in taken)
        return [ticket for _, ticket in taken]

    def settled(self, tickets: Iterable[Ticket]) -> list[tuple[AbstractIncomingMessage, bool]]:
        """Return what to acknowledge for tickets that are out, in this order: a message, and whether with all before it.

        The broker takes one word for all messages up to the first that is still held here; stale tickets are left out.
        """
        handles = sorted(filter(None, map(self._hand_in, tickets)), key=lambda handle: handle.tag)
        first_held = min((*self._out, *(tag for tag, _ in self._tickets[:1])), default=inf)
        before = [handle for handle in handles if handle.tag < first_held]
        alone = [(handle.message, False) for handle in handles[len(before) :]]
        return [(before[-1].message, True), *alone] if before else alone

    def put_back(self, ticket: Ticket) -> None:
        """Put a ticket back into its place: sent back to the broker it would lose it, and count as a failure."""
        handle = self._hand_in(ticket)
        if handle is not None:
            self._put(ticket, handle.tag)

    def is_older_than(self, seconds: float) -> bool:
        """Whether the first waiting message came so long ago."""
        if not self._tickets:
            return False
        handle = self._tickets[0][1].handle
        return isinstance(handle, Handle) and asyncio.get_running_loop().time() - handle.arrived_at > seconds

    def _hand_in(self, ticket: Ticket) -> Handle | None:
        """Return the handle of a ticket that is out, once; None for one that is stale."""
        handle = ticket.handle
        if not isinstance(handle, Handle) or handle.channel != self.channel or handle.tag not in self._out:
            return None
        self._out.discard(handle.tag)
        return handle

    def _add(self, order_id: OrderId, tag: int, message: AbstractIncomingMessage) -> None:
        handle = Handle(self.channel, tag, message, asyncio.get_running_loop().time())
        self._put(Ticket(order_id, self.system_id, self.lane, handle), tag)

    def _put(self, ticket: Ticket, tag: int) -> None:
        self._order_ids.add(ticket.order_id)
        heappush(self._tickets, (tag, ticket))
