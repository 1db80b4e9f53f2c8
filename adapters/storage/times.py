"""Times in the database: whole microseconds since 1970 (UTC) in a BIGINT, the same on every engine and quick to compare."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Return an aware time as stored."""
    return (at - _EPOCH) // _MICROSECOND


def micros_or_none(at: datetime | None) -> int | None:
    """Return an aware time as stored; None stays None."""
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def moment(stored: int) -> datetime:
    """Return a stored time as an aware one."""
    return _EPOCH + timedelta(microseconds=stored)


def moment_or_none(stored: int | None) -> datetime | None:
    """Return a stored time as an aware one; None stays None."""
    return None if stored is None else _EPOCH + timedelta(microseconds=stored)
