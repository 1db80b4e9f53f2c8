"""The broker (`hub.ports.Broker`) on RabbitMQ."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from adapters.amqp.connection import Line, Lines
from adapters.amqp.consumer import Lost
from adapters.amqp.consuming import Consumers
from adapters.amqp.patience import PATIENT, Patience
from adapters.amqp.publishing import Publisher
from adapters.amqp.topology import queue_name, ready
from adapters.amqp.watching import Watch
from hub.ids import OrderId
from hub.order import Order
from hub.queries import Ticket
from routing.values import Lane


class AmqpBroker:
    """Queues between the outbox and the couriers, one pair (urgent, normal) per system; at least once.

    `systems` says whose queues are served here; `arrived` is called when something may be taken; `lost` with the id of a
    system of which a queue was not there, and had to be made.
    """

    def __init__(
        self,
        url: str,
        *,
        systems: Callable[[], Iterable[str]],
        arrived: Callable[[], None],
        lost: Lost,
        patience: Patience = PATIENT,
    ) -> None:
        self._systems = systems
        self._asking = Line(url, "asking")
        self._publisher = Publisher(Line(url, "publishing"), lost=lost, patience=patience)
        self._consumers = Consumers(
            Lines(url, "consuming"), arrived=arrived, answers=self._publisher.post.trust, lost=lost, patience=patience
        )
        self.watching = Watch(self._asking, self._consumers.all)

    async def publish(self, orders: Sequence[Order]) -> tuple[OrderId, ...]:
        """Publish and return the orders that the broker confirmed; raise `Deferral` when it cannot be reached."""
        return await self._publisher.publish(orders)

    async def take(self, limit: int, busy: frozenset[str], ailing: frozenset[str] = frozenset()) -> tuple[Ticket, ...]:
        """Return up to `limit` tickets for each system that is not in `busy`, one of each in `ailing`, urgent first."""
        await self._asking.require_open()
        self._consumers.serve(self._systems)
        return self._consumers.take(limit, busy, ailing)

    async def keep(self, tickets: Sequence[Ticket]) -> tuple[Ticket, ...]:
        """Return them all: the broker hands nobody else what a living consumer has not acknowledged."""
        return tuple(tickets)

    async def settle(self, tickets: Sequence[Ticket]) -> None:
        """Forget these tickets: what they stand for is recorded."""
        await self._consumers.settle(tickets)

    async def release(self, tickets: Sequence[Ticket]) -> None:
        """Give these tickets back to be taken again."""
        self._consumers.release(tickets)

    async def holding(self, systems: Collection[str]) -> frozenset[str]:
        """Return those of `systems` for which anything is queued, or held here; raise `Deferral`."""
        held = {stock.system_id for stock, _ in self._consumers.all() if not stock.is_idle}
        return frozenset([each for each in systems if each in held or await self._has_ready(each)])

    async def probe(self) -> str:
        """Say whether the broker is there and takes messages; raise `Deferral`."""
        await self._publisher.post.require_unblocked()
        await self._asking.require_open()
        broken = [stock.name for stock, consumer in self._consumers.all() if consumer.is_broken]
        return f"connected; {len(broken)} queues give no answer: {', '.join(broken[:5])}" if broken else "connected"

    async def watch(self) -> None:
        """Look for ever at consumers that may be dead."""
        await self.watching.run()

    async def close(self) -> None:
        """Close all connections; what was not settled comes again."""
        await self._consumers.close()
        await self._publisher.close()
        await self._asking.close()

    async def _has_ready(self, system_id: str) -> bool:
        counts = [await ready(self._asking, queue_name(system_id, lane)) for lane in Lane]
        return any(counts)
