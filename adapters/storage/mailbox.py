"""The recipient's side: consigned deliveries, leased to whoever asks for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from adapters.storage.database import Database
from adapters.storage.tables import deliveries, packages
from adapters.storage.terms import CONSIGNED, of
from adapters.storage.times import micros, moment
from hub.queries import InboxItem
from routing.values import Lane

_free = (
    select(
        deliveries.c.id,
        packages.c.id.label("package_id"),
        packages.c.document_id,
        packages.c.kind,
        packages.c.sender,
        deliveries.c.recipient,
        deliveries.c.lane,
        packages.c.subject,
        packages.c.sha256,
        packages.c.size,
        deliveries.c.consigned_at,
    )
    .join_from(deliveries, packages)
    .where(
        of("deliveries", CONSIGNED),
        deliveries.c.system_id == bindparam("system"),
        deliveries.c.lane == bindparam("lane"),
        deliveries.c.lease_until <= bindparam("now"),
    )
    .order_by(deliveries.c.id)
    .limit(bindparam("limit"))
    .with_for_update(of=deliveries, skip_locked=True)
)
_lease = (
    update(deliveries)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(lease_until=bindparam("until"))
)


class Mailboxes:
    """The part of the store that hands consigned deliveries out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lease(
        self, system_id: str, lane: Lane | None, limit: int, now: datetime, lease_for: timedelta
    ) -> tuple[InboxItem, ...]:
        """Lease and return consigned deliveries of a system that nobody holds: urgent first, then oldest."""
        lanes = (Lane.URGENT, Lane.NORMAL) if lane is None else (lane,)
        until = now + lease_for

        def work(connection: Connection) -> tuple[InboxItem, ...]:
            found: list[Any] = []
            for each in lanes:
                left = limit - len(found)
                wanted = {"system": system_id, "lane": each.value, "now": micros(now), "limit": left}
                found.extend(connection.execute(_free, wanted).all() if left > 0 else ())
            if found:
                connection.execute(_lease, {"ids": [row.id for row in found], "until": micros(until)})
            return tuple(_item(row, until) for row in found)

        return await self._database.writer.run(work)


def _item(row: Any, until: datetime) -> InboxItem:
    return InboxItem(
        id=row.id,
        package_id=row.package_id,
        document_id=row.document_id,
        kind=row.kind,
        sender=row.sender,
        recipient=row.recipient,
        lane=Lane(row.lane),
        subject=row.subject,
        sha256=row.sha256,
        size=row.size,
        consigned_at=moment(row.consigned_at),
        lease_until=until,
    )
