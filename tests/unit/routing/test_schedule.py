"""The retry schedule."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.schedule import RetrySchedule

STANDARD = RetrySchedule()
JITTER = st.floats(0, 1, exclude_max=True)


def test_standard_pauses():
    """Without jitter the pauses are those of Standard Webhooks, then it is given up."""
    pauses = [STANDARD.delay(attempt, 0) for attempt in range(1, 11)]
    hours = [timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)]
    assert pauses == [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), *hours, None]
    assert STANDARD.attempts == 10


def test_given_up_for_good():
    """After giving up no later attempt brings it back."""
    assert STANDARD.delay(1000, 0.5) is None


def test_no_pauses():
    """A schedule without pauses gives up after the first attempt."""
    assert RetrySchedule(pauses=()).delay(1, 0) is None


def test_of_seconds():
    """A schedule is made from seconds."""
    schedule = RetrySchedule.of_seconds(0.1, 2, spread=0)
    assert [schedule.delay(attempt, 0.9) for attempt in (1, 2, 3)] == [
        timedelta(seconds=0.1),
        timedelta(seconds=2),
        None,
    ]


@given(st.integers(1, 9), JITTER)
def test_jitter_lengthens(attempt, jitter):
    """Jitter lengthens a pause by at most a fifth and never shortens it."""
    pause = STANDARD.pauses[attempt - 1]
    assert pause <= STANDARD.delay(attempt, jitter) <= pause * 1.2


@given(st.integers(1, 9), JITTER, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_receiver_is_obeyed(attempt, jitter, asked):
    """The wait is never shorter than what the receiver asked for."""
    assert STANDARD.delay(attempt, jitter, at_least=asked) == max(STANDARD.delay(attempt, jitter), asked)


@pytest.mark.parametrize("attempt,jitter", [(0, 0.5), (-1, 0.5), (1, 1.0), (1, -0.1)])
def test_outside(attempt, jitter):
    """Attempts count from 1 and jitter lies in [0, 1)."""
    with pytest.raises(ValueError):
        STANDARD.delay(attempt, jitter)


def test_impossible_schedules():
    """Pauses into the past and spreads beyond the whole are refused."""
    with pytest.raises(ValueError):
        RetrySchedule.of_seconds(1, -1)
    with pytest.raises(ValueError):
        RetrySchedule(spread=1.1)
