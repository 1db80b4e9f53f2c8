"""Consumers of all systems' queues: one each, so that a slow or broken queue holds back nobody else."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import structlog

from adapters.amqp.connection import Lines
from adapters.amqp.consumer import Lost, QueueConsumer
from adapters.amqp.errors import forgiven
from adapters.amqp.patience import Patience
from adapters.amqp.stock import Stock
from hub.queries import Ticket
from routing.values import Lane

_SERVE_EVERY = 1.0  #: seconds between two looks at which systems there are
_BEGINNING_AT_ONCE = 16

_log = structlog.get_logger()


class _System:
    """Both queues of one system: their stocks, their consumers, and the tasks that run these."""

    def __init__(self, stocks: Iterable[Stock], consumers: Iterable[QueueConsumer]) -> None:
        self.stocks = {stock.lane: stock for stock in stocks}
        self.consumers = tuple(consumers)
        self._tasks = [asyncio.create_task(each.run(), name=f"consume {each.name}") for each in self.consumers]

    def stop(self) -> list[asyncio.Task[None]]:
        for task in self._tasks:
            task.cancel()
        return self._tasks


class Consumers:
    """Serves the queues of many systems; what they received is taken from here."""

    def __init__(
        self,
        lines: Lines,
        *,
        arrived: Callable[[], None],
        answers: Callable[[str], None],
        lost: Lost,
        patience: Patience,
    ) -> None:
        self._lines = lines
        self._notify = arrived
        self._answers = answers  #: called with the name of a queue that answers
        self._lost = lost
        self._patience = patience
        self._systems: dict[str, _System] = {}
        self._filled: dict[str, None] = {}  #: systems that may have something to take, in the order in which it came
        self._serve_at = 0.0
        self._gate = asyncio.Semaphore(_BEGINNING_AT_ONCE)

    def serve(self, systems: Callable[[], Iterable[str]]) -> None:
        """Consume the queues of these systems and no others; a look at them once a second is enough."""
        now = asyncio.get_running_loop().time()
        if now < self._serve_at:
            return
        self._serve_at = now + _SERVE_EVERY
        wanted = dict.fromkeys(systems())
        for system_id in wanted:
            if system_id not in self._systems:
                self._systems[system_id] = self._start(system_id)
        for system_id in [each for each in self._systems if each not in wanted]:
            self._systems.pop(system_id).stop()
            self._filled.pop(system_id, None)

    def take(self, limit: int, busy: frozenset[str], ailing: frozenset[str] = frozenset()) -> tuple[Ticket, ...]:
        """Take up to `limit` tickets of each system that is not busy, one of each that is ailing, urgent ones first."""
        tickets: list[Ticket] = []
        for system_id in [each for each in self._filled if each not in busy]:
            stocks = self._systems[system_id].stocks
            most = 1 if system_id in ailing else limit
            urgent = stocks[Lane.URGENT].take(most)
            tickets += urgent
            tickets += stocks[Lane.NORMAL].take(most - len(urgent))
            if not any(map(len, stocks.values())):
                del self._filled[system_id]
        return tuple(tickets)

    async def settle(self, tickets: Sequence[Ticket]) -> None:
        """Acknowledge; tickets of a lost channel are not known any more, and come again to be found done."""
        by_stock: defaultdict[Stock, list[Ticket]] = defaultdict(list)
        for ticket in tickets:
            stock = self._stock(ticket)
            if stock is not None:
                by_stock[stock].append(ticket)
        for stock, theirs in by_stock.items():
            for message, with_all_before in stock.settled(theirs):
                with forgiven():
                    await message.ack(multiple=with_all_before)

    def release(self, tickets: Sequence[Ticket]) -> None:
        """Put tickets back into their places."""
        for ticket in tickets:
            stock = self._stock(ticket)
            if stock is not None:
                stock.put_back(ticket)
                self._filled[ticket.system_id] = None
        self._notify()

    def all(self) -> list[tuple[Stock, QueueConsumer]]:
        """Return the stocks of all queues with their consumers."""
        return [
            pair
            for system in self._systems.values()
            for pair in zip(system.stocks.values(), system.consumers, strict=True)
        ]

    async def close(self) -> None:
        """Stop them all; what was not settled comes again."""
        tasks = [task for system in self._systems.values() for task in system.stop()]
        self._systems.clear()
        await self._lines.close()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, system_id: str) -> _System:
        line = self._lines.for_channels(len(Lane))
        stocks = [Stock(system_id, lane, arrived=self._arrived, lost=self._lost) for lane in Lane]
        consumers = [
            QueueConsumer(
                stock,
                line=line,
                alone=self._lines.alone,
                gate=self._gate,
                answers=self._answers,
                patience=self._patience,
            )
            for stock in stocks
        ]
        return _System(stocks, consumers)

    def _arrived(self, stock: Stock) -> None:
        # What still comes for one that is served no more comes again: its consumer is about to end.
        if stock.system_id in self._systems:
            self._filled[stock.system_id] = None
            self._notify()

    def _stock(self, ticket: Ticket) -> Stock | None:
        system = self._systems.get(ticket.system_id)
        return None if system is None else system.stocks[ticket.lane]
