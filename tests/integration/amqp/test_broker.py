"""A broker that is away, loses its queues, cuts connections, hangs: bad-inputs.md rows 49 to 51."""

import asyncio
from contextlib import suppress

import pytest

from adapters.amqp.broker import AmqpBroker
from adapters.amqp.patience import Patience
from adapters.amqp.topology import ORDERS, queue_name
from adapters.amqp.watching import OLDEST
from hub.trouble import Deferral
from routing.values import Lane
from tests.contract.amqp import SYSTEMS, PatientBroker, empty_broker, raw_channel
from tests.contract.test_broker import NOBODY, ids, orders
from tests.services.rabbitmq import RabbitNode
from tests.support.hub import free_port

ALL_QUEUES = 2 * len(SYSTEMS)
A_NORMAL = queue_name("a", Lane.NORMAL)


async def nobody(_system_id):
    """Nothing is to be done about what was lost."""


@pytest.fixture
async def broker(rabbitmq):
    async with empty_broker(rabbitmq.url, Patience(confirm=0.5, answer=2.0, consumed=1.0)) as opened:
        yield opened


def consuming(broker):
    """The consumers that the broker knows."""
    return [each for _, each in broker._consumers.all() if each.channel]


async def cut(broker):
    """Lose the connections of all consumers, and wait until they have begun anew."""
    for line in broker._consumers._lines._lines:
        await line.close()
    while consuming(broker):
        await asyncio.sleep(0.01)


async def test_absent_broker_is_a_deferral():
    """Nothing can be published to or taken from a broker that is not there; the hub hears that it should come later."""
    broker = AmqpBroker(f"amqp://127.0.0.1:{free_port()}/", systems=lambda: ("a",), arrived=lambda: None, lost=nobody)
    for call in (broker.publish(orders(1)), broker.take(1, NOBODY), broker.holding({"a"}), broker.probe()):
        with pytest.raises(Deferral) as raised:
            await call
        assert raised.value.code == "broker-unavailable"
    await broker.close()


async def test_probe(broker):
    """A broker that is there says so."""
    assert await broker.probe() == "connected"


async def test_deleted_queue_is_made_again(broker, rabbitmq):
    """Row 52: a queue that somebody deletes costs its messages, not the connection: the next publication makes it anew."""
    await broker.publish(orders(1))
    await broker.take(1, NOBODY)
    async with raw_channel(rabbitmq.url) as channel:
        await channel.queue_delete(A_NORMAL)
    while len(consuming(broker)) == ALL_QUEUES:  # what is published while the old queue ends goes with it
        await asyncio.sleep(0.05)
    published = orders(2)
    assert list(await broker.publish(published)) == ids(published)
    assert ids(await broker.take(5, NOBODY)) == ids(published)


async def test_deleted_exchange_is_made_again(broker, rabbitmq):
    """Row 52: without its exchange a publication is not confirmed; the next one makes the exchange again."""
    await broker.publish(orders(1))
    async with raw_channel(rabbitmq.url) as channel:
        await channel.exchange_delete(ORDERS)
    assert await broker.publish(orders(1)) == ()
    published = orders(1)
    assert list(await broker.publish(published)) == ids(published)


async def test_cut_connection_makes_tickets_stale(broker):
    """After a lost connection what was taken comes again, and the old tickets can be settled and released in vain."""
    published = orders(3)
    await broker.publish(published)
    stale = await broker.take(5, NOBODY)
    await cut(broker)
    again = await broker.take(5, NOBODY)
    assert sorted(ids(again)) == sorted(ids(published))
    await broker.settle(stale)
    await broker.release(stale)
    await broker.settle(again)
    assert await broker.take(5, NOBODY) == ()


async def test_settled_twice(broker, rabbitmq):
    """Settling twice is harmless: a second acknowledgement would make the broker close the channel."""
    await broker.publish(orders(2))
    (ticket,) = await broker.take(1, NOBODY)
    await broker.settle([ticket])
    await broker.settle([ticket])
    assert len(await broker.take(5, NOBODY)) == 1


async def test_prefetch_bounds_what_is_held(broker):
    """Of a long queue only so many messages are held in memory."""
    left = {each.id: each for each in orders(300)}
    while left:
        for done in await broker.publish(list(left.values())[:50]):
            del left[done]
    await AmqpBroker.take(broker, 0, NOBODY)
    while sum(len(stock) for stock, _ in broker._consumers.all()) < 200:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    assert len(broker._consumers.take(1000, NOBODY)) == 200


async def test_dead_consumer_is_rebuilt(broker):
    """A consumer that looks alive and gets nothing is noticed after two looks, and replaced."""
    await broker.take(1, NOBODY)
    for consumer in consuming(broker):
        underlay = await consumer.channel.get_underlay_channel()
        for tag in list(underlay.consumers):
            await underlay.basic_cancel(tag)
    published = orders(1)
    await broker.publish(published)
    await broker.watching.look()
    await broker.watching.look()
    assert ids(await broker.take(1, NOBODY)) == ids(published)


async def test_old_messages_go_back(broker):
    """Messages that nobody takes go back before the broker closes their channel for it, and come again."""
    published = orders(2)
    await broker.publish(published)
    await broker.take(0, NOBODY)
    (stock,) = (stock for stock, _ in broker._consumers.all() if len(stock))
    first = stock.channel
    broker.watching.oldest = -1.0
    await broker.watching.look()
    broker.watching.oldest = OLDEST
    while stock.channel == first:
        await asyncio.sleep(0.05)
    assert ids(await broker.take(5, NOBODY)) == ids(published)


@pytest.fixture
def doomed(tmp_path):
    """A node to be killed."""
    node = RabbitNode(tmp_path)
    yield node.start()
    node.stop()


@pytest.mark.timeout(240)
async def test_killed_broker_with_young_queues(doomed):
    """Row 50: a broker that was killed right after its queues were made serves all of them again, broken ones anew.

    RabbitMQ 3.10 loses what it knew of queues that were declared in the last seconds, each in another way.
    """
    systems = tuple(f"s{number}" for number in range(8))
    broker = PatientBroker(doomed.url, systems, Patience(answer=3.0, consumed=4.0))
    await broker.take(0, NOBODY)
    await broker.publish([each for system in systems for each in orders(3, system)])
    doomed.kill()
    doomed.start()
    waiting = [each for system in systems for each in orders(2, system)]
    arrived = set()
    while not arrived.issuperset(ids(waiting)):
        with suppress(Deferral):
            await broker.publish([each for each in waiting if each.id not in arrived])
            arrived.update(ids(await AmqpBroker.take(broker, 50, NOBODY)))
        await asyncio.sleep(0.2)
    assert await broker.probe() == "connected"
    await broker.close()


async def test_frozen_broker(broker, rabbitmq):
    """Row 50: a broker that hangs confirms nothing, and keeps nobody longer than the limit of a publication."""
    await broker.publish(orders(1))
    rabbitmq.freeze()
    try:
        assert await broker.publish(orders(5)) == ()
    finally:
        rabbitmq.thaw()


async def test_alarm(broker, rabbitmq):
    """Row 51: while the broker's memory alarm lasts publishing is deferred; afterwards it goes on."""
    await broker.publish(orders(1))
    rabbitmq.ctl("set_vm_memory_high_watermark", "0")
    try:
        with pytest.raises(Deferral):  # noqa: PT012 - the broker blocks a connection when something comes on it
            while True:
                await broker.publish(orders(1))
    finally:
        rabbitmq.ctl("set_vm_memory_high_watermark", "0.4")
    confirmed = ()
    while not confirmed:
        with suppress(Deferral):
            confirmed = await broker.publish(orders(1))
        await asyncio.sleep(0.1)
