"""Orders whose queue is lost wait for the relay again, a portion in each transaction.

A queue may have held 200,000 of one system. In one statement they cost the server eight seconds, in which nothing else that this
process was given could be recorded. So they go a portion at a time; between two, whoever else writes has the turn.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, bindparam, func, select, update

from adapters.storage.database import Database
from adapters.storage.tables import deliveries, orders
from adapters.storage.terms import CONSIGNED, OF_DELIVERY, ORDER_DONE, ORDER_WAITING, PUBLISHED, WAITING, of
from adapters.storage.times import micros
from routing.values import Binding, Lane

PORTION = 500
#: No claim is longer. An order that its courier concluded before the relay could note it as published has the end of its claim as
#: due time, and was carried at most so long before.
_LONGEST_CLAIM = timedelta(minutes=1) // timedelta(microseconds=1)

_ids = orders.c.id.in_(bindparam("ids", expanding=True))
_published = (
    select(orders.c.id)
    .where(
        of("orders", PUBLISHED),
        orders.c.system_id == bindparam("system"),
        orders.c.published_at < bindparam("before"),
    )
    .order_by(orders.c.published_at)
    .limit(PORTION)
)
_unpublish = (
    update(orders)
    .where(_ids, of("orders", PUBLISHED))
    .values(state=ORDER_WAITING, due_at=bindparam("before"), published_at=None)
)
#: Of a claim whose order the broker may have confirmed, and lost with its queue: the relay's word of it comes too late then.
_end_claims = (
    update(orders)
    .where(
        of("orders", WAITING),
        orders.c.lane == bindparam("of_lane"),
        orders.c.due_at > bindparam("before"),
        orders.c.due_at <= bindparam("before") + _LONGEST_CLAIM,
        orders.c.system_id == bindparam("system"),
        orders.c.is_postponed == 0,
    )
    .values(due_at=bindparam("before"))
)
_next_consigned_system = select(func.min(deliveries.c.system_id)).where(
    of("deliveries", CONSIGNED), deliveries.c.system_id > bindparam("system")
)
_consigned = (
    select(deliveries.c.id)
    .where(
        of("deliveries", CONSIGNED),
        deliveries.c.system_id == bindparam("system"),
        deliveries.c.lane == bindparam("lane"),
        deliveries.c.id > bindparam("after"),
    )
    .order_by(deliveries.c.id)
    .limit(PORTION)
)
_carried = select(orders.c.id).where(
    of("orders", OF_DELIVERY),
    orders.c.delivery_id.in_(bindparam("deliveries", expanding=True)),
    orders.c.binding == Binding.AMQP.value,
    orders.c.state == ORDER_DONE,
    func.coalesce(orders.c.published_at, orders.c.due_at - _LONGEST_CLAIM) < bindparam("before"),
)
_carry_again = (
    update(orders)
    .where(_ids, orders.c.state == ORDER_DONE)
    .values(state=ORDER_WAITING, due_at=bindparam("due_at"), published_at=None, attempts=0)
)


async def unpublish(database: Database, system_id: str, published_before: datetime) -> int:
    """Make published orders of a system wait again, due at once; return how many. Claims end that were made by then."""
    wanted = {"system": system_id, "before": micros(published_before)}

    def work(connection: Connection) -> int:
        for lane in Lane:
            connection.execute(_end_claims, {**wanted, "of_lane": lane.value})
        ids = connection.execute(_published, wanted).scalars().all()
        if ids:
            connection.execute(_unpublish, {"ids": ids, "before": wanted["before"]})
        return len(ids)

    count = 0
    while True:
        found = await database.writer.run(work, "outbox")
        count += found
        if found < PORTION:
            return count


async def remind(database: Database, system_id: str | None, carried_before: datetime) -> int:
    """Make orders wait again that brought consigned deliveries into queues which systems consume themselves."""
    systems = [system_id] if system_id is not None else await database.read(_with_consigned)
    return sum([await _remind(database, each, lane, micros(carried_before)) for each in systems for lane in Lane])


def _with_consigned(connection: Connection) -> list[str]:
    """Go from system to system through the index."""
    found: list[str] = []
    system = connection.execute(_next_consigned_system, {"system": ""}).scalar()
    while system is not None:
        found.append(system)
        system = connection.execute(_next_consigned_system, {"system": system}).scalar()
    return found


async def _remind(database: Database, system_id: str, lane: Lane, before: int) -> int:
    count, after = 0, ""

    def look(after: str, connection: Connection) -> tuple[str, list[str]]:
        """Return the last delivery looked at, and the orders to carry again."""
        wanted = {"system": system_id, "lane": lane.value, "after": after}
        looked_at = connection.execute(_consigned, wanted).scalars().all()
        if not looked_at:
            return "", []
        return looked_at[-1], list(connection.execute(_carried, {"deliveries": looked_at, "before": before}).scalars())

    def carry_again(connection: Connection, ids: list[str]) -> int:
        return connection.execute(_carry_again, {"ids": ids, "due_at": before}).rowcount

    while True:
        after, ids = await database.read(partial(look, after))
        if ids:
            count += await database.writer.run(partial(carry_again, ids=ids), "outbox")
        if not after:
            return count
