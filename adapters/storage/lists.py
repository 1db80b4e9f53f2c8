"""Reading lists: pages by cursor, newest first; the feed in commit order; what is overdue; what stands in one state.

Packages and refusals are ordered by (time, id), events by their number, which follows the order of commits. A package may have
thousands of recipients and attachments: so it is found out first what would stand on a page, and how large it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    TextClause,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    union,
)

from adapters.storage import cursors
from adapters.storage.database import Database
from adapters.storage.reads import package_and_delivery, pair_of
from adapters.storage.receipts import page_of_receipts
from adapters.storage.rows import EVENT, PACKAGE, REFUSAL, event_of, package_of, refusal_of
from adapters.storage.tables import deliveries, events, packages, refusals
from adapters.storage.terms import RECEIPTED, UNFINISHED, of
from adapters.storage.times import micros
from hub.changes import RefusedSubmission
from hub.delivery import Delivery
from hub.lifecycle import State
from hub.package import Package
from hub.queries import Item, PackageQuery, Page, ReceiptQuery, RefusalQuery
from hub.record import EventRecord
from routing.values import Lane

#: In memory and in the answer, about: as large as one package with as many recipients and attachments as one can have.
MOST_BYTES = 5_000_000
_DELIVERY_BYTES = 500

Conditions = list[ColumnElement[bool] | TextClause]

_receipted = of("events", RECEIPTED)


def _feed_side(system: ColumnElement[Any]) -> Select[tuple[int]]:
    newest = (
        select(events.c.seq)
        .where(system == bindparam("system"), _receipted, events.c.seq > bindparam("after"))
        .order_by(events.c.seq)
        .limit(bindparam("limit"))
        .subquery()
    )
    return select(newest.c.seq)


_feed = (
    select(events.c.seq, *EVENT)
    .where(events.c.seq.in_(union(_feed_side(events.c.sender_system), _feed_side(events.c.recipient_system))))
    .order_by(events.c.seq)
    .limit(bindparam("limit"))
)
_overdue = (
    package_and_delivery()
    .where(of("deliveries", UNFINISHED), deliveries.c.deadline_at <= bindparam("now"))
    .order_by(deliveries.c.deadline_at)
    .limit(bindparam("limit"))
)
_in_state = (
    select(deliveries.c.id)
    .where(deliveries.c.state == bindparam("state"), deliveries.c.id > bindparam("after"))
    .order_by(deliveries.c.id)
    .limit(bindparam("limit"))
)
_size_of_package = func.length(packages.c.details) + _DELIVERY_BYTES * literal_column(
    "(SELECT COUNT(*) FROM (SELECT 1 FROM deliveries WHERE deliveries.package_id = packages.id "  # noqa: S608 - constants
    f"LIMIT {MOST_BYTES // _DELIVERY_BYTES}) AS counted)"
)
_size_of_refusal = func.length(refusals.c.faults) + func.length(refusals.c.detail)
_unfinished = (
    select(deliveries.c.system_id, deliveries.c.lane, deliveries.c.state, func.count())
    .where(of("deliveries", UNFINISHED))
    .group_by(deliveries.c.system_id, deliveries.c.lane, deliveries.c.state)
)


class Lists:
    """The part of the store that answers with lists."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def packages(self, query: PackageQuery) -> Page[Package]:
        """Return a page of packages, newest first."""
        wanted = _equal(
            (packages.c.system_id, query.system_id),
            (packages.c.document_id, query.document_id),
            (packages.c.notation, query.notation),
        )
        wanted += _between(packages.c.accepted_at, query.since, query.until)
        listed = _by_time(packages, packages.c.accepted_at, PACKAGE, wanted, query.cursor)
        places = (packages.c.accepted_at, packages.c.id, _size_of_package)
        return await self._page(listed, places, query.limit, package_of)

    async def refusals(self, query: RefusalQuery) -> Page[RefusedSubmission]:
        """Return a page of refused submissions, newest first."""
        wanted = _equal(
            (refusals.c.system_id, query.system_id), (refusals.c.code, query.code), (refusals.c.sha256, query.sha256)
        )
        wanted += _between(refusals.c.at, query.since, query.until)
        listed = _by_time(refusals, refusals.c.at, REFUSAL, wanted, query.cursor)
        places = (refusals.c.at, refusals.c.id, _size_of_refusal)
        return await self._page(listed, places, query.limit, refusal_of)

    async def receipts(self, query: ReceiptQuery) -> Page[EventRecord]:
        """Return a page of receipted events, newest first."""

        def read(connection: Connection) -> Page[EventRecord]:
            found = page_of_receipts(connection, query)
            more = len(found) > query.limit
            shown = found[: query.limit]
            return Page(tuple(map(event_of, shown)), cursors.of_number(shown[-1].seq) if more else None)

        return await self._database.read(read)

    async def feed(self, system_id: str, after: int, limit: int) -> tuple[tuple[int, EventRecord], ...]:
        """Return receipted events of the system's packages and deliveries with a number above `after`, in commit order."""
        parameters = {"system": system_id, "after": after, "limit": limit}
        return tuple((row[0], event_of(row[1:])) for row in await self._database.look_up(_feed, parameters))

    async def overdue(self, now: datetime, limit: int) -> tuple[tuple[Package, Delivery], ...]:
        """Return deliveries that are not final and whose deadline has passed."""
        return await self._pairs(_overdue, now=micros(now), limit=limit)

    async def in_state(
        self, state: State, system_id: str | None, limit: int, after: str = ""
    ) -> tuple[tuple[Package, Delivery], ...]:
        """Return deliveries in one state, oldest first, those behind `after`. Final states are walked from there."""
        statement = _in_state if state.is_final else _in_state.where(of("deliveries", UNFINISHED))
        if system_id is not None:
            statement = statement.where(deliveries.c.system_id == system_id)
        # First which, then all about them: otherwise a planner may join everything that is in the state before it counts.
        chosen = package_and_delivery().where(deliveries.c.id.in_(select(statement.subquery().c.id)))
        return await self._pairs(chosen.order_by(deliveries.c.id), state=state.value, limit=limit, after=after)

    async def unfinished(self) -> dict[tuple[str, Lane, State], int]:
        """Return how many deliveries are not final, by system, lane and state."""

        def read(connection: Connection) -> dict[tuple[str, Lane, State], int]:
            found = connection.execute(_unfinished)
            return {(system_id, Lane(lane), State(state)): count for system_id, lane, state, count in found}

        return await self._database.read(read)

    async def _pairs(self, statement: Select[Any], **parameters: object) -> tuple[tuple[Package, Delivery], ...]:
        def read(connection: Connection) -> tuple[tuple[Package, Delivery], ...]:
            return tuple(map(pair_of, connection.execute(statement, parameters).all()))

        return await self._database.read(read)

    async def _page(
        self,
        listed: Select[Any],
        places: Sequence[ColumnElement[Any]],
        limit: int,
        value_of: Callable[[Sequence[Any]], Item],
    ) -> Page[Item]:
        """Return the first of `listed`: up to `limit`, and as many as `MOST_BYTES` allow. `places`: time, id and size."""
        sized = listed.with_only_columns(*places).limit(limit + 1)

        def read(connection: Connection) -> Page[Item]:
            with connection.execute(sized) as found:
                shown, is_all = _fitting(found, limit)
            rows = connection.execute(listed.limit(len(shown))).all() if shown else ()
            return Page(tuple(map(value_of, rows)), None if is_all else cursors.of_time(*shown[-1]))

        return await self._database.read(read)


def _fitting(found: Iterable[Sequence[Any]], limit: int) -> tuple[list[tuple[int, str]], bool]:
    """Return the times and ids of what one page shows, which is at least one, and whether that is all that was found."""
    shown: list[tuple[int, str]] = []
    size = 0
    for at, id_, its_size in found:
        size += its_size
        if len(shown) == limit or (shown and size > MOST_BYTES):
            return shown, False
        shown.append((at, id_))
    return shown, True


def _by_time(
    table: Table, at: ColumnElement[Any], columns: Sequence[ColumnElement[Any]], wanted: Conditions, cursor: str | None
) -> Select[Any]:
    """Select what is listed behind a cursor, newest first."""
    if cursor is not None:
        wanted.append(tuple_(at, table.c.id) < tuple_(*cursors.by_time(cursor)))
    return select(*columns).where(*wanted).order_by(at.desc(), table.c.id.desc())


def _equal(*wanted: tuple[ColumnElement[Any], str | None]) -> Conditions:
    return [column == value for column, value in wanted if value is not None]


def _between(column: ColumnElement[Any], since: datetime | None, until: datetime | None) -> Conditions:
    bounds: Conditions = []
    if since is not None:
        bounds.append(column >= micros(since))
    if until is not None:
        bounds.append(column < micros(until))
    return bounds
