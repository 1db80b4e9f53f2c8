"""Facts about the relay's word that the broker has an order."""

from datetime import timedelta

import pytest
from msgspec import structs

from hub.changes import Changes, Finished, Published, Stale
from hub.events import Event
from hub.lifecycle import State
from hub.marks import MOST, Marks
from hub.queries import Errand
from hub.trouble import Deferral
from tests.unit.hub.values import NOW, delivery, order, package

WAITING = Errand(order(delivery_id=delivery().id), package(), delivery=delivery())
UNTIL = NOW + timedelta(seconds=15)
AT_ONCE, NEVER = timedelta(0), timedelta(days=1)


class Hall:
    """A store in memory with the errands it is given; `is_moved`: a courier or a recall was faster."""

    def __init__(self, *errands, waiting=(WAITING.order.id,), is_moved=False):
        self._errands = errands
        self._waiting = frozenset(waiting)
        self._is_moved = is_moved
        self.is_away = False
        self.recorded = []

    async def errands(self, order_ids):
        return tuple(each for each in self._errands if each.order.id in order_ids)

    async def still_waiting(self, order_ids):
        return self._waiting.intersection(order_ids)

    async def record(self, changes):
        if self.is_away:
            raise Deferral("storage-unavailable")
        if changes.moves and self._is_moved:
            raise Stale(changes.moves[0].delivery_id)
        self.recorded.append(changes)


def marks(hall, patience=AT_ONCE):
    noted = Marks(store=hall, clock=lambda: NOW, patience=patience)
    noted.add([structs.replace(WAITING.order, due_at=UNTIL)])
    return noted


PUBLISHED = (Published(WAITING.order.id, NOW, UNTIL),)


async def test_what_waits_is_marked_once():
    """An order that nobody has concluded is published, and its accepted delivery queued, with an event."""
    hall = Hall(WAITING)
    noted = marks(hall)
    await noted.write()
    await noted.write()
    (changes,) = hall.recorded
    assert changes.order_changes == PUBLISHED
    assert [move.to for move in changes.moves] == [State.QUEUED]
    assert [each.event for each in changes.events] == [Event.QUEUING]


async def test_what_was_concluded_needs_no_mark():
    """The conclusion of an order takes the place of its mark."""
    hall = Hall(WAITING)
    noted = marks(hall)
    noted.observe(Changes(order_changes=(Finished(WAITING.order.id),)))
    await noted.write()
    assert hall.recorded == []


async def test_what_another_process_has_concluded_needs_no_mark():
    """The store knows what became of an order that was carried elsewhere."""
    hall = Hall(waiting=())
    await marks(hall).write()
    assert hall.recorded == []


async def test_nothing_is_marked_at_once():
    """Most orders are concluded before their mark is due."""
    hall = Hall(WAITING)
    await marks(hall, NEVER).write()
    assert hall.recorded == []


@pytest.mark.parametrize(
    "hall",
    [
        Hall(),
        Hall(WAITING, is_moved=True),
        Hall(structs.replace(WAITING, delivery=structs.replace(delivery(), state=State.WITHDRAWN))),
    ],
    ids=["unreadable", "moved just now", "moved before"],
)
async def test_only_the_order_is_marked(hall):
    """A delivery that has gone further is left as it is."""
    await marks(hall).write()
    assert hall.recorded == [Changes(order_changes=PUBLISHED)]


async def test_a_mark_is_tried_again():
    """What the store could not take is marked when it is back."""
    hall = Hall(WAITING)
    hall.is_away = True
    noted = marks(hall)
    with pytest.raises(Deferral):
        await noted.write()
    hall.is_away = False
    await noted.write()
    assert [each.order_changes for each in hall.recorded] == [PUBLISHED]


async def test_long_queues_are_marked_a_portion_at_a_time():
    """What waits behind an absent system is marked all at once, but never in more writes than the store takes."""
    ids = [f"order-{number:05}" for number in range(2 * MOST + 1)]
    hall = Hall(waiting=ids)
    noted = Marks(store=hall, clock=lambda: NOW, patience=AT_ONCE)
    noted.add(order(id=each, due_at=UNTIL) for each in ids)
    await noted.write()
    assert [len(each.order_changes) for each in hall.recorded] == [MOST, MOST, 1]
