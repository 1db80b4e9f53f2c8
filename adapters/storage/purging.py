"""Purging contents (`hub.retention`): which packages to look at, and what the database says of them.

Packages are looked at once, in the order of their acceptance, behind a cursor that is kept; what cannot be purged then waits
in a small table for its time. So nothing is scanned, and accepting a package costs nothing more. A purged content is a row
without data; its file goes with the sweep. Packages with equal bytes share a content: it stays while one of them needs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import BindParameter, Connection, bindparam, delete, func, select, tuple_, update

from adapters.storage.bulk import BulkInsert, BulkUpsert
from adapters.storage.database import Database
from adapters.storage.dialects import queue_for_append
from adapters.storage.leases import BACKUP
from adapters.storage.tables import contents, deliveries, events, leases, packages
from adapters.storage.times import micros, moment
from adapters.storage.upkeep_tables import holds, purge_cursor, purge_later
from hub.ids import PackageId
from hub.lifecycle import ENDINGS, State
from hub.retention import Later, Purged, Standing, decide

_ids: BindParameter[str] = bindparam("ids", expanding=True)
_backup = select(leases.c.name).where(leases.c.name == BACKUP, leases.c.until > bindparam("now"))
_cursor = select(purge_cursor.c.accepted_at, purge_cursor.c.package_id)
_due_again = (
    select(purge_later.c.package_id)
    .where(purge_later.c.look_at <= bindparam("now"))
    .order_by(purge_later.c.look_at)
    .limit(bindparam("limit"))
)
_next = (
    select(packages.c.id, packages.c.accepted_at)
    .where(
        tuple_(packages.c.accepted_at, packages.c.id) > tuple_(bindparam("accepted_at"), bindparam("id")),
        packages.c.accepted_at <= bindparam("before"),
    )
    .order_by(packages.c.accepted_at, packages.c.id)
    .limit(bindparam("limit"))
)
_alike = packages.alias("alike")
_sharing = (
    select(_alike.c.id, _alike.c.sha256, _alike.c.accepted_at)
    .select_from(packages.join(_alike, _alike.c.sha256 == packages.c.sha256))
    .where(packages.c.id.in_(_ids))
    .distinct()
)
_held = select(holds.c.package_id).where(holds.c.package_id.in_(_ids))
_open = (
    select(deliveries.c.package_id, func.max(deliveries.c.deadline_at))
    .where(
        deliveries.c.package_id.in_(_ids),
        deliveries.c.state.not_in([state.value for state in State if state.is_final]),
    )
    .group_by(deliveries.c.package_id)
)
_ended = (
    select(events.c.package_id, func.max(events.c.at))
    .where(events.c.package_id.in_(_ids), events.c.event.in_(sorted(event.value for event in ENDINGS)))
    .group_by(events.c.package_id)
)
_purge = (
    update(contents)
    .where(contents.c.sha256.in_(bindparam("digests", expanding=True)), contents.c.purged_at.is_(None))
    .values(data=None, purged_at=bindparam("at"))
)
_forget = delete(purge_later).where(purge_later.c.package_id.in_(_ids))
_put_off = BulkUpsert(purge_later)
_move_cursor = BulkUpsert(purge_cursor)
_hold = BulkInsert(holds, keep_existing=True)
_look_now = BulkUpsert(purge_later)


class Hold(Struct, frozen=True):
    """A package whose content must stay, since when, and why."""

    package_id: PackageId
    at: datetime
    reason: str


class Purger:
    """Purges contents, and keeps those that are held."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def purge(self, keep_for: timedelta, limit: int, now: datetime) -> Purged:
        """Look at packages that may be due and purge the contents of those that are; nothing while a backup is taken."""
        return await self._database.writer.run(lambda connection: _purge_batch(connection, keep_for, limit, now))

    async def hold(self, package_id: PackageId, reason: str, at: datetime) -> None:
        """Keep a package's content until it is released; a hold that is there already stays as it is."""
        await self._database.writer.run(lambda connection: hold(connection, package_id, reason, at))

    async def release(self, package_id: PackageId, at: datetime) -> bool:
        """Let the policy decide again; return False when the package was not held."""

        def work(connection: Connection) -> bool:
            is_held = connection.execute(delete(holds).where(holds.c.package_id == package_id)).rowcount == 1
            if is_held:
                _look_now(connection, [(package_id, micros(at))])
            return is_held

        return await self._database.writer.run(work)

    async def holds(self) -> tuple[Hold, ...]:
        """Return every hold, oldest first."""
        listed = select(holds).order_by(holds.c.at, holds.c.package_id)

        def read(connection: Connection) -> tuple[Hold, ...]:
            return tuple(
                Hold(PackageId(row.package_id), moment(row.at), row.reason) for row in connection.execute(listed)
            )

        return await self._database.read(read)


def hold(connection: Connection, package_id: PackageId, reason: str, at: datetime) -> None:
    """Record a hold. It comes before a purge or after it, whichever process purges: what is held then is not purged any more."""
    queue_for_append(connection)
    _hold(connection, [(package_id, micros(at), reason)])


def _purge_batch(connection: Connection, keep_for: timedelta, limit: int, now: datetime) -> Purged:
    queue_for_append(connection)  # holds and late recipients that are being recorded are waited for, and seen
    if connection.execute(_backup, {"now": micros(now)}).first() is not None:
        return Purged(0, 0, None)
    looked_at, reached = _candidates(connection, micros(now - keep_for), limit, micros(now))
    if not looked_at:
        return Purged(0, 0, None)
    outcomes, sharing = _judge(connection, looked_at, keep_for, now)
    due = [sha256 for sha256, ids in sharing.items() if all(outcomes[each] is None for each in ids)]
    purged = connection.execute(_purge, {"digests": due, "at": micros(now)}).rowcount if due else 0
    connection.execute(_forget, {"ids": looked_at})
    _put_off(connection, _waiting(looked_at, outcomes, sharing))
    if reached is not None:
        _move_cursor(connection, [(1, *reached)])
    return Purged(len(looked_at), purged, None if reached is None else moment(reached[0]))


def _candidates(connection: Connection, before: int, limit: int, now: int) -> tuple[list[str], tuple[int, str] | None]:
    """Return packages to look at, first those whose time has come again, and how far the cursor gets with them."""
    again = list(connection.execute(_due_again, {"now": now, "limit": limit}).scalars())
    cursor = connection.execute(_cursor).first() or (0, "")
    wanted = {"accepted_at": cursor[0], "id": cursor[1], "before": before, "limit": limit - len(again)}
    fresh = connection.execute(_next, wanted).all() if wanted["limit"] else []
    reached = (fresh[-1].accepted_at, fresh[-1].id) if fresh else None
    return list(dict.fromkeys((*again, *(row.id for row in fresh)))), reached


def _judge(
    connection: Connection, ids: Iterable[str], keep_for: timedelta, now: datetime
) -> tuple[dict[str, Later | None], dict[str, list[str]]]:
    """Return what is to become of these packages and of those with equal bytes, and who shares each digest."""
    rows = connection.execute(_sharing, {"ids": list(ids)}).all()
    wanted = {"ids": [row.id for row in rows]}
    held = set(connection.execute(_held, wanted).scalars())
    is_open = _by_package(connection.execute(_open, wanted))
    ended = _by_package(connection.execute(_ended, wanted))
    sharing: dict[str, list[str]] = {}
    outcomes: dict[str, Later | None] = {}
    for row in rows:
        sharing.setdefault(row.sha256, []).append(row.id)
        standing = Standing(row.id in held, is_open.get(row.id), ended.get(row.id, moment(row.accepted_at)))
        outcomes[row.id] = decide(standing, keep_for, now)
    return outcomes, sharing


def _by_package(rows: Iterable[tuple[str, int]]) -> dict[str, datetime]:
    return {package_id: moment(at) for package_id, at in rows}


def _waiting(
    looked_at: Iterable[str], outcomes: Mapping[str, Later | None], sharing: Mapping[str, list[str]]
) -> list[tuple[str, int]]:
    """Return the packages to look at again, and when; those kept by a hold come back with its release."""
    group_of = {id_: ids for ids in sharing.values() for id_ in ids}
    waiting = []
    for id_ in looked_at:
        times = [later.at for each in group_of[id_] if (later := outcomes[each]) is not None]
        known = [at for at in times if at is not None]
        if known and len(known) == len(times):
            waiting.append((id_, micros(max(known))))
    return waiting
