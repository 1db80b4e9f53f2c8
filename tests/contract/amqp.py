"""RabbitMQ for tests: empty queues, and a broker that is asked only when what was published has arrived."""

import asyncio
from contextlib import asynccontextmanager

import aio_pika

from adapters.amqp.broker import AmqpBroker
from adapters.amqp.connection import Line
from adapters.amqp.patience import PATIENT
from adapters.amqp.topology import queue_name, ready
from routing.values import Lane

SYSTEMS = ("a", "b", "noisy", "quiet")


class PatientBroker(AmqpBroker):
    """Consumers hear of a message a moment after its confirmation; tests that count wait for that moment."""

    def __init__(self, url, systems=SYSTEMS, patience=PATIENT):
        self.lost = []
        super().__init__(url, systems=lambda: systems, arrived=lambda: None, lost=self._note, patience=patience)
        self._all = systems

    async def take(self, limit, busy, ailing=frozenset()):
        await super().take(0, busy)
        await self.arrived()
        return await super().take(limit, busy, ailing)

    async def _note(self, system_id):
        self.lost.append(system_id)

    async def arrived(self):
        """Wait until the queues have handed out all they have."""
        while len([each for _, each in self._consumers.all() if each.channel]) < 2 * len(self._all):
            await asyncio.sleep(0.02)
        while any([await self._has_ready(system) for system in self._all]):
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)


@asynccontextmanager
async def raw_channel(url):
    """A connection beside the broker's own."""
    connection = await aio_pika.connect(url)
    async with connection:
        yield await connection.channel()


async def delete_queues(url, systems=SYSTEMS):
    async with raw_channel(url) as channel:
        for system in systems:
            for lane in Lane:
                await channel.queue_delete(queue_name(system, lane))


async def count(url, name):
    """Messages that nobody holds; None without such a queue."""
    line = Line(url, "counting")
    try:
        return await ready(line, name)
    finally:
        await line.close()


@asynccontextmanager
async def empty_broker(url, patience=PATIENT):
    await delete_queues(url)
    broker = PatientBroker(url, patience=patience)
    try:
        yield broker
    finally:
        await broker.close()
