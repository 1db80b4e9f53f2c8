"""Orders that are done and that nothing needs any more, on every engine."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from adapters.storage import tables
from hub.changes import Changes, Finished, Postponed, Published
from hub.events import Event
from hub.finished_orders import KEEP, FinishedOrders
from hub.lifecycle import State
from hub.order import Purpose

from .samples import AT, event, move, order, submission

NOW = max(datetime.now(UTC), AT)  # ids of orders say when they were made, by the machine's own clock
LATER = NOW + KEEP + timedelta(hours=1)


@pytest.fixture
def forgetting(store, clock):
    clock.now = LATER
    return FinishedOrders(store, clock)


async def finished(store, state, **changed):
    """Record a delivery in a state and its order, which is done; return both."""
    unit = submission(state=state)
    (copy,), (carried,) = unit.deliveries, unit.orders
    carried = replace(carried, **changed)
    await store.record(replace(unit, orders=(carried,)))
    await store.record(Changes(order_changes=(Finished(carried.id),)))
    return copy, carried


async def kept(storage):
    def read(connection):
        return set(connection.execute(select(tables.orders.c.id)).scalars())

    return await storage.database.read(read)


@pytest.mark.parametrize("state", [each for each in State if each.is_final])
async def test_the_order_of_an_ended_delivery_goes(storage, store, forgetting, state):
    """A done order whose delivery has ended is removed, and the delivery reads as before."""
    copy, _ = await finished(store, state)
    before = await store.delivery(copy.id)
    assert await forgetting.forget() == 1
    assert await kept(storage) == set()
    assert await store.delivery(copy.id) == before


@pytest.mark.parametrize("state", [each for each in State if not each.is_final])
async def test_the_order_of_an_open_delivery_stays(storage, store, forgetting, state):
    """While a delivery has not ended its order may be carried again: it stays, and goes after the end."""
    copy, carried = await finished(store, state)
    assert await forgetting.forget() == 0
    assert await kept(storage) == {carried.id}
    await store.record(Changes(moves=(move(copy, State.WITHDRAWN),)))
    assert await forgetting.forget() == 1


async def test_what_told_something_goes(storage, store, forgetting):
    """A done order that told an event is removed, however often it was tried; the event stays."""
    unit = submission(state=State.CONSIGNED)
    happened = event(Event.CONTENT_CONSIGNMENT, unit.package, unit.deliveries[0])
    telling = order(unit.deliveries[0], purpose=Purpose.TELL, delivery_id=None, event_id=happened.id)
    await store.record(replace(unit, orders=()))
    await store.record(Changes(events=(happened,), orders=(telling,)))
    await store.record(Changes(order_changes=(Postponed(telling.id, 3, AT, "timeout"),)))
    await store.record(Changes(order_changes=(Finished(telling.id),)))
    assert await forgetting.forget() == 1
    assert await kept(storage) == set()
    assert await store.event(happened.id) == happened


@pytest.mark.parametrize("change", [None, Published], ids=["waiting", "published"])
async def test_what_is_not_done_stays(storage, store, forgetting, change):
    """An order that is still to be carried stays, whatever became of its delivery."""
    unit = submission(state=State.EXPIRED)
    await store.record(unit)
    if change is not None:
        await store.record(Changes(order_changes=(change(unit.orders[0].id, AT),)))
    assert await forgetting.forget() == 0
    assert await kept(storage) == {unit.orders[0].id}


async def test_failed_attempts_stay_with_their_delivery(store, forgetting):
    """How often it failed and why is shown beside a delivery for ever."""
    unit = submission(state=State.CONSIGNED)
    (copy,), (carried,) = unit.deliveries, unit.orders
    await store.record(unit)
    await store.record(Changes(order_changes=(Postponed(carried.id, 2, AT, "answered 500"),)))
    await store.record(Changes(moves=(move(copy, State.HANDED_OVER),), order_changes=(Finished(carried.id),)))
    assert await forgetting.forget() == 0
    _, shown = await store.delivery(copy.id)
    assert (shown.attempts, shown.last_error) == (2, "answered 500")


async def test_a_delivery_that_was_tried_again_reads_as_before(store, forgetting):
    """The newest order of a delivery stands beside it: it leaves its place to no older one, which failed."""
    copy, failed = await finished(store, State.HANDED_OVER, attempts=8)
    again = order(copy)
    await store.record(Changes(orders=(again,)))
    await store.record(Changes(order_changes=(Finished(again.id),)))
    before = await store.delivery(copy.id)
    assert before[1].attempts == 0 != failed.attempts
    assert await forgetting.forget() == 0
    assert await store.delivery(copy.id) == before


@pytest.mark.parametrize("due_at", [AT, LATER], ids=["made-lately", "due-lately"])
async def test_young_orders_stay(store, clock, due_at):
    """What was made or due in the last days stays: a word about it may still be on its way."""
    await finished(store, State.HANDED_OVER, due_at=due_at)
    clock.now = LATER if due_at == LATER else NOW
    assert await FinishedOrders(store, clock).forget() == 0


async def test_a_portion_at_a_time(store):
    """Orders are looked at so many at a time, on from where the last portion ended, to the end."""
    for _ in range(5):
        await finished(store, State.HANDED_OVER)
    after, counts = "", []
    for _ in range(3):
        portion = await store.forget_finished(LATER, after, 2)
        after = portion.reached
        counts.append(portion.count)
    assert (counts, after) == ([2, 2, 1], "")


async def test_late_words_about_what_is_gone(store, forgetting):
    """A ticket for an order that is gone carries nothing, and a late word about it changes nothing."""
    _, carried = await finished(store, State.HANDED_OVER)
    assert await forgetting.forget() == 1
    assert await store.errands([carried.id]) == ()
    words = (Published(carried.id, AT), Postponed(carried.id, 1, AT, "late"), Finished(carried.id))
    await store.record(Changes(order_changes=words))
    assert await store.claim(10, LATER, LATER) == ()
