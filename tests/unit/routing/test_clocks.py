"""Legal deadlines."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.calendar import WorkingCalendar
from routing.clocks import VIETNAM, acknowledgement_deadline, issue_deadline, registration_deadline, sending_deadline
from routing.values import Lane

THURSDAY = datetime(2026, 3, 5, 16, 30, tzinfo=VIETNAM)
FRIDAY_EVENING = datetime(2026, 3, 6, 22, 0, tzinfo=VIETNAM)
SATURDAY = datetime(2026, 3, 7, 9, 0, tzinfo=VIETNAM)


def end_of(year, month, day):
    return datetime(year, month, day, 23, 59, 59, 999999, tzinfo=VIETNAM)


def test_sending():
    """What was signed on Thursday is sent by noon on Friday (QĐ 28/2018 art. 6.2)."""
    assert sending_deadline(date(2026, 3, 5)) == datetime(2026, 3, 6, 12, tzinfo=VIETNAM)


def test_sending_before_the_weekend():
    """What was signed on Friday is sent by noon on Monday."""
    assert sending_deadline(date(2026, 3, 6)) == datetime(2026, 3, 9, 12, tzinfo=VIETNAM)


def test_sending_before_national_day():
    """What was signed on Friday before the swapped Monday is sent by noon on Thursday 3 September 2026."""
    assert sending_deadline(date(2026, 8, 28)) == datetime(2026, 9, 3, 12, tzinfo=VIETNAM)


def test_sending_before_a_worked_saturday():
    """A Saturday worked in exchange counts."""
    assert sending_deadline(date(2026, 8, 21)) == datetime(2026, 8, 22, 12, tzinfo=VIETNAM)


def test_sending_with_a_decree():
    """A day off given as data counts."""
    calendar = WorkingCalendar(days_off=frozenset({date(2026, 3, 6)}))
    assert sending_deadline(date(2026, 3, 5), calendar) == datetime(2026, 3, 9, 12, tzinfo=VIETNAM)


@pytest.mark.parametrize("deadline", [issue_deadline, registration_deadline])
def test_within_the_next_working_day(deadline):
    """Issuing (NĐ 30 art. 18.1) and registration (art. 4.2 c) are in time until the end of the next working day."""
    assert deadline(THURSDAY) == end_of(2026, 3, 6)
    assert deadline(FRIDAY_EVENING) == end_of(2026, 3, 9)
    assert deadline(SATURDAY) == end_of(2026, 3, 9)


@pytest.mark.parametrize("deadline", [issue_deadline, registration_deadline])
def test_urgent_at_any_hour(deadline):
    """Urgent documents are due in minutes, day off or not."""
    assert deadline(SATURDAY, Lane.URGENT) == SATURDAY + timedelta(minutes=15)
    assert deadline(SATURDAY, Lane.URGENT, urgent_within=timedelta(minutes=3)) == SATURDAY + timedelta(minutes=3)


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


@pytest.mark.parametrize("deadline", [issue_deadline, registration_deadline, acknowledgement_deadline])
def test_naive_times_are_refused(deadline):
    """A time without a zone is refused."""
    with pytest.raises(ValueError, match="zone"):
        deadline(datetime(2026, 3, 5, 9, 0))  # noqa: DTZ001 - the fault under test


@given(st.dates())
def test_any_claimed_date_has_a_deadline(day):
    """Whatever date a package claims, its deadline is an instant in UTC."""
    assert sending_deadline(day).tzinfo is UTC


@given(st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - zone given apart
def test_no_deadline_has_passed_at_the_start(at):
    """A deadline lies after the moment from which it runs."""
    assert acknowledgement_deadline(at) >= at
    assert issue_deadline(at) > at
    assert registration_deadline(at) >= acknowledgement_deadline(at)
