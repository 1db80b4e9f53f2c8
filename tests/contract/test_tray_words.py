"""What a recipient's system may say about a delivery before the handover, and when somebody must call it."""

import pytest
from structlog.testing import capture_logs

from hub.accounts import Caller, Role
from hub.changes import Changes
from hub.events import Event
from hub.lifecycle import State
from hub.signals import Signals
from hub.tray import Tray
from hub.trouble import Refusal

from .samples import AT, move, submission

CALLER = Caller("sys-2", Role.SYSTEM)
FAILURE, PROCESSING = Event.PROCESSING_FAILURE, Event.PROCESSING


@pytest.fixture
def tray(store):
    return Tray(store=store, signals=Signals(), clock=lambda: AT, failures_before_alarm=3)


@pytest.fixture
async def delivery(store):
    unit = submission()
    await store.record(unit)
    await store.record(Changes(moves=(move(unit.deliveries[0], State.CONSIGNED),)))
    return unit.deliveries[0]


async def test_words_move_nothing(store, tray, delivery):
    """The delivery stays consigned; a word said twice in a row is written down once."""
    for word in (PROCESSING, PROCESSING, FAILURE, PROCESSING):
        await tray.mark(CALLER, delivery.id, word)
    assert await store.marks(delivery.id) == (PROCESSING, FAILURE, PROCESSING)
    assert (await store.delivery(delivery.id))[1].state is State.CONSIGNED


async def test_the_third_failure_raises_the_alarm_once(store, tray, delivery):
    """From then on nothing more is written down, however often it fails."""
    with capture_logs() as logs:
        for _ in range(10):
            await tray.mark(CALLER, delivery.id, FAILURE)
            await tray.mark(CALLER, delivery.id, PROCESSING)
    assert [each["event"] for each in logs] == ["delivery-keeps-failing"]
    assert (logs[0]["log_level"], logs[0]["delivery_id"], logs[0]["times"]) == ("error", delivery.id, 3)
    assert (await store.marks(delivery.id)).count(FAILURE) == 3
    assert [each.value for each in tray.measure()] == [1]


async def test_a_late_word_does_no_harm(store, tray, delivery):
    """After the handover nothing is written down; after a recall the caller is told."""
    await store.record(Changes(moves=(move(delivery, State.HANDED_OVER, expected=State.CONSIGNED),)))
    await tray.mark(CALLER, delivery.id, FAILURE)
    assert await store.marks(delivery.id) == ()


@pytest.mark.parametrize("state, code", [(State.QUEUED, "delivery-not-consigned"), (State.WITHDRAWN, "delivery-ended")])
async def test_only_what_is_in_the_tray(store, tray, state, code):
    """Nothing is said about what is not there yet, or no more."""
    unit = submission()
    await store.record(unit)
    await store.record(Changes(moves=(move(unit.deliveries[0], state),)))
    with pytest.raises(Refusal) as refused:
        await tray.mark(CALLER, unit.deliveries[0].id, PROCESSING)
    assert refused.value.code == code


async def test_another_systems_delivery_does_not_exist(tray, delivery):
    """Ownership is asked before anything else."""
    with pytest.raises(Refusal) as refused:
        await tray.mark(Caller("sys-3", Role.SYSTEM), delivery.id, PROCESSING)
    assert refused.value.code == "not-found"
