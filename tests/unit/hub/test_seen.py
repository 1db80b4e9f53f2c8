"""Facts about deliveries that were just read by who will acknowledge them."""

from datetime import timedelta

import pytest

from hub.accounts import Caller, Role
from hub.changes import Stale
from hub.handover import Handover
from hub.lifecycle import State
from hub.seen import Seen
from hub.trouble import Refusal
from tests.unit.hub.values import NOW, FixedRegister, attestor, delivery, package, snapshot

PAIR = package(), delivery(State.CONSIGNED)
RECIPIENT, STRANGER = Caller("recipient", Role.SYSTEM), Caller("sender", Role.SYSTEM)


class Store:
    """A store in memory that counts how often the delivery is read."""

    def __init__(self, state=State.CONSIGNED):
        self._state = state
        self.reads = 0

    async def delivery(self, _delivery_id):
        self.reads += 1
        return package(), delivery(self._state)

    async def record(self, changes):
        if changes.moves[0].expected is not self._state:
            raise Stale(changes.moves[0].delivery_id)


def seen(**bounds):
    kept = Seen(**bounds)
    kept.put(*PAIR)
    return kept


def handover(store, kept):
    return Handover(store=store, register=FixedRegister(snapshot()), attestor=attestor(), clock=lambda: NOW, seen=kept)


def test_taken_once():
    """The second who asks must read the store."""
    kept = seen()
    assert kept.take(delivery().id) == PAIR
    assert kept.take(delivery().id) is None


@pytest.mark.parametrize("bounds", [{"most": 0}, {"kept": timedelta(seconds=-1)}], ids=["too many", "too old"])
def test_bounded(bounds):
    """Neither many nor old ones are kept."""
    assert seen(**bounds).take(delivery().id) is None


async def test_acknowledged_without_another_read():
    """Who fetched a content and acknowledges it costs one read."""
    store = Store()
    concluded = await handover(store, seen()).acknowledge(RECIPIENT, delivery().id)
    assert (concluded.delivery.state, store.reads) == (State.HANDED_OVER, 0)


async def test_what_moved_meanwhile_is_read_anew():
    """A delivery that was withdrawn since its content was fetched is not handed over."""
    store = Store(State.WITHDRAWN)
    with pytest.raises(Refusal) as raised:
        await handover(store, seen()).acknowledge(RECIPIENT, delivery().id)
    assert (raised.value.code, store.reads) == ("delivery-ended", 1)


async def test_nobody_acknowledges_for_another():
    """What one system has fetched is no other system's to acknowledge."""
    with pytest.raises(Refusal) as raised:
        await handover(Store(), seen()).acknowledge(STRANGER, delivery().id)
    assert raised.value.code == "not-found"
