"""Whose queues a process consumes, and what becomes of them when it does so no more."""

import asyncio

from msgspec.structs import replace

from adapters.amqp.opening import open_rabbit
from routing.directory import Directory
from routing.values import Binding, SignaturePolicy, System
from tests.contract.amqp import count, delete_queues
from tests.contract.test_broker import NOBODY, ids, orders

SYSTEM = System(id="a", name="a", binding=Binding.WEBHOOK, policy=SignaturePolicy.REQUIRED)


async def nobody(_system_id):
    """Nothing is to be done about what was lost."""


class Directories:
    """The directory of the moment, with one system."""

    def __init__(self):
        self.set(is_active=True)

    def set(self, *, is_active):
        self._present = Directory.build((replace(SYSTEM, is_active=is_active),), (), version=1)

    def __call__(self):
        return self._present


def opened(rabbitmq, directory):
    return open_rabbit(
        rabbitmq.url, directory=directory, content=nobody, base_url="", arrived=lambda: None, lost=nobody
    )


async def taken(broker, wanted):
    """Take until so many came."""
    tickets = []
    while len(tickets) < wanted:
        tickets += await broker.take(10, NOBODY)
        await asyncio.sleep(0.05)
    return tickets


async def test_the_queues_of_a_suspended_system_are_left_alone(rabbitmq):
    """What waits for a suspended system stays in its queue, so that it never comes back too often; resumed, it gets it."""
    await delete_queues(rabbitmq.url, ("a",))
    directory = Directories()
    async with opened(rabbitmq, directory) as rabbit, asyncio.timeout(30):
        first, second = orders(2)
        await rabbit.broker.publish([first])
        await rabbit.broker.settle(await taken(rabbit.broker, 1))
        directory.set(is_active=False)
        while any(True for _ in rabbit.broker._consumers.all()):
            assert await rabbit.broker.take(10, NOBODY) == ()
            await asyncio.sleep(0.05)
        await rabbit.broker.publish([second])
        while await count(rabbitmq.url, "axis.a.normal") != 1:
            assert await rabbit.broker.take(10, NOBODY) == ()
        directory.set(is_active=True)
        assert ids(await taken(rabbit.broker, 1)) == [second.id]


async def test_a_message_for_a_system_that_is_served_no_more(rabbitmq):
    """A message that comes while its consumer is being stopped disturbs nobody who takes."""
    await delete_queues(rabbitmq.url, ("a",))
    directory = Directories()
    async with opened(rabbitmq, directory) as rabbit, asyncio.timeout(30):
        broker = rabbit.broker
        await broker.publish(orders(1))
        (ticket,) = await taken(broker, 1)
        (stock,) = (stock for stock, _ in broker._consumers.all() if stock.lane is ticket.lane)
        directory.set(is_active=False)
        while any(True for _ in broker._consumers.all()):
            await broker.take(10, NOBODY)
            await asyncio.sleep(0.05)
        await stock.take_in(stock.channel, ticket.handle.message)
        assert await broker.take(10, NOBODY) == ()
