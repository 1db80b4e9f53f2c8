"""Calls that last longer than the time for which the table queue hides what was taken."""

import asyncio
from datetime import timedelta

from msgspec.structs import replace
from sqlalchemy import func, select

from adapters.storage.queue import VISIBILITY, TableQueue
from adapters.storage.tables import queue
from adapters.storage.times import micros
from hub.conclusion import Concluder
from hub.consignment import Consignment
from hub.freight import Freight
from hub.order import Consigned
from hub.signals import Signals
from routing.schedule import RetrySchedule
from routing.values import Binding
from tests.unit.hub.values import FixedRegister, attestor, snapshot

from .samples import submission

COUNT = 6
NOBODY = frozenset()


class WatchedQueue(TableQueue):
    """Another process's table queue, which sees when this one has said that it still works at what it took."""

    def __init__(self, database, clock):
        super().__init__(database, clock=clock)
        self._watched, self._now = database, clock

    async def kept(self):
        """Wait until whatever is hidden is hidden for as long as can be."""
        latest = micros(self._now() + VISIBILITY)
        hidden = select(func.min(queue.c.visible_at)).where(queue.c.visible_at > 0)
        while (await self._watched.read(lambda connection: connection.execute(hidden).scalar()) or latest) < latest:
            await asyncio.sleep(0.01)


class SlowCourier:
    """Every call lasts so long that with three of them the time of what was taken would be over."""

    binding = Binding.WEBHOOK

    def __init__(self, clock, queue):
        self._clock, self._queue = clock, queue
        self.carried = []
        self.taken_by_another = []

    async def carry(self, errand):
        self.carried.append(errand.order.id)
        for _ in range(2):
            self._clock.advance(seconds=25)
            await self._queue.kept()
        self.taken_by_another += await self._queue.take(10, NOBODY)
        return Consigned()


async def nobody_is_gone(_system_id, _address):
    raise AssertionError


def serving(storage, broker, courier, clock):
    return Consignment(
        store=storage.store,
        broker=broker,
        couriers={Binding.WEBHOOK: courier},
        concluder=Concluder(
            attestor=attestor(),
            schedule=RetrySchedule.of_seconds(3600, spread=0.0),
            register=FixedRegister(snapshot()),
            clock=clock,
        ),
        freight=Freight(),
        signals=Signals(),
        concurrency=lambda _binding: 1,
        forget_address=nobody_is_gone,
    )


async def accepted(storage):
    """Record and publish documents for one system that is called."""
    orders = []
    for _ in range(COUNT):
        unit = submission()
        orders.append(replace(unit.orders[0], binding=Binding.WEBHOOK))
        await storage.store.record(replace(unit, orders=(orders[-1],)))
    await storage.queue.publish(orders)
    return [each.id for each in orders]


async def test_what_is_being_worked_off_is_taken_by_nobody_else(storage, clock):
    """While a process calls slowly, another is handed nothing of what it has taken, however long that lasts."""
    order_ids = await accepted(storage)
    courier = SlowCourier(clock, WatchedQueue(storage.database, clock))
    served = serving(storage, storage.queue, courier, clock)
    served.keep_every = timedelta(milliseconds=1)
    task = asyncio.create_task(served.run())
    async with asyncio.timeout(30):
        while len(courier.carried) < COUNT:
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait({task})
    assert courier.taken_by_another == []
    assert courier.carried == order_ids
    assert await storage.queue.counts() == {}
