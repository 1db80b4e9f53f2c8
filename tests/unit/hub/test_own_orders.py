"""Facts about orders that a process brings to the broker itself."""

import asyncio
from datetime import timedelta

from msgspec import structs

from hub.changes import Changes
from hub.own_orders import CLAIM, MOST, TOPIC, OwnOrders
from hub.signals import Signals
from hub.trouble import Deferral
from tests.unit.hub.values import NOW, order

ORDERS = Changes(orders=(order(id="order-1"), order(id="order-2")))
CLAIMED = tuple(structs.replace(each, due_at=NOW + CLAIM) for each in ORDERS.orders)


class Clock:
    """A clock that is set by hand, or in doubt."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        if self.now is None:
            raise Deferral("clock-unreliable")
        return self.now


def own_orders(clock=None, *, is_open=True):
    own = OwnOrders(signals=Signals(), clock=clock or Clock())
    if is_open:
        own.open()
    return own


def test_what_is_recorded_is_claimed():
    """Orders are recorded as claimed, so that nobody else takes them meanwhile."""
    claimed = own_orders().claimed(ORDERS)
    assert claimed == Changes(orders=CLAIMED, are_orders_claimed=True)


def test_claimed_orders_are_taken_once_after_their_commit():
    """What was claimed goes to the relay when it is recorded, and not again."""
    own = own_orders()
    claimed = own.claimed(ORDERS)
    assert own.take(9) == []
    own.observe(claimed)
    assert own.take(1) == [CLAIMED[0]]
    assert own.take(9) == [CLAIMED[1]]
    assert own.take(9) == []


async def test_the_relay_is_woken():
    """Who waits for own orders hears of them at their commit."""
    signals = Signals()
    own = OwnOrders(signals=signals, clock=Clock())
    own.open()
    woken = signals.subscribe(TOPIC)
    own.observe(own.claimed(ORDERS))
    async with asyncio.timeout(1):
        await woken


def test_nothing_is_claimed_until_the_broker_takes_orders():
    """At the start, and while the broker is away, orders wait in the outbox for whoever can relay them."""
    own = own_orders(is_open=False)
    assert own.claimed(ORDERS) is ORDERS
    own.open()
    own.close()
    assert own.claimed(ORDERS) is ORDERS


def test_what_others_may_claim_is_not_taken():
    """Orders that were recorded unclaimed are left to those who look into the outbox."""
    own = own_orders()
    own.observe(ORDERS)
    assert own.take(9) == []


def test_a_relay_far_behind_gets_no_more():
    """Memory is bounded: beyond that orders wait in the outbox."""
    own = own_orders()
    own.observe(Changes(orders=(order(),) * MOST, are_orders_claimed=True))
    assert own.claimed(ORDERS) is ORDERS


def test_a_claim_that_ran_out_is_not_acted_on():
    """Somebody else may have claimed the order by then."""
    clock = Clock()
    own = own_orders(clock)
    own.observe(own.claimed(ORDERS))
    clock.now += CLAIM + timedelta(microseconds=1)
    assert own.take(9) == []


def test_a_clock_in_doubt_claims_nothing():
    """A claim is a time; the decision that is recorded has its own, and does not fail for it."""
    clock = Clock()
    own = own_orders(clock)
    clock.now = None
    assert own.claimed(ORDERS) is ORDERS
