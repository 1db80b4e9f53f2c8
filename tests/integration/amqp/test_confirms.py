"""Confirmations that do not come, or say no: whatever the network or the broker does, nothing counts as sent that is not."""

import asyncio

import pytest

from adapters.amqp.broker import AmqpBroker
from adapters.amqp.patience import Patience
from tests.contract.amqp import PatientBroker, delete_queues
from tests.contract.test_broker import NOBODY, ids, orders
from tests.faults.confirms import Fate, Nth
from tests.faults.proxy import proxy_to

from .exchange import new_world, state_of


@pytest.fixture
async def proxy(rabbitmq):
    async with proxy_to(rabbitmq.port, is_amqp=True) as opened:
        yield opened


@pytest.fixture
async def broker(rabbitmq, proxy):
    await delete_queues(rabbitmq.url)
    url = rabbitmq.url.replace(str(rabbitmq.port), str(proxy.port))
    opened = PatientBroker(url, patience=Patience(confirm=1.0))
    await opened.publish(orders(1))
    await opened.settle(await opened.take(1, NOBODY))
    yield opened
    await opened.close()


@pytest.mark.parametrize("fate", [Fate.DROP, Fate.REFUSE, Fate.CUT])
async def test_a_confirmation_that_fails(broker, proxy, fate):
    """Row 52: a publication whose confirmation is lost, says no, or is cut off does not count; repeated it arrives, once."""
    published = orders(1)
    proxy.confirmation = Nth(1, fate)
    assert await broker.publish(published) == ()
    proxy.confirmation = None
    while await broker.publish(published) == ():
        await asyncio.sleep(0.2)
    tickets = await broker.take(10, NOBODY)
    assert ids(tickets) == ids(published)
    await broker.settle(tickets)
    await broker.arrived()
    assert await AmqpBroker.take(broker, 10, NOBODY) == ()


async def test_others_go_on(broker, proxy):
    """Row 52: the queue whose confirmation was lost is left alone for a moment; the queues of others are not."""
    lost, fine = orders(1, "a"), orders(1, "b")
    await broker.publish(orders(1, "b"))
    proxy.confirmation = Nth(1, Fate.DROP)
    assert await broker.publish(lost) == ()
    assert list(await broker.publish([*lost, *fine])) == ids(fine)


async def test_a_broker_that_goes_and_comes(tmp_path, rabbitmq, proxy):
    """Row 50: while the broker is away a system that consumes its queue loses nothing, and has no failed attempt to its name."""
    url = rabbitmq.url.replace(str(rabbitmq.port), str(proxy.port))
    settings = {"AXIS_BROKER__URL": url, "AXIS_DELIVERY__RETRY_DELAYS": "[0.1, 0.1]"}
    world = await asyncio.to_thread(new_world, tmp_path, rabbitmq, **settings)
    await asyncio.to_thread(world.hub.start)
    try:
        async with world.sender() as sender:
            first = (await sender.submit(world.letter())).package
            while await state_of(sender, first.id) != "consigned":
                await asyncio.sleep(0.1)
            await proxy.refuse()
            proxy.cut()
            package = (await sender.submit(world.letter())).package
            await asyncio.sleep(3.0)
            assert await state_of(sender, package.id) in {"accepted", "queued"}
            await proxy.listen()
            async with world.inbox() as inbox:
                while (await inbox.next()).message_id != package.deliveries[0].id:
                    pass
            while await state_of(sender, package.id) != "consigned":
                await asyncio.sleep(0.1)
    finally:
        await asyncio.to_thread(world.hub.stop)
        rabbitmq.ctl("delete_user", "hang-doi")
