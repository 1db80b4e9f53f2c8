"""Facts about what an outcome changes."""

from datetime import timedelta

import pytest

from hub.changes import Finished, Move, Postponed
from hub.conclusion import Concluder
from hub.events import Event
from hub.lifecycle import State
from hub.order import Consigned, Failed, Hopeless, Purpose, Rejected, Relayed
from hub.queries import Errand
from routing.schedule import RetrySchedule
from routing.values import Binding
from signing.receipt import Reason
from tests.unit.hub.values import NOW, FixedRegister, attestor, delivery, order, package, snapshot


@pytest.fixture
def concluder() -> Concluder:
    return Concluder(
        attestor=attestor(),
        schedule=RetrySchedule.of_seconds(10, 60, spread=0.0),
        register=FixedRegister(snapshot()),
        clock=lambda: NOW,
    )


def _errand(state: State = State.QUEUED, attempts: int = 0) -> Errand:
    return Errand(order=order(attempts=attempts), package=package(), delivery=delivery(state))


@pytest.mark.parametrize("state, meanwhile", [(State.ACCEPTED, State.QUEUED), (State.QUEUED, None)])
def test_a_carried_delivery_is_consigned_and_receipted(concluder, state, meanwhile):
    """Also when the relay has not recorded the publication yet."""
    changes = concluder.conclude(_errand(state), Consigned())
    assert changes.moves == (Move(delivery().id, state, State.CONSIGNED, NOW, or_expected=meanwhile),)
    assert [each.event for each in changes.events] == [Event.CONTENT_CONSIGNMENT]
    assert changes.events[0].jws
    assert changes.order_changes == (Finished(order().id),)


def test_a_failure_postpones_by_the_schedule_and_is_no_event(concluder):
    """A failed attempt leaves the delivery as it is; count, time and reason live on the order."""
    changes = concluder.conclude(_errand(attempts=1), Failed("500"))
    assert changes.order_changes == (Postponed(order().id, 2, NOW + timedelta(seconds=60), "500"),)
    assert not changes.moves
    assert not changes.events


def test_the_receivers_wish_lengthens_the_pause(concluder):
    """Retry-After beyond the schedule is honoured."""
    changes = concluder.conclude(_errand(), Failed("503", retry_after=timedelta(minutes=5)))
    assert changes.order_changes[0].due_at == NOW + timedelta(minutes=5)


@pytest.mark.parametrize("attempts, outcome", [(2, Failed("500")), (0, Hopeless("410"))])
def test_exhausted_or_hopeless_is_dead_with_its_reason(concluder, attempts, outcome):
    """Giving up is a receipted failure of the consignment."""
    changes = concluder.conclude(_errand(attempts=attempts), outcome)
    assert changes.moves[0].to is State.DEAD
    assert changes.events[0].event is Event.CONTENT_CONSIGNMENT_FAILURE
    assert changes.events[0].reason.text == outcome.reason
    assert changes.order_changes == (Postponed(order().id, attempts + 1, NOW, outcome.reason), Finished(order().id))


@pytest.mark.parametrize("state", [State.CONSIGNED, State.HANDED_OVER, State.WITHDRAWN, State.EXPIRED, State.DEAD])
@pytest.mark.parametrize("outcome", [Consigned(), Failed("x"), Hopeless("x")])
def test_a_delivery_that_moved_on_only_finishes_its_order(concluder, state, outcome):
    """Carried twice, or withdrawn meanwhile: no second event."""
    changes = concluder.conclude(_errand(state), outcome)
    assert changes.order_changes == (Finished(order().id),)
    assert not changes.moves
    assert not changes.events


def test_a_told_receipt_finishes_its_order(concluder):
    """Telling changes no delivery."""
    event = attestor().acceptance(package())
    errand = Errand(order=order(Purpose.TELL, delivery_id=None, event_id=event.id), package=package(), event=event)
    changes = concluder.conclude(errand, Consigned())
    assert changes.order_changes == (Finished(order().id),)
    assert not changes.events


def test_rest_grows_with_failures_and_is_bounded(concluder):
    """A failing system rests as long as its next retry, at most some seconds, so that its return is noticed."""
    assert concluder.rest(1) == timedelta(seconds=5)
    assert concluder.rest(50) == timedelta(seconds=5)


def _upstream_errand(state: State = State.QUEUED, attempts: int = 0) -> Errand:
    carried = order(attempts=attempts, binding=Binding.UPSTREAM)
    return Errand(order=carried, package=package(), delivery=delivery(state))


@pytest.mark.parametrize("state, meanwhile", [(State.ACCEPTED, State.QUEUED), (State.QUEUED, None)])
def test_what_another_axis_accepted_is_handed_over(concluder, state, meanwhile):
    """The receipt says RelayAcceptance, with that axis's id of the message."""
    changes = concluder.conclude(_upstream_errand(state), Relayed("a41f3c0e"))
    assert changes.moves == (Move(delivery().id, state, State.HANDED_OVER, NOW, or_expected=meanwhile),)
    assert changes.events[0].event is Event.RELAY_ACCEPTANCE
    assert changes.events[0].reason == Reason("relayed", "a41f3c0e")


def test_what_another_axis_refused_is_refused_with_its_words(concluder):
    """The receipt says RelayRejection, with code and text of that axis."""
    changes = concluder.conclude(_upstream_errand(), Rejected("18", "Đơn vị nhận không tồn tại"))
    assert changes.moves[0].to is State.REFUSED
    assert changes.events[0].event is Event.RELAY_REJECTION
    assert changes.events[0].reason == Reason("relay-rejected", "18: Đơn vị nhận không tồn tại")


def test_an_axis_out_of_reach_is_tried_by_the_schedule_and_given_up_as_a_relay_failure(concluder):
    """The last failed attempt is a receipted RelayFailure, and the delivery is dead until it is redriven."""
    assert not concluder.conclude(_upstream_errand(), Failed("unreachable")).events
    changes = concluder.conclude(_upstream_errand(attempts=2), Failed("unreachable"))
    assert changes.moves[0].to is State.DEAD
    assert changes.events[0].event is Event.RELAY_FAILURE


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.EXPIRED])
def test_a_relay_that_came_too_late_is_attested_all_the_same(concluder, state):
    """Recalled while it was being carried: the sender must know that the other axis has it."""
    changes = concluder.conclude(_upstream_errand(state), Relayed("a41f3c0e"))
    assert not changes.moves
    assert [(each.event, each.state) for each in changes.events] == [(Event.RELAY_ACCEPTANCE, state)]


def _reminder(attempts: int = 0) -> Errand:
    carried = order(binding=Binding.AMQP, attempts=attempts)
    return Errand(order=carried, package=package(), delivery=delivery(State.CONSIGNED))


def test_a_system_is_sent_again_what_it_was_consigned(concluder):
    """A consigned delivery of a system that consumes its own queue is carried again, and that is no second consignment."""
    assert concluder.is_wanted(_reminder())
    changes = concluder.conclude(_reminder(), Consigned())
    assert (changes.moves, changes.events) == ((), ())
    assert changes.order_changes == (Finished(order().id),)


def test_a_reminder_that_fails_takes_nothing_back(concluder):
    """A reminder is tried again by the schedule; given up, the delivery stays consigned."""
    (postponed,) = concluder.conclude(_reminder(), Failed("nack")).order_changes
    assert isinstance(postponed, Postponed)
    ended = concluder.conclude(_reminder(attempts=2), Failed("nack"))
    assert (ended.moves, ended.events) == ((), ())
    assert ended.order_changes[-1] == Finished(order().id)


def test_nobody_else_is_reminded(concluder):
    """A consigned delivery of any other system is not carried again."""
    assert not concluder.is_wanted(_errand(State.CONSIGNED))
