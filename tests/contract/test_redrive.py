"""Facts about deliveries that an operator has tried again, on every engine."""

import asyncio
from datetime import timedelta

from hub.accounts import Register, Snapshot
from hub.changes import Changes, Move
from hub.conclusion import Concluder
from hub.events import Event
from hub.lifecycle import State
from hub.order import Consigned
from hub.redrive import Redrive
from routing.schedule import RetrySchedule
from routing.values import Agency, Binding, SignaturePolicy, System
from tests.contract.samples import AT, submission
from tests.unit.hub.values import FixedRegister, attestor


def system(name, binding=Binding.WEBHOOK, **more):
    return System(id=name, name=name, binding=binding, policy=SignaturePolicy.REQUIRED, **more)


def register(*systems, agencies=()):
    return FixedRegister(Snapshot.of(Register(1, systems, agencies, (), (), (), {})))


class Hopeless:
    """A store beside which a hub carries at once whatever is to be carried, and gives it up."""

    def __init__(self, store):
        self._store = store
        self.in_state = store.in_state

    async def record(self, changes):
        await self._store.record(changes)
        given_up = (Move(each.delivery_id, each.to, State.DEAD, each.at) for each in changes.moves)
        await self._store.record(Changes(moves=tuple(given_up)))


async def test_what_dies_again_at_once_is_tried_once(store, clock):
    """A running hub may give up what was put on its way again before the rest is: each is tried once nevertheless."""
    for _ in range(3):
        await store.record(submission(systems=("a",), state=State.DEAD))
    redriving = Redrive(store=Hopeless(store), register=register(system("a")), clock=clock)
    async with asyncio.timeout(5):
        assert await redriving.redrive_all() == 3
    assert len(await store.in_state(State.DEAD, None, 10)) == 3


async def test_it_follows_its_agency(store, broker, clock):
    """A dead delivery goes to the system that its agency has by now; what still comes out of the old queue carries nothing."""
    clock.now = AT
    unit = submission(systems=("a",), state=State.DEAD)
    await store.record(unit)
    (dead,) = unit.deliveries
    known = register(system("a"), system("b"), agencies=(Agency(dead.recipient, "Sở", system_id="b"),))
    assert await Redrive(store=store, register=known, clock=clock).redrive_all("a") == 1
    _, delivery = await store.delivery(dead.id)
    assert (delivery.system_id, delivery.state) == ("b", State.ACCEPTED)
    orders = await store.claim(10, clock(), clock() + timedelta(minutes=1))
    await broker.publish(orders)
    tickets = await broker.take(10, frozenset())
    assert sorted(each.system_id for each in tickets) == ["a", "b"]
    concluder = Concluder(attestor=attestor(), schedule=RetrySchedule.of_seconds(5), register=known, clock=clock)
    for errand in sorted(
        await store.errands([each.order_id for each in tickets]), key=lambda errand: errand.order.system_id
    ):
        assert concluder.is_wanted(errand) == (errand.order.system_id == "b")
        await store.record(concluder.conclude(errand, Consigned()))
    (item,) = await store.lease("b", None, 10, clock(), timedelta(minutes=5))
    assert item.id == dead.id
    assert await store.lease("a", None, 10, clock(), timedelta(minutes=5)) == ()
    story = await store.events(unit.package.id)
    assert [(each.event, each.recipient_system) for each in story[1:]] == [
        (Event.REDRIVE, "b"),
        (Event.CONTENT_CONSIGNMENT, "b"),
    ]


async def test_what_another_axis_may_have_stays_with_it(store, clock):
    """A delivery that went up to another axis is sent there again, although its agency is connected here by now."""
    unit = submission(systems=("up",), state=State.DEAD)
    await store.record(unit)
    (dead,) = unit.deliveries
    agencies = (Agency(dead.recipient, "Sở", system_id="b"),)
    known = register(system("up", Binding.UPSTREAM, reaches=("",)), system("b"), agencies=agencies)
    assert await Redrive(store=store, register=known, clock=clock).redrive_all() == 1
    _, delivery = await store.delivery(dead.id)
    assert (delivery.system_id, delivery.state) == ("up", State.ACCEPTED)
