"""When what was refused is tried again."""

from __future__ import annotations

from datetime import timedelta

from hub.patience import Patience
from routing.schedule import RetrySchedule
from tests.unit.hub.values import NOW

SECOND = timedelta(seconds=1)


def patience() -> Patience:
    return Patience(RetrySchedule.of_seconds(10, 60, spread=0.0))


def test_what_was_never_refused_is_due():
    """The first time is now."""
    assert patience().is_due("a", NOW, 1)


def test_pauses_grow_by_the_schedule_and_stay_long():
    """Ten seconds, a minute, then twelve hours."""
    waits = patience()
    for pause in (timedelta(seconds=10), timedelta(seconds=60), timedelta(hours=12), timedelta(hours=12)):
        waits.refused("a", NOW, 1)
        assert not waits.is_due("a", NOW + pause - SECOND, 1)
        assert waits.is_due("a", NOW + pause, 1)


def test_a_changed_register_makes_it_due_at_once():
    """The commonest reason is an agency that nobody had entered."""
    waits = patience()
    waits.refused("a", NOW, 1)
    assert waits.is_due("a", NOW, 2)
    waits.refused("a", NOW, 2)
    assert not waits.is_due("a", NOW, 2)


def test_what_is_gone_is_forgotten():
    """What the axis lists no more needs no memory."""
    waits = patience()
    waits.refused("a", NOW, 1)
    waits.refused("b", NOW, 1)
    waits.keep_only({"b"})
    assert len(waits) == 1
    assert waits.is_due("a", NOW, 1)
