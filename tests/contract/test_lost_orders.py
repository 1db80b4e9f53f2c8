"""What a broker lost is published again, on every engine and every broker."""

from datetime import timedelta

from hub.changes import Changes, Published
from hub.lost_orders import LostOrders
from hub.order import Purpose
from routing.values import Binding, SignaturePolicy, System

from .samples import AT
from .test_broker import NOBODY, ids
from .test_outbox import claimed, recorded

DIRECTORY = tuple(System(each, each, Binding.PULL, SignaturePolicy.REQUIRED) for each in ("a", "b"))


def seeking(store, broker, clock):
    return LostOrders(outbox=store, broker=broker, systems=lambda: DIRECTORY, after=timedelta(minutes=10), clock=clock)


async def published(store, *systems):
    waiting = [await recorded(store, systems=(system,)) for system in systems]
    assert all(each.purpose is Purpose.CONSIGN for each in waiting)
    await claimed(store)
    await store.record(Changes(order_changes=tuple(Published(each.id, AT) for each in waiting)))
    return waiting


async def test_lost_orders_are_published_again(store, broker, clock):
    """An order that was published long ago and is in no queue waits for the relay again, due at once."""
    clock.now = AT
    lost = await published(store, "a", "b")
    clock.advance(minutes=11)
    assert await seeking(store, broker, clock).republish() == 2
    assert sorted(await claimed(store, clock())) == sorted(each.id for each in lost)


async def test_young_orders_are_left_alone(store, broker, clock):
    """An order that was published a moment ago is on its way."""
    clock.now = AT
    await published(store, "a")
    clock.advance(minutes=10)
    assert await seeking(store, broker, clock).republish() == 0


async def test_orders_behind_a_queue_are_left_alone(store, broker, clock):
    """While a system's queue holds anything, or a courier has taken it, its orders are not lost: they wait."""
    clock.now = AT
    waiting = await published(store, "a", "b")
    await broker.publish(waiting)
    clock.advance(minutes=11)
    assert await seeking(store, broker, clock).republish() == 0
    tickets = await broker.take(5, NOBODY)
    assert sorted(ids(tickets)) == sorted(each.id for each in waiting)
    assert await seeking(store, broker, clock).republish() == 0
    await broker.settle(tickets)
    assert await seeking(store, broker, clock).republish() == 2
