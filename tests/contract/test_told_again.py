"""Receipts that are put into a system's own queue again, on every engine."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from hub.changes import Changes
from hub.events import Event
from hub.lifecycle import State
from hub.order import Purpose
from hub.told_again import BATCH, tell_again
from routing.directory import Directory
from routing.values import Binding, SignaturePolicy, System

from .samples import AT, event, submission

UNTIL = AT + timedelta(days=1)


def directory(**bindings):
    return Directory.build(
        [System(name.replace("_", "-"), name, binding, SignaturePolicy.REQUIRED) for name, binding in bindings.items()],
        (),
    )


#: The sender `sys-1` and the recipient `sys-2` both consume their own queues.
FED = directory(sys_1=Binding.AMQP, sys_2=Binding.AMQP)


async def happened(store, *kinds, at=AT):
    """Record a package to which this happened, without orders; return the events."""
    unit = submission(state=State.CONSIGNED)
    events = tuple(event(kind, unit.package, unit.deliveries[0], at=at) for kind in kinds)
    await store.record(replace(unit, orders=()))
    await store.record(Changes(events=events))
    return events


async def told(store):
    """Return whom the waiting orders tell which events."""
    orders = await store.claim(1_000, UNTIL, UNTIL + timedelta(days=1))
    assert all((each.purpose, each.binding) == (Purpose.TELL, Binding.AMQP) for each in orders)
    return sorted((each.system_id, each.event_id) for each in orders)


@pytest.mark.parametrize(
    "system, kinds",
    [
        ("sys-1", (Event.CONTENT_CONSIGNMENT, Event.WITHDRAWAL)),
        ("sys-2", (Event.WITHDRAWAL,)),
    ],
    ids=["sender", "recipient"],
)
async def test_what_a_system_was_told_is_told_again(store, system, kinds):
    """A sender is told again all receipts of its packages, a recipient those that end a delivery without it; nobody else is."""
    events = await happened(store, Event.CONTENT_CONSIGNMENT, Event.QUEUING, Event.WITHDRAWAL)
    assert await tell_again(store, FED, system, AT, UNTIL) == len(kinds)
    assert await told(store) == sorted((system, each.id) for each in events if each.event in kinds)


async def test_only_what_happened_in_that_time(store):
    """What happened before is left alone, and so is what happens from the end on: it is told anyway."""
    times = (AT - timedelta(seconds=1), AT, UNTIL)
    _, (wanted,), _ = [await happened(store, Event.CONTENT_CONSIGNMENT, at=at) for at in times]
    assert await tell_again(store, FED, "sys-1", AT, UNTIL) == 1
    assert await told(store) == [("sys-1", wanted.id)]


async def test_many_are_told_again(store):
    """More receipts than are read at once are all told again, each once."""
    unit = submission(state=State.CONSIGNED)
    await store.record(replace(unit, orders=()))
    events = [event(Event.CONTENT_CONSIGNMENT, unit.package, unit.deliveries[0]) for _ in range(BATCH + 5)]
    await store.record(Changes(events=tuple(events)))
    assert await tell_again(store, FED, "sys-1", AT, UNTIL) == BATCH + 5
    assert await told(store) == sorted(("sys-1", each.id) for each in events)


async def test_who_asks_is_not_told(store):
    """A system that reads its feed gets no orders."""
    await happened(store, Event.CONTENT_CONSIGNMENT)
    asking = directory(sys_1=Binding.PULL)
    assert await tell_again(store, asking, "sys-1", AT, UNTIL) == 0
