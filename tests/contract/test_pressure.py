"""Back-pressure: what is accepted must be written and carried."""

from datetime import timedelta

import pytest

from hub.freight import Freight
from hub.marks import Marks
from hub.own_orders import OwnOrders
from hub.pressure import Pressure
from hub.relay import Relay
from hub.signals import Signals
from hub.trouble import Deferral

from .samples import AT, submission


def pressure(storage, clock, most_due=3):
    return Pressure(
        outbox=storage.store, most_due=most_due, require_store=storage.database.writer.require_room, clock=clock
    )


async def test_outbox_grows_to_its_limit(storage, broker, clock):
    """While the broker takes nothing packages come in until the outbox is full; when it takes orders again, so does the hub."""
    clock.now = AT
    felt = pressure(storage, clock)
    marks = Marks(store=storage.store, clock=clock, patience=timedelta(0))
    signals = Signals()
    relay = Relay(
        store=storage.store,
        broker=broker,
        freight=Freight(),
        marks=marks,
        own=OwnOrders(signals=signals, clock=clock),
        signals=signals,
        clock=clock,
    )
    for _ in range(3):
        await felt.look()
        felt.require_room()
        await storage.store.record(submission(systems=("a",)))
    await felt.look()
    with pytest.raises(Deferral) as raised:
        felt.require_room()
    assert raised.value.code == "overloaded"
    assert raised.value.retry_after > timedelta(0)
    assert [each.value for each in felt.measure()] == [3]
    assert await relay.relay_once() == 3
    await felt.look()
    felt.require_room()


async def test_no_limit(storage, clock):
    """With a limit of 0 the outbox may grow for ever."""
    clock.now = AT
    felt = pressure(storage, clock, most_due=0)
    await storage.store.record(submission())
    await felt.look()
    felt.require_room()
