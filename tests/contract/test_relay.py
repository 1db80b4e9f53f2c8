"""The relay between a real store and a real broker: what this process records goes straight to the broker."""

import asyncio
from datetime import timedelta

import pytest

from hub.changes import Changes, Postponed
from hub.commits import Commits
from hub.freight import Freight
from hub.marks import Marks
from hub.own_orders import CLAIM, OwnOrders
from hub.relay import Relay
from hub.signals import Signals
from hub.trouble import Deferral

from .samples import AT, submission


class Away:
    """A broker that cannot be reached."""

    async def publish(self, _orders):
        raise Deferral("broker-unavailable")


@pytest.fixture
def own(clock):
    clock.now = AT
    return OwnOrders(signals=Signals(), clock=clock)


def relay(storage, broker, own, clock):
    marks = Marks(store=storage.store, clock=clock, patience=timedelta(0))
    return Relay(
        store=storage.store, broker=broker, freight=Freight(), marks=marks, own=own, signals=Signals(), clock=clock
    )


async def recorded(storage, own):
    """Record a submission as a hub does; return its order's id."""
    commits = Commits()
    commits.subscribe(own.observe)
    claimed = own.claimed(submission(systems=("a",)))
    await storage.store.record(claimed)
    commits.announce(claimed)
    return claimed.orders[0].id


async def taken(broker):
    return [ticket.order_id for ticket in await broker.take(9, frozenset())]


async def test_own_orders_go_straight_to_the_broker(storage, broker, clock, own):
    """Once the broker takes orders, what this process records is published without a look into the outbox."""
    relaying = relay(storage, broker, own, clock)
    first = await recorded(storage, own)
    assert await relaying.relay_own() == 0
    assert await relaying.relay_once() == 1
    second = await recorded(storage, own)
    assert await storage.store.claim(9, AT, AT + CLAIM) == ()
    assert await relaying.relay_own() == 1
    assert await taken(broker) == [first, second]


async def test_own_orders_are_marked(storage, broker, clock, own):
    """What waits in its queue is marked as published, so that it is not published again when its claim runs out."""
    own.open()
    relaying = relay(storage, broker, own, clock)
    order_id = await recorded(storage, own)
    await relaying.relay_own()
    assert await storage.store.still_waiting([order_id])
    await relaying.relay_once()
    assert not await storage.store.still_waiting([order_id])


async def test_orders_that_the_broker_does_not_take_are_left_to_the_outbox(storage, broker, clock, own):
    """What could not be published is due when its claim has run out; what is recorded meanwhile is due at once."""
    own.open()
    in_vain = await recorded(storage, own)
    assert await relay(storage, Away(), own, clock).relay_own() == 0
    unclaimed = await recorded(storage, own)
    assert [each.id for each in await storage.store.claim(9, AT, AT + CLAIM)] == [unclaimed]
    clock.now = AT + CLAIM
    assert await relay(storage, broker, own, clock).relay_once() == 2
    assert sorted(await taken(broker)) == sorted([in_vain, unclaimed])


async def test_a_relay_that_is_stopped_brings_what_was_recorded(storage, broker, clock, own):
    """Nobody could publish it before its claim runs out."""
    own.open()
    order_id = await recorded(storage, own)
    running = asyncio.create_task(relay(storage, broker, own, clock).run_own())
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await taken(broker) == [order_id]


async def test_claims_of_a_dead_process_are_ended(storage, clock, own):
    """A hub that starts and knows that it is alone need not wait until they run out."""
    own.open()
    order_id = await recorded(storage, own)
    await storage.store.end_claims(clock)
    assert [each.id for each in await storage.store.claim(9, AT, AT + CLAIM)] == [order_id]


async def test_an_attempt_that_waits_is_no_claim(storage, clock):
    """Ending claims does not bring forward what was postponed after a failure."""
    unit = submission(systems=("a",))
    await storage.store.record(unit)
    later = AT + timedelta(minutes=5)
    postponed = Postponed(order_id=unit.orders[0].id, attempts=1, due_at=later, error="HTTP 500")
    await storage.store.record(Changes(order_changes=(postponed,)))
    await storage.store.end_claims(clock)
    assert await storage.store.next_due() == later
