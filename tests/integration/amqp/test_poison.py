"""What can never be carried: put aside after its attempts, visible with the reason, and sent again on demand (row 56)."""

import asyncio
import json

import pytest
from aio_pika import DeliveryMode, Message

from adapters.amqp.connection import Line
from adapters.amqp.dead import dead_letters
from adapters.amqp.topology import DEAD, DELIVERY_LIMIT, ORDERS, make, queue_name
from adapters.client import open_client
from routing.values import Lane
from tests.contract.amqp import empty_broker, raw_channel
from tests.contract.test_broker import NOBODY, ids, orders
from tests.support.amqp_system import member
from tests.support.enrolment import enrol
from tests.support.hub import HubProcess, axis

from .exchange import AGENCY, SYSTEM, World

POISON = b"?"


async def test_a_message_without_an_order(rabbitmq):
    """Row 56: a message that is no order is put aside as a dead letter; its neighbours are taken."""
    async with empty_broker(rabbitmq.url) as broker, raw_channel(rabbitmq.url) as channel:
        dead = await channel.get_queue("axis.dead", ensure=False)
        await broker.publish(orders(1))
        await broker.settle(await broker.take(1, NOBODY))
        await dead.purge()
        exchange = await channel.get_exchange("axis.orders", ensure=False)
        await exchange.publish(Message(POISON), "axis.a.normal")
        published = orders(2)
        await broker.publish(published)
        assert ids(await broker.take(5, NOBODY)) == ids(published)
        letter = None
        while letter is None or letter.body != POISON:
            letter = await dead.get(fail=False)
            await asyncio.sleep(0.05)
        assert letter.headers["x-death"][0]["queue"] == "axis.a.normal"
        await letter.ack()


async def test_a_message_that_always_comes_back(rabbitmq):
    """Row 56: a message that consumers gave back as often as the limit allows is put aside with that reason, and kept."""
    name = queue_name("giving-back", Lane.NORMAL)
    line = Line(rabbitmq.url, "making")
    await make(line, name)
    await line.close()
    async with raw_channel(rabbitmq.url) as channel:
        dead = await channel.get_queue(DEAD, ensure=False)
        await dead.purge()
        exchange = await channel.get_exchange(ORDERS, ensure=False)
        await exchange.publish(Message(POISON, delivery_mode=DeliveryMode.PERSISTENT), name)
        queue = await channel.get_queue(name, ensure=False)
        times = 0
        while not (letters := await dead_letters(rabbitmq.url, 10)):
            if (message := await queue.get(fail=False)) is not None:
                times += 1
                await message.reject(requeue=True)
        assert times == DELIVERY_LIMIT + 1
        assert [(each.queue, each.reason, each.text) for each in letters] == [(name, "delivery_limit", POISON.decode())]
        await channel.queue_delete(name)


@pytest.fixture
def world(tmp_path):
    """A hub without RabbitMQ, where nothing can ever be carried to a system that consumes a queue there."""
    hub = HubProcess.create(tmp_path / "hub", {"AXIS_DELIVERY__RETRY_DELAYS": "[0.2, 0.2]"})
    key = enrol(hub, (member(SYSTEM, AGENCY),), {})[SYSTEM]
    hub.start()
    yield World(hub, None, "", key, "poison")
    hub.stop()


def neighbour(world):
    """Return an agency whose system asks, and is not the sender's, with the API key."""
    said = world.hub.credentials
    own = said["agencies"][0]["system"]
    system = next(each for each in said["systems"] if each["binding"] == "pull" and each["id"] != own)
    return system["agencies"][0], system["api_key"]


async def test_a_delivery_that_always_fails(world):
    """Row 56: after its attempts a delivery is dead, shown with its reason; a redrive tries again; its neighbour is delivered."""
    config = str(world.hub.config)
    code, key = neighbour(world)
    async with world.sender() as sender:
        package = (await sender.submit(world.letter(recipients=(AGENCY, code)))).package
        poisoned, healthy = package.deliveries
        while (await sender.delivery(poisoned.id)).state != "dead":
            await asyncio.sleep(0.1)
        (entry,) = json.loads(axis("queue", "dead", "--config", config, "--json").stdout)
        assert entry["delivery"]["id"] == poisoned.id
        assert entry["delivery"]["last_error"].startswith("no-broker")
        async with open_client(world.hub.url, key) as recipient:
            assert healthy.id in [each.id for each in await recipient.inbox(wait=5)]
        assert json.loads(axis("queue", "redrive", "--config", config, "--json").stdout) == {"redriven": 1}
        events = []
        while events.count("ContentConsignmentFailure") < 2:
            events = [each.event async for each in sender.feed(wait=None) if each.package_id == package.id]
            await asyncio.sleep(0.1)
        assert (await sender.delivery(poisoned.id)).state == "dead"
