"""Reading single things: a package, a delivery, an event, a content, and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, FromClause, Select, and_, bindparam, func, select, tuple_, union

from adapters.storage.content import ContentFiles
from adapters.storage.database import Database
from adapters.storage.gathered import Keyed
from adapters.storage.recent import RecentContents
from adapters.storage.rows import DELIVERY, EVENT, PACKAGE, delivery_of, event_of, package_of
from adapters.storage.tables import contents, deliveries, events, orders, packages
from adapters.storage.terms import OF_DELIVERY, RECEIPTED, of
from adapters.storage.times import moment
from adapters.storage.upkeep_tables import holds, purge_cursor, purge_later
from hub.delivery import Delivery
from hub.events import Event
from hub.ids import DeliveryId, EventId, PackageId
from hub.package import Package
from hub.queries import Bytes, Original, Standing, Stored
from hub.record import EventRecord


def beside_newest_order(source: FromClause) -> FromClause:
    """Return `source`, which holds deliveries, joined with the newest order of each: failed attempts live there."""
    newest = orders.alias("newest_order")
    newest_order = (
        select(func.max(newest.c.id))
        .where(newest.c.delivery_id == deliveries.c.id, of("newest_order", OF_DELIVERY))
        .correlate(deliveries)
        .scalar_subquery()
    )
    return source.outerjoin(orders, orders.c.id == newest_order)


def package_and_delivery() -> Select[tuple[object, ...]]:
    """Select `PACKAGE` and `DELIVERY` together."""
    joined = deliveries.join(packages, packages.c.id == deliveries.c.package_id)
    return select(*PACKAGE, *DELIVERY).select_from(beside_newest_order(joined))


def pair_of(row: Sequence[object]) -> tuple[Package, Delivery]:
    """Return what a row of `package_and_delivery` says."""
    return package_of(row), delivery_of(row[len(PACKAGE) :])


_package = Keyed(select(*PACKAGE), packages.c.id)
_size_of_all = select(func.coalesce(func.sum(packages.c.size), 0)).where(packages.c.system_id == bindparam("system_id"))
_last_event = select(func.coalesce(func.max(events.c.seq), 0))
_size_of_accepted = select(func.coalesce(func.sum(packages.c.size), 0)).where(
    packages.c.id == events.c.package_id,
    of("events", RECEIPTED),
    events.c.event == Event.SUBMISSION_ACCEPTANCE.value,
    events.c.sender_system == bindparam("system_id"),
    events.c.seq > bindparam("up_to"),
)
_purged_up_to = select(purge_cursor.c.accepted_at, purge_cursor.c.package_id)
#: What the purge has not come to yet.
_size_of_new = _size_of_all.where(
    tuple_(packages.c.accepted_at, packages.c.id) > tuple_(bindparam("accepted_at"), bindparam("id"))
)
#: What it has come to and left where it is.
_size_of_kept = _size_of_all.join_from(packages, contents, contents.c.sha256 == packages.c.sha256).where(
    tuple_(packages.c.accepted_at, packages.c.id) <= tuple_(bindparam("accepted_at"), bindparam("id")),
    packages.c.id.in_(union(select(purge_later.c.package_id), select(holds.c.package_id))),
    contents.c.purged_at.is_(None),
)
_deliveries = (
    select(*DELIVERY)
    .select_from(beside_newest_order(deliveries))
    .where(deliveries.c.package_id == bindparam("id"))
    .order_by(deliveries.c.position)
)
_deliveries_of = (
    select(*DELIVERY)
    .select_from(beside_newest_order(deliveries))
    .where(deliveries.c.package_id.in_(bindparam("ids", expanding=True)))
    .order_by(deliveries.c.package_id, deliveries.c.position)
)
_acceptances = select(*EVENT).where(
    events.c.package_id.in_(bindparam("ids", expanding=True)),
    events.c.event == Event.SUBMISSION_ACCEPTANCE.value,
    events.c.delivery_id.is_(None),
)
_delivery = Keyed(package_and_delivery(), deliveries.c.id)
_originals = (
    select(*PACKAGE, *DELIVERY)
    .select_from(beside_newest_order(packages.join(deliveries, deliveries.c.package_id == packages.c.id)))
    .where(
        packages.c.document_id.in_(bindparam("document_ids", expanding=True)),
        packages.c.sender.in_(bindparam("senders", expanding=True)),
        packages.c.kind == "document",
    )
    .order_by(packages.c.accepted_at, packages.c.id, deliveries.c.position)
)
_of_content = (
    select(*PACKAGE, *DELIVERY)
    .select_from(beside_newest_order(packages.join(deliveries, deliveries.c.package_id == packages.c.id)))
    .where(packages.c.sha256 == bindparam("sha256"))
    .order_by(packages.c.accepted_at, packages.c.id, deliveries.c.position)
)
_event_named = events.alias("named")
_event = Keyed(select(*EVENT), events.c.id)
_events = select(*EVENT).where(events.c.package_id == bindparam("id")).order_by(events.c.seq)
_events_after = _events.where(
    events.c.seq > select(_event_named.c.seq).where(_event_named.c.id == bindparam("after")).scalar_subquery()
)
_first_event = select(*EVENT).where(events.c.event == bindparam("event")).order_by(events.c.seq).limit(1)
_event_of_delivery = _first_event.where(events.c.delivery_id == bindparam("id"))
_event_of_package = _first_event.where(and_(events.c.package_id == bindparam("id"), events.c.delivery_id.is_(None)))
_held = Keyed(
    select(*PACKAGE, *DELIVERY, contents.c.size, contents.c.data, contents.c.purged_at).select_from(
        beside_newest_order(
            deliveries.join(packages, packages.c.id == deliveries.c.package_id).outerjoin(
                contents, contents.c.sha256 == packages.c.sha256
            )
        )
    ),
    deliveries.c.id,
)
_content = Keyed(select(contents.c.size, contents.c.data, contents.c.purged_at), contents.c.sha256)


class Reads:
    """The part of the store that answers questions about one thing."""

    def __init__(self, database: Database, files: ContentFiles, recent: RecentContents) -> None:
        self._database = database
        self._files = files
        self._recent = recent

    async def package(self, package_id: PackageId) -> Package | None:
        """Return one package."""
        found = await self._database.find(_package, package_id)
        return package_of(found[0]) if found else None

    async def stored_bytes(self, system_id: str) -> Stored:
        """Return the bytes of the packages that a system has handed in and whose contents were not purged."""

        def read(connection: Connection) -> Stored:
            purged_up_to = connection.execute(_purged_up_to).first() or (0, "")
            wanted = {"system_id": system_id, "accepted_at": purged_up_to[0], "id": purged_up_to[1]}
            sizes = [int(connection.execute(each, wanted).scalar_one()) for each in (_size_of_new, _size_of_kept)]
            return Stored(sum(sizes), connection.execute(_last_event).scalar_one())

        return await self._database.read(read)  # it adds up as many rows as there are packages not yet purged

    async def stored_since(self, system_id: str, up_to: int) -> Stored:
        """Return the bytes of the packages that a system has handed in after the event of this number."""

        def read(connection: Connection) -> Stored:
            added = connection.execute(_size_of_accepted, {"system_id": system_id, "up_to": up_to}).scalar_one()
            return Stored(int(added), connection.execute(_last_event).scalar_one())

        return await self._database.read(read)

    async def deliveries(self, package_id: PackageId) -> tuple[Delivery, ...]:
        """Return the deliveries of a package in the order of its recipients."""
        return tuple(map(delivery_of, await self._database.look_up(_deliveries, {"id": package_id})))

    async def standings(self, package_ids: Sequence[PackageId]) -> tuple[Standing, ...]:
        """Return for each of these packages, in their order, what is shown beside it."""
        if not package_ids:
            return ()
        ids = list(package_ids)

        def read(connection: Connection) -> tuple[Standing, ...]:
            found = map(delivery_of, connection.execute(_deliveries_of, {"ids": ids}).all())
            theirs = {package_id: tuple(each) for package_id, each in groupby(found, key=lambda one: one.package_id)}
            rows = map(event_of, connection.execute(_acceptances, {"ids": ids}).all())
            acceptances = {record.package_id: record for record in rows}
            return tuple(Standing(theirs.get(each, ()), acceptances.get(each)) for each in ids)

        return await self._database.read(read)

    async def delivery(self, delivery_id: DeliveryId) -> tuple[Package, Delivery] | None:
        """Return one delivery with its package."""
        found = await self._database.find(_delivery, delivery_id)
        return pair_of(found[0]) if found else None

    async def originals(self, senders: Sequence[str], document_ids: Sequence[str]) -> tuple[Original, ...]:
        """Return the documents (not statuses) of a sender with any of these ids, oldest first, with their deliveries.

        `senders`: the codes that it has or had.
        """
        if not document_ids:
            return ()

        def read(connection: Connection) -> tuple[Original, ...]:
            found = connection.execute(_originals, {"senders": list(senders), "document_ids": list(document_ids)}).all()
            return _by_package(found)

        return await self._database.read(read)

    async def of_content(self, sha256: str) -> tuple[Original, ...]:
        """Return the packages that are these very bytes, oldest first, with their deliveries."""
        return await self._database.read(
            lambda connection: _by_package(connection.execute(_of_content, {"sha256": sha256}).all())
        )

    async def event(self, event_id: EventId) -> EventRecord | None:
        """Return one event."""
        found = await self._database.find(_event, event_id)
        return event_of(found[0]) if found else None

    async def event_of(
        self, event: Event, *, package_id: PackageId, delivery_id: DeliveryId | None
    ) -> EventRecord | None:
        """Return the first such event of a package (with `delivery_id` None: of the package itself) or of one delivery."""
        statement = _event_of_package if delivery_id is None else _event_of_delivery
        found = await self._database.look_up(statement, {"event": event.value, "id": delivery_id or package_id})
        return event_of(found[0]) if found else None

    async def events(
        self, package_id: PackageId, after: EventId | None = None, limit: int | None = None
    ) -> tuple[EventRecord, ...]:
        """Return the story of a package in commit order: what came after an event of it, so many."""
        statement = (_events if after is None else _events_after).limit(limit)
        wanted = {"id": package_id} if after is None else {"id": package_id, "after": after}

        def read(connection: Connection) -> tuple[EventRecord, ...]:
            return tuple(map(event_of, connection.execute(statement, wanted).all()))

        return await self._database.read(read)

    async def held(self, delivery_id: DeliveryId) -> tuple[Package, Delivery, Bytes | None] | None:
        """Return one delivery with its package and the bytes of it or where they lie."""
        found = await self._database.find(_held, delivery_id)
        if not found:
            return None
        package, delivery = pair_of(found[0])
        return package, delivery, self._bytes(package.sha256, found[0][len(PACKAGE) + len(DELIVERY) :])

    async def content(self, sha256: str) -> Bytes | None:
        """Return the bytes of a package or where they lie."""
        found = await self._database.find(_content, sha256)
        return self._bytes(sha256, found[0]) if found else None

    def _bytes(self, sha256: str, row: Sequence[Any]) -> Bytes | None:
        size, data, purged_at = row[:3]
        if size is None:
            return None
        if purged_at is not None:
            return Bytes(size, purged_at=moment(purged_at))
        if data is None:
            data = self._recent.get(sha256)
        return Bytes(size, data, None if data is not None else self._files.path(sha256))


def _by_package(rows: Iterable[Sequence[object]]) -> tuple[Original, ...]:
    """Return packages with their deliveries from rows of both, those of one package together."""
    grouped = groupby(map(pair_of, rows), key=lambda pair: pair[0].id)
    return tuple(_original(list(pairs)) for _, pairs in grouped)


def _original(pairs: list[tuple[Package, Delivery]]) -> Original:
    return Original(pairs[0][0], tuple(delivery for _, delivery in pairs))
