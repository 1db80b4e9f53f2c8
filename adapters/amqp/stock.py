"""What the consumers of one system have received and nobody has taken yet."""

from __future__ import annotations

from heapq import heappop, heappush

from aio_pika.abc import AbstractIncomingMessage
from msgspec import Struct

from hub.ids import OrderId
from hub.queries import Ticket
from routing.values import Lane


class Handle(Struct, frozen=True, eq=False):
    """A message and the channel it came on, by number: after that channel was lost the handle means nothing."""

    channel: int
    tag: int
    message: AbstractIncomingMessage


class Stock:
    """The messages of one queue, in the order in which the broker handed them out."""

    def __init__(self, system_id: str, lane: Lane) -> None:
        self.system_id = system_id
        self.lane = lane
        self.arrivals = 0  #: messages ever received
        self.held = 0  #: tickets taken and not yet settled or given back
        self._tickets: list[tuple[int, Ticket]] = []
        self._order_ids: set[OrderId] = set()

    def __len__(self) -> int:
        return len(self._tickets)

    def add(self, order_id: OrderId, handle: Handle) -> bool:
        """Put a message into its place; return False for an order that is here already."""
        self.arrivals += 1
        if order_id in self._order_ids:
            return False
        self.put(Ticket(order_id, self.system_id, self.lane, handle), handle.tag)
        return True

    def put(self, ticket: Ticket, tag: int) -> None:
        """Put a ticket into its place."""
        self._order_ids.add(ticket.order_id)
        heappush(self._tickets, (tag, ticket))

    def take(self, limit: int) -> list[Ticket]:
        """Take the first tickets out."""
        taken = [heappop(self._tickets)[1] for _ in range(min(limit, len(self._tickets)))]
        self._order_ids.difference_update(ticket.order_id for ticket in taken)
        self.held += len(taken)
        return taken
