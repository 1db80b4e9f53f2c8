"""Facts about the table of arrows."""

import itertools

import pytest

from hub.events import Event
from hub.lifecycle import TRANSITIONS, IllegalTransition, State, advance, may


@pytest.mark.parametrize("state", [State.HANDED_OVER, State.WITHDRAWN, State.REFUSED, State.EXPIRED])
def test_final_states_have_no_arrow_out(state):
    """From a final state nothing leads on."""
    assert state.is_final
    assert not any(may(state, event) for event in Event)


@pytest.mark.parametrize("state", [State.ACCEPTED, State.QUEUED, State.CONSIGNED, State.DEAD])
def test_before_the_handover_a_recall_withdraws(state):
    """A delivery that was not handed over can be withdrawn."""
    assert advance(state, Event.WITHDRAWAL) is State.WITHDRAWN


@pytest.mark.parametrize("state", [State.ACCEPTED, State.QUEUED, State.CONSIGNED, State.DEAD])
def test_before_the_handover_a_deadline_expires(state):
    """A delivery that was not handed over can expire."""
    assert advance(state, Event.EXPIRY) is State.EXPIRED


def test_the_ordinary_way_ends_in_handover():
    """accepted, queued, consigned, handed over."""
    state = State.ACCEPTED
    for event in (Event.QUEUING, Event.CONTENT_CONSIGNMENT, Event.CONTENT_HANDOVER):
        state = advance(state, event)
    assert state is State.HANDED_OVER


def test_a_dead_delivery_may_be_redriven():
    """An operator's redrive starts a dead delivery again."""
    assert advance(State.DEAD, Event.REDRIVE) is State.ACCEPTED


def test_business_statuses_move_nothing():
    """The two layers never mix: no arrow is labelled with a business status."""
    assert not any(may(state, Event.BUSINESS_STATUS) for state in State)


def test_every_other_pair_is_illegal():
    """What the table does not list raises."""
    for state, event in itertools.product(State, Event):
        if (state, event) not in TRANSITIONS:
            with pytest.raises(IllegalTransition):
                advance(state, event)


def test_every_state_but_the_first_can_be_reached():
    """No state of the table is unreachable."""
    assert set(TRANSITIONS.values()) | {State.ACCEPTED} == set(State)
