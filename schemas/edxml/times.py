"""Dates and times as edXML writes them: ``yyyy/MM/dd`` and ``yyyy/MM/dd HH:mm:ss``, no zone, Vietnamese time.

They are parsed once, here. The written text stays beside the parsed value, so that 30 February and its like, which real
messages carry, survive a reading and a writing; their parsed value is None.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from msgspec import Struct

VIETNAM = timezone(timedelta(hours=7))

_DATE = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})", re.ASCII)
_TIMESTAMP = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2}) +(\d{1,2}):(\d{2}):(\d{2})", re.ASCII)


class WrittenDate(Struct, frozen=True, gc=False):
    """A day, as written and as understood."""

    text: str
    day: date | None  #: None where the calendar has no such day

    @classmethod
    def of(cls, day: date) -> "WrittenDate":
        """Return `day` in the written form of edXML."""
        return cls(f"{day.year:04}/{day:%m/%d}", day)


class WrittenTime(Struct, frozen=True, gc=False):
    """A moment, as written (Vietnamese time) and as understood (UTC)."""

    text: str
    at: datetime | None  #: None where there is no such moment

    @classmethod
    def of(cls, at: datetime) -> "WrittenTime":
        """Return the aware moment `at`, cut to whole seconds, in the written form of edXML."""
        whole = at.astimezone(UTC).replace(microsecond=0)
        local = whole.astimezone(VIETNAM)
        return cls(f"{local.year:04}/{local:%m/%d %H:%M:%S}", whole)


def read_date(text: str) -> WrittenDate:
    """Return what `text` says; never fails."""
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return WrittenDate(text, None)
    try:
        return WrittenDate(text, date(*map(int, found.groups())))
    except ValueError:
        return WrittenDate(text, None)


def read_time(text: str) -> WrittenTime:
    """Return what `text` says, taken as Vietnamese time; never fails."""
    found = _TIMESTAMP.fullmatch(text.strip())
    if found is None:
        return WrittenTime(text, None)
    year, month, day, hour, minute, second = map(int, found.groups())
    try:
        return WrittenTime(text, datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM).astimezone(UTC))
    except (ValueError, OverflowError):
        return WrittenTime(text, None)
