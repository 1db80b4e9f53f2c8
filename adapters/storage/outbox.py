"""Orders on their way to the broker, claimed by state and due time, and what couriers need to carry them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import structs
from sqlalchemy import Connection, Select, bindparam, func, select, update

from adapters.storage import finished, lost
from adapters.storage.database import Database
from adapters.storage.gathered import Keyed
from adapters.storage.reads import beside_newest_order
from adapters.storage.rows import DELIVERY, EVENT, ORDER, PACKAGE, delivery_of, event_of, order_of, package_of
from adapters.storage.tables import deliveries, events, orders, packages
from adapters.storage.terms import ORDER_DONE, ORDER_WAITING, PUBLISHED, WAITING, of
from adapters.storage.times import micros, moment
from hub.finished_orders import Forgotten
from hub.ids import OrderId
from hub.order import Order, Purpose
from hub.queries import Errand
from routing.values import Lane

_waiting = of("orders", WAITING)
_due = (
    select(*ORDER)
    .where(_waiting, orders.c.lane == bindparam("lane"), orders.c.due_at <= bindparam("now"))
    .order_by(orders.c.due_at, orders.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_newest_due = _due.order_by(None).order_by(orders.c.due_at.desc(), orders.c.id.desc())
_claim = (
    update(orders)
    .where(orders.c.id.in_(bindparam("ids", expanding=True)))
    .values(due_at=bindparam("until"), is_postponed=0)
)
_next_due = select(func.min(orders.c.due_at)).where(_waiting, orders.c.lane == bindparam("lane"))
_count_due = select(func.count()).select_from(
    select(orders.c.id)
    .where(_waiting, orders.c.lane == bindparam("lane"), orders.c.due_at <= bindparam("now"))
    .limit(bindparam("limit"))
    .subquery()
)
_next_published = (
    select(orders.c.system_id, orders.c.published_at)
    .where(of("orders", PUBLISHED), orders.c.system_id > bindparam("system"))
    .order_by(orders.c.system_id, orders.c.published_at)
    .limit(1)
)
_still_waiting = select(orders.c.id).where(
    orders.c.id.in_(bindparam("ids", expanding=True)), orders.c.state == ORDER_WAITING
)
_carried = orders.alias("carried")
_open = _carried.c.state != ORDER_DONE
_CARRIED = tuple(_carried.c[str(column.key)] for column in ORDER)
_consignments = Keyed(
    select(*_CARRIED, *DELIVERY, *PACKAGE)
    .select_from(
        beside_newest_order(
            _carried.join(deliveries, deliveries.c.id == _carried.c.delivery_id).join(
                packages, packages.c.id == deliveries.c.package_id
            )
        )
    )
    .where(_open),
    _carried.c.id,
)
_tellings = Keyed(
    select(*_CARRIED, *EVENT, *PACKAGE)
    .select_from(
        _carried.join(events, events.c.id == _carried.c.event_id).outerjoin(
            packages, packages.c.id == events.c.package_id
        )
    )
    .where(_open),
    _carried.c.id,
)


def wait_again(connection: Connection, at: datetime) -> None:
    """Make every published order wait again, due at once: its queue is gone. Claims end: the relay's word of them is too late."""
    published = update(orders).where(of("orders", PUBLISHED))
    connection.execute(published.values(state=ORDER_WAITING, due_at=micros(at), published_at=None))
    _end_claims(connection, at)


def _end_claims(connection: Connection, at: datetime) -> None:
    claimed = update(orders).where(_waiting, orders.c.is_postponed == 0, orders.c.due_at > micros(at))
    connection.execute(claimed.values(due_at=micros(at)))


_KEPT_FOR_NEWEST = 5


class Outboxes:
    """The part of the store that holds orders."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, limit: int, now: datetime, until: datetime) -> tuple[Order, ...]:
        """Return due orders, urgent first, and keep others from claiming them before `until`, when they are due again.

        The oldest come first. When more are due than are taken, a fifth of the places is kept for the newest: a long queue of
        one system (its broker was rebuilt, or was away) must not hold up what comes for the others meanwhile.
        """
        kept = limit // _KEPT_FOR_NEWEST

        def work(connection: Connection) -> tuple[Order, ...]:
            claimed = _claimed(connection, _due, limit - kept, now, until)
            if kept and len(claimed) == limit - kept:
                claimed += _claimed(connection, _newest_due, kept, now, until)
            return tuple(claimed)

        return await self._database.writer.run(work)

    async def end_claims(self, clock: Callable[[], datetime]) -> None:
        """Make claimed orders due: who had claimed them died."""
        at = clock()
        await self._database.writer.run(lambda connection: _end_claims(connection, at))

    async def next_due(self) -> datetime | None:
        """Return when the next waiting order falls due; None when none waits."""

        def read(connection: Connection) -> datetime | None:
            due = [connection.execute(_next_due, {"lane": lane.value}).scalar() for lane in Lane]
            return min((moment(each) for each in due if each is not None), default=None)

        return await self._database.read(read)

    async def count_due(self, now: datetime, at_most: int) -> int:
        """Return how many orders are due and nobody has claimed; it stops counting at `at_most`."""

        def read(connection: Connection) -> int:
            count = 0
            for lane in Lane:
                wanted = {"lane": lane.value, "now": micros(now), "limit": at_most - count}
                count += int(connection.execute(_count_due, wanted).scalar_one())
            return count

        return await self._database.read(read)

    async def overdue_at_broker(self, published_before: datetime) -> frozenset[str]:
        """Return the systems that have orders which were published before that time and are not done.

        Goes from system to system through the index, so that a long queue of one costs no more than a short one.
        """

        def read(connection: Connection) -> frozenset[str]:
            found: list[str] = []
            system = connection.execute(_next_published, {"system": ""}).first()
            while system is not None:
                if system.published_at < micros(published_before):
                    found.append(system.system_id)
                system = connection.execute(_next_published, {"system": system.system_id}).first()
            return frozenset(found)

        return await self._database.read(read)

    async def unpublish(self, system_id: str | None, published_before: datetime) -> int:
        """Make published orders waiting again (their broker lost them), due at once; return how many."""
        systems = await self.overdue_at_broker(published_before) if system_id is None else (system_id,)
        return sum([await lost.unpublish(self._database, each, published_before) for each in sorted(systems)])

    async def remind(self, system_id: str | None, carried_before: datetime) -> int:
        """Make orders waiting again that brought consigned deliveries into queues which systems consume themselves."""
        return await lost.remind(self._database, system_id, carried_before)

    async def forget_finished(self, before: datetime, after: str, limit: int) -> Forgotten:
        """Look at orders behind the one with the id `after` that were made before a time; remove those that nothing needs."""
        return await finished.forget(self._database, before, after, limit)

    async def still_waiting(self, order_ids: Sequence[OrderId]) -> frozenset[OrderId]:
        """Return those of these orders that are neither published nor done."""

        def read(connection: Connection) -> frozenset[OrderId]:
            return frozenset(connection.execute(_still_waiting, {"ids": list(order_ids)}).scalars())

        return await self._database.read(read) if order_ids else frozenset()

    async def errands(self, order_ids: Sequence[OrderId]) -> tuple[Errand, ...]:
        """Return what couriers need for these orders, in their order; those that are done or unknown are left out."""
        ids = list(order_ids)
        found = await self._database.find_all(_consignments, ids)
        if others := [each for each in ids if each not in found]:
            found |= await self._database.find_all(_tellings, others)
        return tuple(_errand(found[each][0]) for each in ids if each in found)


def _errand(row: Sequence[object]) -> Errand:
    order, rest = order_of(row), row[len(ORDER) :]
    if order.purpose is Purpose.CONSIGN:
        return Errand(order, package_of(rest[len(DELIVERY) :]), delivery=delivery_of(rest))
    package = rest[len(EVENT) :]
    return Errand(order, None if package[0] is None else package_of(package), event=event_of(rest))


def _claimed(connection: Connection, due: Select[Any], limit: int, now: datetime, until: datetime) -> list[Order]:
    claimed: list[Order] = []
    for lane in (Lane.URGENT, Lane.NORMAL):
        wanted = {"lane": lane.value, "now": micros(now), "limit": limit - len(claimed)}
        claimed.extend(map(order_of, connection.execute(due, wanted).all() if wanted["limit"] else ()))
    if claimed:
        connection.execute(_claim, {"ids": [order.id for order in claimed], "until": micros(until)})
    return [structs.replace(order, due_at=until) for order in claimed]
