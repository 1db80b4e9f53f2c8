"""Facts about deliveries that an operator has tried again, on every engine."""

import asyncio

from hub.accounts import Register, Snapshot
from hub.changes import Changes, Move
from hub.lifecycle import State
from hub.redrive import Redrive
from routing.values import Binding, SignaturePolicy, System
from tests.contract.samples import submission
from tests.unit.hub.values import FixedRegister

SYSTEM = System(id="a", name="a", binding=Binding.WEBHOOK, policy=SignaturePolicy.REQUIRED)


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
    register = FixedRegister(Snapshot.of(Register(1, (SYSTEM,), (), (), (), (), {})))
    async with asyncio.timeout(5):
        assert await Redrive(store=Hopeless(store), register=register, clock=clock).redrive_all() == 3
    assert len(await store.in_state(State.DEAD, None, 10)) == 3
