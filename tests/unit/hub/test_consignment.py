"""Facts about how serving ends: what was begun is concluded, the rest is given back, nobody waits out a rest."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from hub.changes import Postponed
from hub.conclusion import Concluder
from hub.consignment import Consignment
from hub.freight import Freight
from hub.ids import DeliveryId, OrderId
from hub.lifecycle import State
from hub.order import Consigned, Failed, Gone
from hub.queries import Errand, Ticket
from hub.signals import Signals
from hub.trouble import Defect, Deferral
from routing.directory import Directory
from routing.schedule import RetrySchedule
from routing.values import Binding, Lane
from tests.unit.hub.values import NOW, FixedRegister, attestor, delivery, order, package, snapshot


class Hall:
    """A store and a broker in memory, with orders of one system that is called."""

    def __init__(self, count):
        self._errands = dict(map(_errand, range(count)))
        self.waiting = list(self._errands)
        self.recorded, self.settled, self.released = [], [], []
        self.unreadable, self.unwritable = set(), set()
        self.refused = ValueError("a value that the database does not take")
        self.ailing = frozenset()
        self.trouble = None
        self.is_asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.is_recording, self.may_record = asyncio.Event(), asyncio.Event()
        self.may_record.set()

    async def take(self, limit, busy, ailing=frozenset()):
        self.ailing = ailing
        self.is_asked.set()
        taken, self.waiting = self.waiting, []
        await self.may_answer.wait()
        if self.trouble is not None:
            raise self.trouble
        return tuple(Ticket(each, "recipient", Lane.NORMAL, None) for each in taken)

    async def settle(self, tickets):
        self.settled += [each.order_id for each in tickets]

    async def keep(self, tickets):
        return tuple(tickets)

    async def release(self, tickets):
        self.released += [each.order_id for each in tickets]

    async def errands(self, order_ids):
        if self.unreadable.intersection(order_ids):
            raise ValueError("a state that nobody knows")
        return tuple(self._errands[each] for each in order_ids)

    async def record(self, changes):
        if changes.moves and self.unwritable.intersection(each.order_id for each in changes.order_changes):
            raise self.refused
        self.is_recording.set()
        await self.may_record.wait()
        self.recorded.append(changes)


class Walker:
    """A courier that waits to be told to arrive, with what came of it."""

    binding = Binding.WEBHOOK

    def __init__(self, outcome):
        self._outcome = outcome
        self.has_left, self.may_arrive = asyncio.Event(), asyncio.Event()
        self.carried = []

    async def carry(self, errand):
        self.has_left.set()
        await self.may_arrive.wait()
        self.carried.append(errand.order.id)
        return self._outcome


def _errand(number):
    order_id = OrderId(f"01a200cd-0000-7000-8000-00000000010{number}")
    copy = delivery(State.QUEUED, id=DeliveryId(f"01a200cd-0000-7000-8000-00000000020{number}"))
    return order_id, Errand(order=order(id=order_id, delivery_id=copy.id), package=package(), delivery=copy)


async def keep_address(_system_id, _address):
    raise AssertionError("nobody is gone")


def serving(hall, courier, register=None, freight=None, forget_address=keep_address):
    return Consignment(
        store=hall,
        broker=hall,
        couriers={Binding.WEBHOOK: courier},
        concluder=Concluder(
            attestor=attestor(),
            schedule=RetrySchedule.of_seconds(3600, spread=0.0),
            register=register or FixedRegister(snapshot()),
            clock=lambda: NOW,
        ),
        freight=freight or Freight(),
        signals=Signals(),
        concurrency=lambda _binding: 1,
        forget_address=forget_address,
    )


async def ended(task):
    await asyncio.wait({task}, timeout=10)
    assert task.cancelled()


async def test_what_is_under_way_is_concluded_and_the_rest_given_back():
    """Told to stop, a courier that has left arrives and is concluded; orders not begun go back to their queue."""
    hall, courier = Hall(3), Walker(Consigned())
    task = asyncio.create_task(serving(hall, courier).run())
    await courier.has_left.wait()
    task.cancel()
    await asyncio.sleep(0)
    courier.may_arrive.set()
    await ended(task)
    (first,) = courier.carried
    assert len(hall.recorded) == 1
    assert hall.settled == [first]
    assert len(hall.released) == 2
    assert first not in hall.released


async def test_a_system_has_few_conclusions_under_way():
    """The next order of a system is carried only when the conclusion of the one before it is recorded."""
    hall, courier = Hall(3), Walker(Consigned())
    courier.may_arrive.set()
    hall.may_record.clear()
    task = asyncio.create_task(serving(hall, courier).run())
    await hall.is_recording.wait()
    for _ in range(20):  # more rounds than the next one would need
        await asyncio.sleep(0)
    assert len(courier.carried) == 1
    hall.may_record.set()
    while len(hall.settled) < 3:
        await asyncio.sleep(0.01)
    assert len(courier.carried) == 3
    task.cancel()
    await ended(task)


async def test_a_broker_that_goes_away_meanwhile_does_not_hold_up_the_end():
    """Told to stop while it asks for tickets, serving ends also when what comes back is trouble."""
    hall, courier = Hall(1), Walker(Consigned())
    hall.may_answer.clear()
    task = asyncio.create_task(serving(hall, courier).run())
    await hall.is_asked.wait()
    task.cancel()
    await asyncio.sleep(0)
    hall.trouble = Deferral("broker-unavailable")
    hall.may_answer.set()
    await ended(task)


async def test_a_resting_system_keeps_nobody_waiting():
    """A system that rests after failures does not hold up the end."""
    hall, courier = Hall(3), Walker(Failed("500"))
    courier.may_arrive.set()
    task = asyncio.create_task(serving(hall, courier).run())
    while len(hall.settled) < 3:
        await asyncio.sleep(0.01)
    task.cancel()
    await ended(task)
    assert hall.released == []


async def test_a_system_that_keeps_failing_is_tried_no_more():
    """After three failures in a row the rest of a system's orders go back untried, and one alone is asked for next."""
    hall, courier = Hall(6), Walker(Failed("500"))
    courier.may_arrive.set()
    task = asyncio.create_task(serving(hall, courier).run())
    while len(hall.released) < 3:
        await asyncio.sleep(0.01)
    assert len(courier.carried) == 3
    assert sorted([*courier.carried, *hall.released]) == sorted(hall.settled + hall.released)
    while not hall.ailing:
        await asyncio.sleep(0.01)
    assert hall.ailing == {"recipient"}
    task.cancel()
    await ended(task)


async def test_what_is_taken_in_the_last_moment_is_given_back():
    """Tickets that the broker hands out while the end comes are given back, not kept until their time is up."""
    hall = Hall(2)
    hall.may_answer.clear()
    task = asyncio.create_task(serving(hall, Walker(Consigned())).run())
    await hall.is_asked.wait()
    task.cancel()
    await asyncio.sleep(0)
    hall.may_answer.set()
    await ended(task)
    assert len(hall.released) == 2


async def served(hall, count):
    """Serve until so many tickets are settled; return the orders that were recorded as consigned."""
    task = asyncio.create_task(serving(hall, arriving(Walker(Consigned()))).run())
    while len(hall.settled) < count:
        await asyncio.sleep(0.01)
    task.cancel()
    await ended(task)
    return {each.order_changes[0].order_id for each in hall.recorded if each.moves}


def arriving(courier):
    courier.may_arrive.set()
    return courier


async def test_what_cannot_be_read_holds_up_no_neighbour():
    """Row 56: an order whose rows cannot be read is left out; those taken together with it are carried and concluded."""
    hall = Hall(3)
    first, *others = hall.waiting
    hall.unreadable = {first}
    assert await served(hall, 3) == set(others)
    assert hall.released == []


@pytest.mark.parametrize("kind", [ValueError, Defect])
async def test_what_cannot_be_concluded_holds_up_no_neighbour(kind):
    """Row 56: an order whose conclusion always fails is postponed with the reason; those taken with it are concluded."""
    hall = Hall(3)
    first, *others = hall.waiting
    hall.unwritable, hall.refused = {first}, kind("a value that the database does not take")
    assert await served(hall, 3) == set(others)
    (postponed,) = [each for changes in hall.recorded for each in changes.order_changes if isinstance(each, Postponed)]
    assert (postponed.order_id, postponed.attempts, postponed.error) == (first, 1, f"{kind.__name__} in the conclusion")
    assert postponed.due_at > NOW


async def test_an_error_that_nobody_expected_keeps_no_ticket():
    """Tickets go back to their queue also when serving ends in an error of the hub itself."""
    hall = Hall(2)

    async def settle(_tickets):
        raise ValueError("nobody expected this")

    hall.settle = settle
    task = asyncio.create_task(serving(hall, arriving(Walker(Consigned()))).run())
    while not hall.released:
        await asyncio.sleep(0.01)
    task.cancel()
    await ended(task)
    assert len(hall.released) == 2


async def test_nothing_is_carried_to_a_suspended_system():
    """What waits for a suspended system goes back untried and without an attempt; when it is resumed it is carried."""
    hall, courier = Hall(3), arriving(Walker(Consigned()))
    resumed = snapshot()
    suspended = [replace(each, is_active=False) for each in resumed.directory.systems()]
    register = FixedRegister(replace(resumed, directory=Directory.build(suspended, (), version=1)))
    task = asyncio.create_task(serving(hall, courier, register).run())
    while len(hall.released) < 3:
        await asyncio.sleep(0.01)
    assert (courier.carried, hall.recorded) == ([], [])
    register.snapshot = resumed
    hall.waiting = list(hall.released)
    while len(courier.carried) < 3:
        await asyncio.sleep(0.01)
    task.cancel()
    await ended(task)


async def test_a_slow_system_is_asked_again_what_is_urgent():
    """When carrying takes long the orders not begun go back to their queue, so that urgent ones come before them."""
    hall, courier = Hall(3), arriving(Walker(Consigned()))
    consignment = serving(hall, courier)
    consignment.longest = timedelta(0)
    task = asyncio.create_task(consignment.run())
    while not hall.released:
        await asyncio.sleep(0.01)
    first, *others = hall._errands
    assert (courier.carried, hall.settled, hall.released) == ([first], [first], others)
    task.cancel()
    await ended(task)


async def test_what_is_at_hand_does_not_overtake():
    """Orders are carried in the order in which the broker gave them, urgent ones first, whichever of them had to be read."""
    hall, courier = Hall(3), arriving(Walker(Consigned()))
    freight = Freight()
    freight.put(list(hall._errands.values())[-1])
    task = asyncio.create_task(serving(hall, courier, freight=freight).run())
    while len(hall.settled) < 3:
        await asyncio.sleep(0.01)
    assert courier.carried == list(hall._errands)
    task.cancel()
    await ended(task)


async def test_an_address_that_was_replaced_meanwhile():
    """410 of an address that its system has replaced meanwhile is a failed attempt: the next one goes to the new address."""
    hall, forgotten = Hall(1), []

    async def forget(system_id, address):
        forgotten.append((system_id, address))
        return False

    task = asyncio.create_task(
        serving(hall, arriving(Walker(Gone("gone", "https://old.example.vn/"))), forget_address=forget).run()
    )
    while not hall.recorded:
        await asyncio.sleep(0.01)
    task.cancel()
    await ended(task)
    assert [address for _, address in forgotten] == ["https://old.example.vn/"]
    (postponed,) = hall.recorded[0].order_changes
    assert (type(postponed), postponed.error) == (Postponed, "gone")
