"""What the table queue promises beyond the broker port."""

from adapters.storage.queue import TableQueue
from routing.values import Lane

from .test_broker import NOBODY, ids, orders


async def test_orders_of_a_dead_courier_come_back(storage, clock):
    """What was taken and never settled is handed out again when its time is over."""
    queue = storage.queue
    await queue.publish(orders(1))
    (ticket,) = await queue.take(1, NOBODY)
    clock.advance(seconds=119)
    assert await queue.take(1, NOBODY) == ()
    clock.advance(seconds=1)
    assert ids(await queue.take(1, NOBODY)) == [ticket.order_id]


async def test_late_release_does_not_take_from_the_next(storage, clock):
    """Who comes back after the time is over cannot give away what another has taken."""
    queue = storage.queue
    await queue.publish(orders(1))
    late = await queue.take(1, NOBODY)
    clock.advance(minutes=2)
    assert len(await queue.take(1, NOBODY)) == 1
    await queue.release(late)
    assert await queue.take(1, NOBODY) == ()


async def test_kept_orders_stay_with_their_courier(storage, clock):
    """Who says in time that it works on what it took holds it for as long again, and settles it."""
    queue = storage.queue
    await queue.publish(orders(2))
    tickets = await queue.take(2, NOBODY)
    clock.advance(seconds=119)
    kept = await queue.keep(tickets)
    assert ids(kept) == ids(tickets)
    clock.advance(seconds=119)
    assert await queue.take(2, NOBODY) == ()
    await queue.settle(kept)
    assert await queue.counts() == {}


async def test_what_others_have_is_kept_no_more(storage, clock):
    """Who speaks up too late is told what is no longer its own: taken by another, or published for its next attempt."""
    queue = storage.queue
    first, second, third = orders(3)
    await queue.publish([first, second])
    late = await queue.take(2, NOBODY)
    clock.advance(minutes=2)
    await queue.take(1, NOBODY)
    await queue.publish([third])
    assert ids(await queue.keep(late)) == [second.id]


async def test_counts(storage):
    """The queue says how many orders each system and lane has, taken ones included."""
    queue = storage.queue
    assert await queue.counts() == {}
    await queue.publish([*orders(3), *orders(1, lane=Lane.URGENT), *orders(2, "b")])
    await queue.take(1, frozenset({"b"}))
    assert await queue.counts() == {("a", Lane.NORMAL): 3, ("a", Lane.URGENT): 1, ("b", Lane.NORMAL): 2}


async def test_restart_gives_everything_out_again(storage, clock, topics):
    """After a crash the orders that the dead process had taken need not wait."""
    await storage.queue.publish(orders(2))
    await storage.queue.take(2, NOBODY)
    topics.clear()
    restarted = TableQueue(storage.database, clock=clock)
    await restarted.restart()
    assert topics == ["queue"]
    assert len(await restarted.take(2, NOBODY)) == 2


async def test_publishing_leaves_the_waking_to_the_relay(storage, topics):
    """Couriers are woken when the relay has marked what it published, or they would overtake it."""
    await storage.queue.publish(orders(1))
    assert topics == []
