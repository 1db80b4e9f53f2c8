"""Vietnamese working days.

Monday to Friday without the public holidays of the Labour Code (art. 112), with the yearly swaps in which a Saturday
is worked for a day off beside a holiday. What the library does not know yet (a decree of this month, a body that
works on Saturdays) is given as data.
"""

from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays
from msgspec import Struct

_SATURDAY = 5
_DAY = timedelta(days=1)


class WorkingCalendar(Struct, frozen=True):
    """Which days are worked. The two sets override the public calendar, and must not share a day (`ValueError`)."""

    days_off: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a day that is both."""
        if both := self.days_off & self.working_days:
            message = f"both off and worked: {', '.join(day.isoformat() for day in sorted(both))}"
            raise ValueError(message)

    def is_working_day(self, day: date) -> bool:
        """Return whether `day` is worked."""
        if day in self.working_days:
            return True
        if day in self.days_off:
            return False
        days_off, swapped_in = _public(day.year)
        return day in swapped_in or (day.weekday() < _SATURDAY and day not in days_off)

    def next_working_day(self, day: date) -> date:
        """Return the first working day after `day`; the last day of the calendar (9999-12-31) follows itself."""
        while day < date.max:
            day += _DAY
            if self.is_working_day(day):
                break
        return day

    def working_day_from(self, day: date) -> date:
        """Return `day` when it is worked, else the first working day after it."""
        return day if self.is_working_day(day) else self.next_working_day(day)


#: The public calendar, with no local decree.
PUBLIC = WorkingCalendar()


@lru_cache(maxsize=32)
def _public(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return the public holidays of a year and the weekend days worked instead of swapped ones."""
    # Not kept: the library's object extends itself when asked, which threads must not see.
    calendar = country_holidays("VN", years=year, expand=False)
    return frozenset(calendar), frozenset(day for day in calendar.weekend_workdays if day.year == year)
