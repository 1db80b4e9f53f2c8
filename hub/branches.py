"""Two brokers as one: systems that consume their own queue have their orders in the table queue, all others in RabbitMQ.

In the queue of such a system stand packages, for the system; so what a courier is still to carry there waits elsewhere. While
RabbitMQ takes nothing it waits in the outbox, which has a limit (`broker.max_outbox`): the table has none.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from itertools import filterfalse

from hub.ids import OrderId
from hub.order import Order
from hub.ports import Broker, ProbedBroker
from hub.queries import Ticket
from hub.trouble import Deferral
from routing.directory import Directory
from routing.values import Binding

#: Seconds between two looks at a table that should be empty. What was put there before its system got another binding must
#: still be found.
LOOK_EVERY = 1.0


class Branches:
    """A broker (`hub.ports.Broker`) that divides by the binding of the system.

    Taking from the table is a transaction, and most hubs have no system that consumes its own queue: then it is seldom done.
    """

    def __init__(
        self, broker: ProbedBroker, table: Broker, *, directory: Callable[[], Directory], look_every: float = LOOK_EVERY
    ) -> None:
        self._broker = broker
        self._table = table
        self._directory = directory
        self._known: Directory | None = None
        self._is_table_used = True  #: by a system of the known directory
        self._look_every = look_every
        self._look_at = 0.0

    async def publish(self, orders: Sequence[Order]) -> tuple[OrderId, ...]:
        """Publish to both; raise `Deferral` when neither took anything, as while RabbitMQ is away."""
        for_table = [order for order in orders if order.binding is Binding.AMQP]
        others = [order for order in orders if order.binding is not Binding.AMQP]
        if for_table:
            await self._broker.probe()
            self._look_at = 0.0
        in_table = await self._table.publish(for_table)
        try:
            return (*in_table, *await self._broker.publish(others))
        except Deferral:
            if not in_table:
                raise
            return in_table

    async def take(self, limit: int, busy: frozenset[str], ailing: frozenset[str] = frozenset()) -> tuple[Ticket, ...]:
        """Take from both."""
        from_table = await self._table.take(limit, busy, ailing) if self._may_hold() else ()
        try:
            return (*from_table, *await self._broker.take(limit, busy, ailing))
        except BaseException:
            await self._table.release(from_table)
            raise

    async def keep(self, tickets: Sequence[Ticket]) -> tuple[Ticket, ...]:
        """Keep tickets."""
        of_table, others = self._divide(tickets)
        return (*await self._table.keep(of_table), *await self._broker.keep(others))

    async def settle(self, tickets: Sequence[Ticket]) -> None:
        """Forget tickets."""
        of_table, others = self._divide(tickets)
        await asyncio.gather(self._table.settle(of_table), self._broker.settle(others))

    async def release(self, tickets: Sequence[Ticket]) -> None:
        """Give tickets back."""
        of_table, others = self._divide(tickets)
        await asyncio.gather(self._table.release(of_table), self._broker.release(others))

    async def holding(self, systems: Collection[str]) -> frozenset[str]:
        """Return those of `systems` for which either holds anything, a system's own queue included."""
        return await self._table.holding(systems) | await self._broker.holding(systems)

    def _may_hold(self) -> bool:
        """Whether the table is worth a look: now and then it always is."""
        directory = self._directory()
        if directory is not self._known:
            self._known = directory
            self._is_table_used = any(system.binding is Binding.AMQP for system in directory.systems())
        now = time.monotonic()
        if not self._is_table_used and now < self._look_at:
            return False
        self._look_at = now + self._look_every
        return True

    def _divide(self, tickets: Sequence[Ticket]) -> tuple[list[Ticket], list[Ticket]]:
        def is_of_table(ticket: Ticket) -> bool:
            system = self._directory().system(ticket.system_id)
            return system is not None and system.binding is Binding.AMQP

        return list(filter(is_of_table, tickets)), list(filterfalse(is_of_table, tickets))
