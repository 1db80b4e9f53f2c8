"""Deadlines that the law sets, as instants.

Days are Vietnamese (+07:00, no summer time). A deadline is the last instant at which the act is still in time, in
UTC: the end of a day is 23:59:59.999999 there. These are alarms and labels for people; no package is refused because
of them.
"""

from datetime import UTC, date, datetime, time, timedelta, timezone

from routing.calendar import PUBLIC, WorkingCalendar
from routing.values import Lane

VIETNAM = timezone(timedelta(hours=7), "+07:00")

#: The law says "immediately" for urgent documents; the hub calls a quarter of an hour late.
URGENT_WITHIN = timedelta(minutes=15)

_NOON = time(12)


def sending_deadline(promulgated_on: date, calendar: WorkingCalendar = PUBLIC) -> datetime:
    """Return noon of the working day after the day of signing.

    QĐ 28/2018/QĐ-TTg art. 6.2: sent on the day of signing, at the latest in the morning of the next working day.
    """
    return _at(calendar.next_working_day(promulgated_on), _NOON)


def issue_deadline(
    signed_at: datetime,
    lane: Lane = Lane.NORMAL,
    calendar: WorkingCalendar = PUBLIC,
    urgent_within: timedelta = URGENT_WITHIN,
) -> datetime:
    """Return the end of the working day after the day of signing; for urgent documents, `urgent_within` after it.

    NĐ 30/2020/NĐ-CP art. 18.1: issued the same day, at the latest within the next working day; urgent ones
    immediately after signing.
    """
    return _same_or_next_day(signed_at, lane, calendar, urgent_within)


def registration_deadline(
    arrived_at: datetime,
    lane: Lane = Lane.NORMAL,
    calendar: WorkingCalendar = PUBLIC,
    urgent_within: timedelta = URGENT_WITHIN,
) -> datetime:
    """Return the end of the working day after arrival; for urgent documents, `urgent_within` after it.

    NĐ 30/2020/NĐ-CP art. 4.2 c: registered and handed over the same day, at the latest the next working day; urgent
    ones immediately.
    """
    return _same_or_next_day(arrived_at, lane, calendar, urgent_within)


def acknowledgement_deadline(consigned_at: datetime, calendar: WorkingCalendar = PUBLIC) -> datetime:
    """Return the end of the day on which the recipient could take it; of the next working day when that is not worked.

    NĐ 30/2020/NĐ-CP art. 21.2 c: the recipient notifies receipt within the day. Nobody answers on a day off, so it
    does not count.
    """
    return _at(calendar.working_day_from(_day_of(consigned_at)), time.max)


def _same_or_next_day(at: datetime, lane: Lane, calendar: WorkingCalendar, urgent_within: timedelta) -> datetime:
    day = _day_of(at)
    if lane is Lane.URGENT:
        return at.astimezone(UTC) + urgent_within
    return _at(calendar.next_working_day(day), time.max)


def _day_of(at: datetime) -> date:
    if at.tzinfo is None:
        raise ValueError("times are aware; a wall clock without zone names no instant")
    return at.astimezone(VIETNAM).date()


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, VIETNAM).astimezone(UTC)
