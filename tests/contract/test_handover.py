"""Handovers on every engine."""

import pytest

from hub.accounts import Caller, Role
from hub.changes import Changes
from hub.events import Event
from hub.handover import Handover
from hub.lifecycle import State
from hub.trouble import Refusal
from tests.contract.samples import AT, event, move, submission
from tests.unit.hub.values import FixedRegister, attestor, snapshot


@pytest.fixture
def handover(store, clock):
    return Handover(store=store, register=FixedRegister(snapshot()), attestor=attestor(), clock=clock)


async def test_what_was_relayed_is_not_handed_over_again(store, handover):
    """A word about a delivery that another axis has taken over is refused: it has ended, and by no handover of ours."""
    unit = submission(systems=("recipient",), state=State.QUEUED)
    await store.record(unit)
    (copy,) = unit.deliveries
    relayed = event(Event.RELAY_ACCEPTANCE, unit.package, copy, at=AT)
    await store.record(Changes(moves=(move(copy, State.HANDED_OVER),), events=(relayed,)))
    with pytest.raises(Refusal) as raised:
        await handover.acknowledge(Caller("recipient", Role.SYSTEM), copy.id)
    assert raised.value.code == "delivery-ended"
