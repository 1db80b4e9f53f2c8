"""In-trays and out-trays: everything that waits for a system, and everything that it sent, one row per recipient.

Unlike a mailbox, looking into a tray changes nothing: it is read on a snapshot and takes no lease. The last word of a
recipient on the way to the handover is found among the events of its delivery.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, TextClause, bindparam, func, or_, select

from adapters.storage.bulk import BulkSelect
from adapters.storage.database import Database
from adapters.storage.tables import deliveries, events, packages
from adapters.storage.terms import CONSIGNED, of
from adapters.storage.times import micros, moment, moment_or_none
from hub.events import Event
from hub.ids import DeliveryId
from hub.lifecycle import State
from hub.queries import DispatchItem, DispatchQuery, TrayItem, TrayQuery
from routing.values import Lane

_MARKS = (Event.PROCESSING.value, Event.PROCESSING_FAILURE.value)


def _last_mark(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    return (
        select(column)
        .where(events.c.delivery_id == deliveries.c.id, events.c.event.in_(_MARKS))
        .order_by(events.c.seq.desc())
        .limit(1)
        .correlate(deliveries)
        .scalar_subquery()
    )


_mark = _last_mark(events.c.event).label("mark")
_tray = (
    select(
        deliveries.c.id,
        packages.c.sender,
        deliveries.c.recipient,
        deliveries.c.consigned_at,
        _mark,
        _last_mark(events.c.at).label("marked_at"),
    )
    .join_from(deliveries, packages)
    .where(
        of("deliveries", CONSIGNED),
        deliveries.c.system_id == bindparam("system"),
        deliveries.c.lane == bindparam("lane"),
        packages.c.kind == bindparam("kind"),
    )
    .order_by(deliveries.c.id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_with_any = BulkSelect(
    None,
    width=1,
    columns="v.column1",
    condition=f"EXISTS (SELECT 1 FROM deliveries WHERE deliveries.system_id = v.column1 AND deliveries.{CONSIGNED})",  # noqa: S608 - constants
)
_count = (
    select(func.count())
    .select_from(deliveries.join(packages, packages.c.id == deliveries.c.package_id))
    .where(
        of("deliveries", CONSIGNED),
        deliveries.c.system_id == bindparam("system"),
        packages.c.kind == bindparam("kind"),
    )
)
_sent = (
    select(
        packages.c.id.label("package_id"),
        deliveries.c.id.label("delivery_id"),
        packages.c.sender,
        deliveries.c.recipient,
        packages.c.subject,
        packages.c.notation,
        packages.c.accepted_at,
        deliveries.c.consigned_at,
        deliveries.c.handed_over_at,
        deliveries.c.state,
        _mark,
    )
    .join_from(packages, deliveries)
    .where(packages.c.system_id == bindparam("system"), packages.c.kind == bindparam("kind"))
    .order_by(packages.c.accepted_at.desc(), packages.c.id.desc(), deliveries.c.position)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
_marks_of = (
    select(events.c.event)
    .where(events.c.delivery_id == bindparam("id"), or_(*(events.c.event == mark for mark in _MARKS)))
    .order_by(events.c.seq)
)


class Trays:
    """The part of the store that shows trays."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def with_consigned(self, system_ids: Collection[str]) -> frozenset[str]:
        """Return those of these systems for which anything waits, in one read."""
        asked = [(each,) for each in system_ids]
        found = await self._database.read(lambda connection: _with_any(connection, asked).rows())
        return frozenset(system_id for (system_id,) in found)

    async def consigned(self, query: TrayQuery) -> tuple[TrayItem, ...]:
        """Return consigned deliveries, whoever holds a lease: urgent first, then oldest."""
        bounds = _bounds(query)
        page, count = _tray.where(*bounds), _count.where(*bounds, deliveries.c.lane == bindparam("lane"))

        def read(connection: Connection) -> tuple[TrayItem, ...]:
            found: list[Any] = []
            before = query.offset
            for lane in (Lane.URGENT, Lane.NORMAL):  # each in the order of its index, so that a page ends early
                asked = {"system": query.system_id, "kind": query.kind, "lane": lane.value}
                wanted = {"limit": query.limit - len(found), "offset": before}
                rows = connection.execute(page, asked | wanted).all() if len(found) < query.limit else ()
                found.extend(rows)
                # A page far behind must not bring everything before it into memory.
                before = 0 if rows or not before else before - connection.execute(count, asked).scalar_one()
            return tuple(map(_tray_item, found))

        return await self._database.read(read)

    async def count_consigned(self, query: TrayQuery) -> int:
        """Return how many there are, whatever the page."""
        statement = _count.where(*_bounds(query))
        asked = {"system": query.system_id, "kind": query.kind}

        def read(connection: Connection) -> int:
            counted: int = connection.execute(statement, asked).scalar_one()
            return counted

        return await self._database.read(read)

    async def dispatched(self, query: DispatchQuery) -> tuple[DispatchItem, ...]:
        """Return what was sent, one item per recipient."""
        statement = _sent.where(*_sent_bounds(query))
        asked = {"system": query.system_id, "kind": query.kind, "limit": query.limit, "offset": query.offset}

        def read(connection: Connection) -> tuple[DispatchItem, ...]:
            return tuple(map(_dispatch_item, connection.execute(statement, asked).all()))

        return await self._database.read(read)

    async def marks(self, delivery_id: DeliveryId) -> tuple[Event, ...]:
        """Return the words of the recipient on the way to the handover of a delivery, oldest first."""
        rows = await self._database.look_up(_marks_of, {"id": delivery_id})
        return tuple(Event(event) for (event,) in rows)


def _bounds(query: TrayQuery) -> list[ColumnElement[bool] | TextClause]:
    bounds: list[ColumnElement[bool] | TextClause] = []
    if query.recipients is not None:
        bounds.append(deliveries.c.recipient.in_(query.recipients))
    if query.since is not None:
        bounds.append(deliveries.c.consigned_at >= micros(query.since))
    if query.until is not None:
        bounds.append(deliveries.c.consigned_at < micros(query.until))
    return bounds


def _sent_bounds(query: DispatchQuery) -> list[ColumnElement[bool]]:
    bounds: list[ColumnElement[bool]] = []
    if query.package_id is not None:
        bounds.append(packages.c.id == query.package_id)
    if query.since is not None:
        bounds.append(packages.c.accepted_at >= micros(query.since))
    if query.until is not None:
        bounds.append(packages.c.accepted_at < micros(query.until))
    return bounds


def _tray_item(row: Any) -> TrayItem:
    return TrayItem(
        id=row.id,
        sender=row.sender,
        recipient=row.recipient,
        consigned_at=moment(row.consigned_at),
        mark=None if row.mark is None else Event(row.mark),
        marked_at=moment_or_none(row.marked_at),
    )


def _dispatch_item(row: Any) -> DispatchItem:
    return DispatchItem(
        package_id=row.package_id,
        delivery_id=row.delivery_id,
        sender=row.sender,
        recipient=row.recipient,
        subject=row.subject,
        notation=row.notation,
        accepted_at=moment(row.accepted_at),
        consigned_at=moment_or_none(row.consigned_at),
        handed_over_at=moment_or_none(row.handed_over_at),
        state=State(row.state),
        mark=None if row.mark is None else Event(row.mark),
    )
