"""Legal deadlines."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.calendar import WorkingCalendar
from routing.clocks import VIETNAM, acknowledgement_deadline, registration_deadline
from routing.values import Lane

THURSDAY = datetime(2026, 3, 5, 16, 30, tzinfo=VIETNAM)
FRIDAY_EVENING = datetime(2026, 3, 6, 22, 0, tzinfo=VIETNAM)
SATURDAY = datetime(2026, 3, 7, 9, 0, tzinfo=VIETNAM)


def end_of(year, month, day):
    return datetime(year, month, day, 23, 59, 59, 999999, tzinfo=VIETNAM)


def test_within_the_next_working_day():
    """Registration (NĐ 30/2020 art. 4.2 c) is in time until the end of the next working day."""
    assert registration_deadline(THURSDAY) == end_of(2026, 3, 6)
    assert registration_deadline(FRIDAY_EVENING) == end_of(2026, 3, 9)
    assert registration_deadline(SATURDAY) == end_of(2026, 3, 9)


@pytest.mark.parametrize(
    "arrived, due",
    [
        pytest.param((2026, 8, 28), (2026, 9, 3), id="the swapped Monday before National Day is off"),
        pytest.param((2026, 8, 21), (2026, 8, 22), id="a Saturday worked in exchange counts"),
    ],
)
def test_holidays(arrived, due):
    """Public holidays and the days swapped for them count."""
    assert registration_deadline(datetime(*arrived, 9, tzinfo=VIETNAM)) == end_of(*due)


def test_a_decree():
    """A day off given as data counts."""
    calendar = WorkingCalendar(days_off=frozenset({date(2026, 3, 6)}))
    assert registration_deadline(THURSDAY, calendar=calendar) == end_of(2026, 3, 9)


def test_urgent_at_any_hour():
    """Urgent documents are due in minutes, day off or not."""
    assert registration_deadline(SATURDAY, Lane.URGENT) == SATURDAY + timedelta(minutes=15)
    three = timedelta(minutes=3)
    assert registration_deadline(SATURDAY, Lane.URGENT, urgent_within=three) == SATURDAY + three


def test_acknowledgement_within_the_day():
    """Receipt is notified within the day (NĐ 30/2020 art. 21.2 c)."""
    assert acknowledgement_deadline(THURSDAY) == end_of(2026, 3, 5)


def test_acknowledgement_after_a_day_off():
    """What comes on a day off is acknowledged within the next working day."""
    assert acknowledgement_deadline(SATURDAY) == end_of(2026, 3, 9)


def test_days_are_vietnamese():
    """17:00 UTC is already the next day in Vietnam."""
    assert acknowledgement_deadline(datetime(2026, 3, 5, 16, 59, tzinfo=UTC)) == end_of(2026, 3, 5)
    assert acknowledgement_deadline(datetime(2026, 3, 5, 17, 0, tzinfo=UTC)) == end_of(2026, 3, 6)


@pytest.mark.parametrize("deadline", [registration_deadline, acknowledgement_deadline])
def test_naive_times_are_refused(deadline):
    """A time without a zone is refused."""
    with pytest.raises(ValueError, match="zone"):
        deadline(datetime(2026, 3, 5, 9, 0))  # noqa: DTZ001 - the fault under test


@given(st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - zone given apart
def test_no_deadline_has_passed_at_the_start(at):
    """A deadline lies after the moment from which it runs."""
    assert acknowledgement_deadline(at) >= at
    assert registration_deadline(at) >= acknowledgement_deadline(at)
