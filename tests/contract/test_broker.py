"""Queues between the outbox and the couriers."""

from hub.ids import uuid7
from hub.order import Order, Purpose
from routing.values import Binding, Lane

from .samples import AT

NOBODY = frozenset()
SYSTEMS = frozenset({"a", "b"})


def orders(count, system="a", lane=Lane.NORMAL):
    return [
        Order(
            id=uuid7(),
            purpose=Purpose.CONSIGN,
            system_id=system,
            binding=Binding.PULL,
            lane=lane,
            due_at=AT,
            delivery_id=uuid7(),
        )
        for _ in range(count)
    ]


def ids(items):
    return [each.id if isinstance(each, Order) else each.order_id for each in items]


async def test_what_is_published_is_confirmed_and_taken_once(broker):
    """Published orders are confirmed, and handed out once while nobody gives them back."""
    published = orders(3)
    assert list(await broker.publish(published)) == ids(published)
    tickets = await broker.take(10, NOBODY)
    assert ids(tickets) == ids(published)
    assert {(each.system_id, each.lane) for each in tickets} == {("a", Lane.NORMAL)}
    assert await broker.take(10, NOBODY) == ()


async def test_empty_broker_gives_nothing(broker):
    """Taking from an empty broker returns at once with nothing; settling nothing is harmless."""
    assert await broker.take(10, NOBODY) == ()
    assert await broker.publish([]) == ()
    await broker.settle([])
    await broker.release([])


async def test_published_twice_is_taken_once(broker):
    """Publishing an order again while it is queued adds nothing."""
    published = orders(2)
    await broker.publish(published)
    assert list(await broker.publish(published)) == ids(published)
    assert len(await broker.take(10, NOBODY)) == 2


async def test_published_again_while_taken_is_given_out_again(broker):
    """A retry that falls due before its failed attempt is settled is not lost with it."""
    published = orders(1)
    await broker.publish(published)
    first = await broker.take(10, NOBODY)
    await broker.publish(published)
    await broker.settle(first)
    assert ids(await broker.take(10, NOBODY)) == ids(published)


async def test_urgent_lane_first(broker):
    """Of one system's queues the urgent one is emptied first."""
    normal, urgent = orders(3), orders(2, lane=Lane.URGENT)
    await broker.publish(normal)
    await broker.publish(urgent)
    assert ids(await broker.take(3, NOBODY)) == ids([*urgent, normal[0]])


async def test_every_system_gets_its_share(broker):
    """A long queue of one system does not keep another waiting: the limit holds for each."""
    await broker.publish(orders(50, "noisy"))
    await broker.publish(orders(1, "quiet"))
    taken = await broker.take(5, NOBODY)
    assert [each.system_id for each in taken].count("noisy") == 5
    assert [each.system_id for each in taken].count("quiet") == 1


async def test_busy_systems_are_passed_over(broker):
    """Nothing is taken for systems that are busy."""
    await broker.publish(orders(2, "a"))
    await broker.publish(orders(2, "b"))
    assert {each.system_id for each in await broker.take(5, frozenset({"a"}))} == {"b"}
    assert {each.system_id for each in await broker.take(5, frozenset({"b"}))} == {"a"}


async def test_settled_orders_are_gone(broker, clock):
    """What is settled never comes back."""
    await broker.publish(orders(2))
    await broker.settle(await broker.take(1, NOBODY))
    clock.advance(hours=1)
    assert len(await broker.take(5, NOBODY)) == 1


async def test_released_orders_come_back_in_their_place(broker):
    """What is given back is taken again, before what came later."""
    published = orders(3)
    await broker.publish(published)
    await broker.release(await broker.take(2, NOBODY))
    assert ids(await broker.take(5, NOBODY)) == ids(published)


async def test_one_of_an_ailing_system(broker):
    """Of a system that may be ill only one order is handed out, an urgent one first; the others' come as always."""
    urgent = orders(1, "a", Lane.URGENT)
    await broker.publish([*orders(3, "a"), *urgent, *orders(3, "b")])
    tickets = await broker.take(2, NOBODY, frozenset({"a"}))
    assert ids(each for each in tickets if each.system_id == "a") == ids(urgent)
    assert len([each for each in tickets if each.system_id == "b"]) == 2


async def test_holding(broker):
    """The broker names the systems for which something is queued or taken."""
    assert await broker.holding(SYSTEMS) == frozenset()
    await broker.publish([*orders(1, "a"), *orders(1, "b")])
    tickets = await broker.take(1, NOBODY)
    assert await broker.holding(SYSTEMS) == {"a", "b"}
    await broker.settle([each for each in tickets if each.system_id == "a"])
    assert await broker.holding(SYSTEMS) == {"b"}


async def test_settled_order_may_be_published_again(broker):
    """A retry publishes the same order anew."""
    published = orders(1)
    await broker.publish(published)
    await broker.settle(await broker.take(1, NOBODY))
    await broker.publish(published)
    assert ids(await broker.take(1, NOBODY)) == ids(published)
