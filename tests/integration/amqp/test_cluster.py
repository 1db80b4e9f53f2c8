"""A cluster of three RabbitMQ nodes: one is lost under load."""

import asyncio
from contextlib import suppress

import pytest
from aio_pika import DeliveryMode, Message

from adapters.amqp.broker import AmqpBroker
from adapters.amqp.connection import Line
from adapters.amqp.patience import PATIENT
from adapters.amqp.post import Post
from adapters.amqp.topology import queue_name
from hub.trouble import Deferral
from routing.values import Lane
from tests.contract.amqp import PatientBroker
from tests.contract.test_broker import ids, orders
from tests.services.rabbitmq_cluster import running_cluster

SYSTEMS = ("a", "b", "c")
_NOBODY = frozenset()
LONGEST_PAUSE = 30.0


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


class Carriage:
    """Relay and couriers in small: what is not confirmed is published again, what is taken is settled."""

    def __init__(self, broker):
        self.broker = broker
        self.confirmed = set()
        self.taken = set()
        self.pauses = []

    async def publish(self, is_over):
        while not is_over.is_set():
            batch = {each.id: each for system in SYSTEMS for each in orders(5, system)}
            while batch:
                done = ()
                with suppress(Deferral):
                    done = await self.broker.publish(list(batch.values()))
                self.confirmed.update(done)
                batch = {key: each for key, each in batch.items() if key not in done}
                await asyncio.sleep(0.2 if batch else 0.02)

    async def take(self):
        loop = asyncio.get_running_loop()
        last = loop.time()
        while True:
            tickets = ()
            with suppress(Deferral):
                tickets = await AmqpBroker.take(self.broker, 100, _NOBODY)
                await self.broker.settle(tickets)
            if tickets:
                self.pauses.append(loop.time() - last)
                last = loop.time()
                self.taken.update(ids(tickets))
            await asyncio.sleep(0.02)


async def _until(is_true):
    while not await asyncio.to_thread(is_true):
        await asyncio.sleep(0.1)


@pytest.mark.timeout(180)
async def test_publishing_after_a_leader_was_lost(cluster):
    """Row 52: a queue whose leader is lost just before the first publication to it takes publications again."""
    name, lost_node = queue_name("late", Lane.NORMAL), cluster.nodes[2]

    async def lose_the_leader(_system_id):
        """Called when the queue has just been made."""
        await asyncio.to_thread(cluster.transfer, name, lost_node)
        await _until(lambda: cluster.leader_of(name) is lost_node)
        await asyncio.to_thread(lost_node.kill)

    post = Post(Line(cluster.nodes[0].url, "publishing"), lost=lose_the_leader, patience=PATIENT)
    message = Message(b"", message_id="1", delivery_mode=DeliveryMode.PERSISTENT)
    try:
        assert (await post.send("late", Lane.NORMAL, message)).startswith("nack")
        async with asyncio.timeout(LONGEST_PAUSE):
            while await post.send("late", Lane.NORMAL, message) is not None:
                await asyncio.sleep(0.2)
    finally:
        await post.close()
        await asyncio.to_thread(lost_node.start)


@pytest.mark.timeout(180)
async def test_one_node_is_killed_under_load(cluster):
    """Rows 50, 52: the node that leads the queues is killed: everything confirmed arrives, and nothing pauses for 30 s."""
    broker = PatientBroker(cluster.url, SYSTEMS)
    carriage, is_over = Carriage(broker), asyncio.Event()
    publishing = asyncio.create_task(carriage.publish(is_over))
    taking = asyncio.create_task(carriage.take())
    while len(carriage.taken) < 300:
        await asyncio.sleep(0.1)
    victim = await asyncio.to_thread(cluster.leader_of, "axis.a.normal")
    await asyncio.to_thread(victim.kill)
    before = len(carriage.taken)
    while len(carriage.taken) < before + 600:
        await asyncio.sleep(0.1)
    is_over.set()
    await publishing
    while not carriage.taken >= carriage.confirmed:
        await asyncio.sleep(0.1)
    taking.cancel()
    await broker.close()
    assert max(carriage.pauses) < LONGEST_PAUSE
    assert carriage.confirmed
