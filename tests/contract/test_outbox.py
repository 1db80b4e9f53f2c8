"""Orders on their way to the broker."""

import asyncio
from datetime import timedelta

from msgspec.structs import replace

from adapters.storage.lost import PORTION
from hub.changes import Changes, Finished, Postponed, Published
from hub.events import Event
from hub.ids import uuid7
from hub.lifecycle import State
from hub.order import Purpose
from hub.record import EventRecord
from routing.values import Binding, Lane

from .samples import AT, event, order, submission

LEASE = timedelta(seconds=15)


def seconds(count):
    return AT + timedelta(seconds=count)


async def recorded(store, **values):
    unit = submission(**values)
    await store.record(unit)
    return unit.orders[0]


async def claimed(store, now=AT, limit=10):
    return [each.id for each in await store.claim(limit, now, now + LEASE)]


def claimed_until(order_, until):
    return replace(order_, due_at=until)


async def test_due_orders_urgent_first(store):
    """Due orders come urgent first, then by due time; the limit counts both lanes."""
    normal = await recorded(store)
    urgent = await recorded(store, lane=Lane.URGENT)
    assert await store.claim(1, AT, seconds(15)) == (claimed_until(urgent, seconds(15)),)
    assert await store.claim(5, AT, seconds(15)) == (claimed_until(normal, seconds(15)),)


async def test_a_long_queue_leaves_places_for_what_is_new(store):
    """When more is due than is claimed, the newest come along, so that they do not wait behind all the others."""
    units = [submission(systems=("away",)) for _ in range(12)]
    new = submission(systems=("well",))
    for number, unit in enumerate((*units, new)):
        await store.record(replace(unit, orders=(replace(unit.orders[0], due_at=seconds(number)),)))
    oldest = [unit.orders[0].id for unit in units]
    assert await claimed(store, seconds(20)) == [*oldest[:8], new.orders[0].id, oldest[11]]
    assert await claimed(store, seconds(20)) == oldest[8:11]


async def test_orders_that_are_not_due_wait(store):
    """An order is claimed from its due time on, not before."""
    unit = submission()
    late = replace(unit.orders[0], due_at=seconds(10))
    await store.record(replace(unit, orders=(late,)))
    assert await claimed(store, seconds(9)) == []
    assert await claimed(store, seconds(10)) == [late.id]


async def test_claimed_orders_are_left_to_the_claimer(store):
    """A claimed order is not claimed again before the claim runs out; then it is, for its claimer may have died."""
    waiting = await recorded(store)
    assert await claimed(store) == [waiting.id]
    assert await claimed(store, seconds(14)) == []
    assert await claimed(store, seconds(15)) == [waiting.id]


async def test_published_orders_are_not_claimed(store):
    """What the broker has confirmed stays with the broker."""
    waiting = await recorded(store)
    await claimed(store)
    await store.record(Changes(order_changes=(Published(waiting.id, AT),)))
    assert await claimed(store, seconds(3600)) == []


async def test_postponed_order_returns_when_due(store):
    """A postponed order keeps its attempts and waits for its new due time."""
    waiting = await recorded(store)
    await claimed(store)
    await store.record(Changes(order_changes=(Published(waiting.id, AT),)))
    await store.record(Changes(order_changes=(Postponed(waiting.id, 1, seconds(100), "HTTP 500"),)))
    assert await claimed(store, seconds(99)) == []
    (found,) = await store.claim(10, seconds(100), seconds(115))
    assert (found.id, found.attempts) == (waiting.id, 1)


async def test_late_word_of_the_relay_does_not_hide_a_postponed_order(store):
    """When a courier has already failed and postponed, the relay's "published" changes nothing."""
    waiting = await recorded(store)
    await claimed(store)
    await store.record(Changes(order_changes=(Postponed(waiting.id, 1, seconds(100), "HTTP 500"),)))
    await store.record(Changes(order_changes=(Published(waiting.id, AT),)))
    assert await claimed(store, seconds(100)) == [waiting.id]
    await store.record(Changes(order_changes=(Published(waiting.id, AT),)))
    assert await claimed(store, seconds(3600)) == []


async def test_late_word_of_the_relay_does_not_revive_a_finished_order(store):
    """When a courier has already carried the order, the relay's "published" changes nothing."""
    waiting = await recorded(store)
    await claimed(store)
    await store.record(Changes(order_changes=(Finished(waiting.id),)))
    await store.record(Changes(order_changes=(Published(waiting.id, AT),)))
    assert await store.unpublish(None, seconds(3600)) == 0
    assert await store.errands([waiting.id]) == ()


async def test_finished_order_cannot_be_postponed(store):
    """What is done stays done."""
    waiting = await recorded(store)
    await store.record(Changes(order_changes=(Finished(waiting.id),)))
    await store.record(Changes(order_changes=(Postponed(waiting.id, 1, AT, "late"),)))
    assert await claimed(store, seconds(3600)) == []


async def test_next_due(store):
    """The relay learns when to look again."""
    assert await store.next_due() is None
    unit = submission(systems=("a", "b"))
    first, second = unit.orders
    await store.record(
        replace(unit, orders=(replace(first, due_at=seconds(9)), replace(second, due_at=seconds(5), lane=Lane.URGENT)))
    )
    assert await store.next_due() == seconds(5)
    await store.record(Changes(order_changes=(Finished(second.id),)))
    assert await store.next_due() == seconds(9)


async def test_due_orders_are_counted_up_to_a_limit(store):
    """Orders that are due and unclaimed are counted, of both lanes together no more than asked; retries to come are not."""
    await recorded(store)
    await recorded(store, lane=Lane.URGENT)
    postponed = await recorded(store)
    await store.record(Changes(order_changes=(Postponed(postponed.id, 1, seconds(100), "HTTP 500"),)))
    assert [await store.count_due(AT, most) for most in (1, 2, 5)] == [1, 2, 2]
    assert await store.count_due(seconds(100), 5) == 3
    await claimed(store)
    assert await store.count_due(AT, 5) == 0


async def test_systems_whose_orders_stay_at_the_broker(store):
    """Systems are named whose oldest published order was published before a time and is not done."""
    orders = [await recorded(store, systems=(system,)) for system in ("a", "a", "b", "c")]
    published = [Published(each.id, seconds(at)) for each, at in zip(orders, (0, 9, 9, 0), strict=True)]
    await store.record(Changes(order_changes=tuple(published)))
    await store.record(Changes(order_changes=(Finished(orders[3].id),)))
    assert await store.overdue_at_broker(AT) == frozenset()
    assert await store.overdue_at_broker(seconds(5)) == {"a"}
    assert await store.overdue_at_broker(seconds(10)) == {"a", "b"}


async def test_unpublish(store, topics):
    """What a broker lost becomes waiting again, for one system or all, and the relay is told."""
    one, other = await recorded(store), await recorded(store, systems=("sys-3",))
    await claimed(store)
    await store.record(Changes(order_changes=(Published(one.id, AT), Published(other.id, seconds(5)))))
    topics.clear()
    assert await store.unpublish(None, AT) == 0
    assert await store.unpublish("sys-3", seconds(60)) == 1
    assert await store.unpublish(None, seconds(60)) == 1
    assert topics[-1] == "outbox"
    assert sorted(await claimed(store, seconds(60))) == sorted([one.id, other.id])


async def test_a_mark_is_about_one_claim(store):
    """The relay's word that an order is published counts for as long as its claim; the loss of a queue ends that."""
    marked, lost = [await recorded(store, systems=(each,)) for each in ("a", "b")]
    assert sorted(await claimed(store)) == sorted([marked.id, lost.id])
    assert await store.unpublish("b", seconds(1)) == 0
    words = tuple(Published(each.id, AT, AT + LEASE) for each in (marked, lost))
    await store.record(Changes(order_changes=words))
    assert await store.still_waiting([marked.id, lost.id]) == {lost.id}
    assert await claimed(store, seconds(1)) == [lost.id]


async def test_orders_that_still_wait(store):
    """An order waits until it is published or done; one that is unknown does not."""
    waiting, published, done = [await recorded(store) for _ in range(3)]
    await store.record(Changes(order_changes=(Published(published.id, AT), Finished(done.id))))
    asked = [waiting.id, published.id, done.id, uuid7()]
    assert await store.still_waiting(asked) == {waiting.id}
    assert await store.still_waiting([]) == frozenset()


async def test_errand_of_a_consignment(store):
    """A courier gets the delivery and its package with the order."""
    unit = submission()
    await store.record(unit)
    (errand,) = await store.errands([unit.orders[0].id])
    assert (errand.order, errand.package, errand.event) == (unit.orders[0], unit.package, None)
    assert errand.delivery.id == unit.deliveries[0].id


async def test_errand_of_a_telling(store):
    """A courier that tells an event gets it and its package."""
    unit = submission()
    telling = order(unit.deliveries[0], purpose=Purpose.TELL, delivery_id=None, event_id=unit.events[0].id)
    await store.record(replace(unit, orders=(telling,)))
    (errand,) = await store.errands([telling.id])
    assert (errand.order, errand.package, errand.delivery, errand.event) == (
        telling,
        unit.package,
        None,
        unit.events[0],
    )


async def test_errand_of_an_event_without_package(store):
    """A receipt that concerns no package is told alone."""
    record = EventRecord(
        id=uuid7(),
        event=Event.SUBMISSION_REJECTION,
        at=AT,
        package_id=None,
        document_id=None,
        sender=None,
        sender_system="sys-1",
        jws="jws",
    )
    unit = submission()
    telling = order(unit.deliveries[0], purpose=Purpose.TELL, delivery_id=None, event_id=record.id)
    await store.record(Changes(events=(record,), orders=(telling,)))
    (errand,) = await store.errands([telling.id])
    assert (errand.package, errand.event) == (None, record)


async def test_errands_come_in_the_order_asked(store):
    """Errands keep the order of the question; done and unknown orders are left out."""
    units = [submission() for _ in range(3)]
    told = event(Event.RECALL, units[0].package)
    telling = order(units[0].deliveries[0], purpose=Purpose.TELL, delivery_id=None, event_id=told.id)
    for unit in units:
        await store.record(unit)
    await store.record(Changes(events=(told,), orders=(telling,), order_changes=(Finished(units[1].orders[0].id),)))
    asked = [units[2].orders[0].id, telling.id, units[1].orders[0].id, uuid7(), units[0].orders[0].id]
    found = await store.errands(asked)
    assert [each.order.id for each in found] == [asked[0], asked[1], asked[4]]


async def recorded_queue(store, count, **values):
    """Record orders of one system, and that a broker has them."""
    unit = submission(systems=("a",) * count, **values)
    orders = tuple(replace(each, binding=Binding.AMQP) for each in unit.orders)
    await store.record(replace(unit, orders=orders))
    await store.record(Changes(order_changes=tuple(Published(each.id, AT) for each in orders)))
    return orders


async def test_a_long_queue_that_is_lost_leaves_others_their_turn(store):
    """While all of a long queue is made to wait again, what else is to be written is written between two portions."""
    await recorded_queue(store, 2 * PORTION + 1)
    unpublishing = asyncio.ensure_future(store.unpublish("a", seconds(1)))
    await asyncio.sleep(0)
    await store.record(submission())
    assert not unpublishing.done()
    assert await unpublishing == 2 * PORTION + 1
    assert await store.unpublish("a", seconds(1)) == 0


async def test_a_long_queue_is_reminded_of_in_portions(store):
    """However much a system did not acknowledge, all of it is carried again, and others have their turn meanwhile."""
    orders = await recorded_queue(store, 2 * PORTION + 1, state=State.CONSIGNED)
    await store.record(Changes(order_changes=tuple(Finished(each.id) for each in orders)))
    reminding = asyncio.ensure_future(store.remind(None, seconds(1)))
    await asyncio.sleep(0)
    await store.record(submission())
    assert not reminding.done()
    assert await reminding == 2 * PORTION + 1
    assert await store.remind("a", seconds(1)) == 0


async def test_what_was_concluded_before_the_relay_noted_it_is_reminded_of_in_its_time(store):
    """An order that its courier concluded before it was noted as published counts as carried when it was claimed."""
    unit = submission(systems=("a",), state=State.CONSIGNED)
    await store.record(replace(unit, orders=(replace(unit.orders[0], binding=Binding.AMQP),)))
    await claimed(store)
    await store.record(Changes(order_changes=(Finished(unit.orders[0].id),)))
    assert await store.remind("a", AT - timedelta(hours=6)) == 0
    assert await store.remind("a", AT) == 1


async def test_reminders(store, topics):
    """What was carried into a system's own queue is carried again on demand, while it is consigned and not acknowledged."""

    async def carried(system, state, binding=Binding.AMQP):
        unit = submission(systems=(system,), state=state)
        order = replace(unit.orders[0], binding=binding)
        await store.record(replace(unit, orders=(order,)))
        await claimed(store)  # which moves its due time to the end of the claim
        await store.record(Changes(order_changes=(Published(order.id, AT),)))
        await store.record(Changes(order_changes=(Finished(order.id),)))
        return order.id

    forgotten = await carried("a", State.CONSIGNED)
    other = await carried("b", State.CONSIGNED)
    await carried("a", State.HANDED_OVER)
    await carried("a", State.CONSIGNED, Binding.PULL)
    assert await store.remind("a", AT) == 0
    assert await store.remind("a", seconds(1)) == 1
    assert await claimed(store, seconds(1)) == [forgotten]
    assert "outbox" in topics
    assert await store.remind(None, seconds(1)) == 1
    assert await claimed(store, seconds(1)) == [other]
