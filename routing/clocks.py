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
    if lane is Lane.URGENT:
        return arrived_at.astimezone(UTC) + urgent_within
    return _end_of(calendar.next_working_day(_day_of(arrived_at)))


def acknowledgement_deadline(consigned_at: datetime, calendar: WorkingCalendar = PUBLIC) -> datetime:
    """Return the end of the day on which the recipient could take it; of the next working day when that is not worked.

    NĐ 30/2020/NĐ-CP art. 21.2 c: the recipient notifies receipt within the day. Nobody answers on a day off, so it
    does not count.
    """
    return _end_of(calendar.working_day_from(_day_of(consigned_at)))


def _day_of(at: datetime) -> date:
    if at.tzinfo is None:
        raise ValueError("times are aware; a wall clock without zone names no instant")
    return at.astimezone(VIETNAM).date()


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, VIETNAM).astimezone(UTC)
