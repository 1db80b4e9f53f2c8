"""Vietnamese working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.calendar import PUBLIC, WorkingCalendar


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),  # Tết Dương lịch
        date(2026, 2, 17),  # Tết Nguyên Đán
        date(2026, 4, 27),  # Giỗ Tổ, which falls on a Sunday
        date(2026, 4, 30),
        date(2026, 5, 1),
        date(2026, 8, 31),  # swapped for Saturday 22 August
        date(2026, 9, 2),
        date(2026, 11, 24),  # Ngày Văn hóa Việt Nam, since 2026
        date(2026, 3, 7),  # a Saturday
    ],
)
def test_day_off(day):
    """Public holidays, their substitutes, swapped days and weekends are not worked."""
    assert not PUBLIC.is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 3, 6), date(2026, 8, 22), date(2025, 4, 26)])
def test_working_day(day):
    """Weekdays are worked, and Saturdays that were swapped for a day off."""
    assert PUBLIC.is_working_day(day)


def test_after_tet():
    """The working day after Friday before Tết 2026 is Monday nine days after."""
    assert PUBLIC.next_working_day(date(2026, 2, 13)) == date(2026, 2, 23)


def test_local_decree():
    """Data overrides the public calendar in both directions."""
    calendar = WorkingCalendar(days_off=frozenset({date(2026, 3, 6)}), working_days=frozenset({date(2026, 3, 7)}))
    assert not calendar.is_working_day(date(2026, 3, 6))
    assert calendar.is_working_day(date(2026, 3, 7))
    assert calendar.next_working_day(date(2026, 3, 5)) == date(2026, 3, 7)


def test_contradiction():
    """A day that is both off and worked is refused."""
    day = frozenset({date(2026, 3, 6)})
    with pytest.raises(ValueError, match="2026-03-06"):
        WorkingCalendar(days_off=day, working_days=day)


def test_working_day_from():
    """A working day stands for itself, a day off for the next one that is worked."""
    assert PUBLIC.working_day_from(date(2026, 3, 6)) == date(2026, 3, 6)
    assert PUBLIC.working_day_from(date(2026, 3, 7)) == date(2026, 3, 9)


def test_end_of_the_calendar():
    """A package that claims the last day of all calendars breaks nothing."""
    assert PUBLIC.next_working_day(date.max) == date.max


@given(st.dates(date(2010, 1, 1), date(2040, 1, 1)))
def test_next_is_the_first(day):
    """The next working day is worked, lies after the day, and no day between is worked."""
    following = PUBLIC.next_working_day(day)
    between = [day + timedelta(days=step) for step in range(1, (following - day).days)]
    assert following > day
    assert PUBLIC.is_working_day(following)
    assert not any(map(PUBLIC.is_working_day, between))
