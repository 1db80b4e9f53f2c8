"""Dates and times without a zone are Vietnamese and parsed once."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.edxml.times import WrittenDate, WrittenTime, read_date, read_time


@pytest.mark.parametrize(
    "text, day",
    [
        ("2025/03/14", date(2025, 3, 14)), (" 2025/3/4\n", date(2025, 3, 4)), ("2025/02/30", None), ("0000/01/01", None),
        ("14/03/2025", None), ("2025-03-14", None), ("", None), ("٢٠٢٥/03/14", None), ("2025/03/14 x", None),
    ],
)  # fmt: skip
def test_a_date_is_understood_or_kept(text: str, day: date | None):
    """The text always stays; the day is there when the calendar has it."""
    assert read_date(text) == WrittenDate(text, day)


@pytest.mark.parametrize(
    "text, at",
    [
        ("2025/03/14 09:05:00", datetime(2025, 3, 14, 2, 5, tzinfo=UTC)),
        ("2025/3/4 9:05:00", datetime(2025, 3, 4, 2, 5, tzinfo=UTC)),
        ("2025/01/01 00:00:00", datetime(2024, 12, 31, 17, tzinfo=UTC)),
        ("2025/03/14 24:00:00", None),
        ("2025/03/14T09:05:00", None),
        ("0001/01/01 00:00:00", None),
        ("2025/03/14", None),
    ],
)
def test_a_moment_is_vietnamese_time(text: str, at: datetime | None):
    """Seven hours before UTC; None where there is no such moment."""
    assert read_time(text) == WrittenTime(text, at)


@given(st.dates())
def test_a_written_date_reads_back(day: date):
    """Writing and reading a day gives the day."""
    written = WrittenDate.of(day)
    assert read_date(written.text) == written


@given(st.datetimes(timezones=st.just(timezone(timedelta(hours=-3)))).filter(lambda at: 1 < at.year < 9999))
def test_a_written_moment_reads_back(at: datetime):
    """Writing and reading a moment gives its whole second in UTC."""
    written = WrittenTime.of(at)
    assert read_time(written.text) == written
    assert written.at == at.replace(microsecond=0)
