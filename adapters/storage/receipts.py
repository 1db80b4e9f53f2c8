"""The list of receipts: every question walks an index from its newest entry and stops when the page is full.

An event names an agency and its system on either side, sender and recipient. Who asks for one system, one agency or both
is answered from as many walks as there are places to find them, each in an index that holds nothing else, and the newest
of all are taken. Where no system is asked for, those that have ever acted for the agency are found first, by stepping
through the same index.

Events are numbered in the order of commits; their times follow it but for seconds, so a time range becomes a range of
numbers with a margin, and the exact times are checked as well. Only a clock that went back by more than the margin and was
believed (`hub.clock`) breaks that; what it stamped twice may be left out then (docs/reliability.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, TextClause, bindparam, func, or_, select, union

from adapters.storage import cursors
from adapters.storage.rows import EVENT
from adapters.storage.tables import events
from adapters.storage.terms import COMMON_EVENTS, RARE_EVENT, RECEIPTED, RECEIPTED_DELIVERY, of
from adapters.storage.times import micros
from hub.events import UNRECEIPTED, Event
from hub.queries import ReceiptQuery

Conditions = list[ColumnElement[bool] | TextClause]
Column = ColumnElement[Any]

_MARGIN = timedelta(minutes=15) // timedelta(microseconds=1)  # between the time of an event and its commit
_receipted = of("events", RECEIPTED)
_of_delivery = of("events", RECEIPTED_DELIVERY)

_SENDER, _RECIPIENT = events.c.sender, events.c.recipient
_SENDER_SYSTEM, _RECIPIENT_SYSTEM = events.c.sender_system, events.c.recipient_system
_OWN_SIDES = ((_SENDER, _SENDER_SYSTEM), (_RECIPIENT, _RECIPIENT_SYSTEM))
_SIDES = (*_OWN_SIDES, (_SENDER, _RECIPIENT_SYSTEM), (_RECIPIENT, _SENDER_SYSTEM))


def page_of_receipts(connection: Connection, query: ReceiptQuery) -> Sequence[Row[Any]]:
    """Return the rows (`EVENT` and the number) of a page, newest first, and one more when there are more."""
    event = None if query.event is None else Event(query.event)
    if event in UNRECEIPTED:
        return ()
    wanted = _wanted(query, event)
    count = query.limit + 1
    if query.package_id is not None:
        wanted += [events.c.package_id == query.package_id, *_concerning(query)]
    elif query.agency is not None or query.system_id is not None:
        walks = [_newest([*walk, *wanted], count) for walk in _walks(connection, query, event)]
        if not walks:
            return ()
        wanted = [events.c.seq.in_(union(*walks))]
    page: Select[Any] = select(*EVENT, events.c.seq).where(*wanted).order_by(events.c.seq.desc()).limit(count)
    return connection.execute(page).all()


def _wanted(query: ReceiptQuery, event: Event | None) -> Conditions:
    wanted: Conditions = [_receipted]
    if event is not None:
        wanted.append(events.c.event == event.value)
        if event not in COMMON_EVENTS:
            wanted.append(of("events", RARE_EVENT))
    wanted += _times(query.since, query.until)
    if query.cursor is not None:
        wanted.append(events.c.seq < cursors.by_number(query.cursor))
    return wanted


def _concerning(query: ReceiptQuery) -> Iterator[ColumnElement[bool]]:
    """Yield whom the events of one package must concern; they are few, and looked through."""
    if query.agency is not None:
        yield or_(*(column.in_((query.agency, *query.also)) for column in (_SENDER, _RECIPIENT)))
    if query.system_id is not None:
        yield or_(*(column == query.system_id for column in (_SENDER_SYSTEM, _RECIPIENT_SYSTEM)))


def _walks(connection: Connection, query: ReceiptQuery, event: Event | None) -> Iterator[Conditions]:
    """Yield the conditions of each walk."""
    for columns, names in _places(connection, query):
        is_of_delivery = _RECIPIENT in columns or _RECIPIENT_SYSTEM in columns
        if is_of_delivery and event is Event.SUBMISSION_ACCEPTANCE:
            continue  # it has no recipient
        walk: Conditions = [column == name for column, name in zip(columns, names, strict=True)]
        # Repeated word for word, as the index has it; an index of systems alone knows nothing of deliveries.
        yield [*walk, _of_delivery] if is_of_delivery and len(columns) > 1 else walk


def _places(connection: Connection, query: ReceiptQuery) -> Iterator[tuple[tuple[Column, ...], tuple[str, ...]]]:
    if query.agency is None:
        yield from (((column,), (str(query.system_id),)) for column in (_SENDER_SYSTEM, _RECIPIENT_SYSTEM))
        return
    for code in (query.agency, *query.also):
        yield from _places_of(connection, code, query.system_id)


def _places_of(
    connection: Connection, code: str, system_id: str | None
) -> Iterator[tuple[tuple[Column, ...], tuple[str, ...]]]:
    if system_id is not None:
        yield from ((columns, (code, system_id)) for columns in _SIDES)
        return
    for columns in _OWN_SIDES:
        for each in _systems_of(connection, *columns, code):
            yield columns, (code, each)


def _systems_of(connection: Connection, agency: Column, system: Column, code: str) -> Iterator[str]:
    """Yield the systems that have acted for an agency, stepping through the index."""
    condition = _receipted if agency is _SENDER else _of_delivery
    following = select(func.min(system)).where(condition, agency == code, system > bindparam("last"))
    last = connection.execute(following, {"last": ""}).scalar()
    while last is not None:
        yield last
        last = connection.execute(following, {"last": last}).scalar()


def _newest(wanted: Conditions, count: int) -> Select[tuple[int]]:
    newest = select(events.c.seq).where(*wanted).order_by(events.c.seq.desc()).limit(count).subquery()
    return select(newest.c.seq)


def _times(since: datetime | None, until: datetime | None) -> Conditions:
    wanted: Conditions = []
    exactly = events.c.at + 0  # not the column itself: a planner would walk its index and then sort what it found
    at = select(events.c.seq).where(_receipted).limit(1)
    if since is not None:
        first = at.where(events.c.at >= micros(since) - _MARGIN).order_by(events.c.at, events.c.seq)
        wanted += [exactly >= micros(since), events.c.seq >= first.scalar_subquery()]
    if until is not None:
        last = at.where(events.c.at < micros(until) + _MARGIN).order_by(events.c.at.desc(), events.c.seq.desc())
        wanted += [exactly < micros(until), events.c.seq <= last.scalar_subquery()]
    return wanted
