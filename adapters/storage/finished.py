"""Removing orders that are done and that nothing needs (`hub.finished_orders`), a portion in each transaction.

They are found in the order of their ids, which begin with the time when they were made: so no index is kept for this, and
finishing an order costs nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, bindparam, delete, func, select

from adapters.storage.database import Database
from adapters.storage.tables import deliveries, orders
from adapters.storage.terms import OF_DELIVERY, ORDER_DONE, of
from adapters.storage.times import micros
from hub.finished_orders import Forgotten
from hub.ids import first_uuid7
from hub.lifecycle import State

_ids: BindParameter[str] = bindparam("ids", expanding=True)
_next: Select[Any] = (
    select(orders.c.id, orders.c.delivery_id, orders.c.state, orders.c.due_at, orders.c.attempts, orders.c.error)
    .where(orders.c.id > bindparam("after"), orders.c.id < bindparam("first_kept"))
    .order_by(orders.c.id)
    .limit(bindparam("limit"))
)
_ended = select(deliveries.c.id).where(
    deliveries.c.id.in_(_ids), deliveries.c.state.in_([state.value for state in State if state.is_final])
)
#: A delivery that was given up once has several: the newest stands beside it, and would leave its place to an older one.
_with_one_order = (
    select(orders.c.delivery_id)
    .where(of("orders", OF_DELIVERY), orders.c.delivery_id.in_(_ids))
    .group_by(orders.c.delivery_id)
    .having(func.count() == 1)
)
_remove = delete(orders).where(orders.c.id.in_(_ids), orders.c.state == ORDER_DONE)


async def forget(database: Database, before: datetime, after: str, limit: int) -> Forgotten:
    """Remove those of the next orders that are done, were last due before a time, and that nothing needs."""
    wanted = {"after": after, "first_kept": first_uuid7(before), "limit": limit}

    def look(connection: Connection) -> tuple[list[str], str]:
        rows = connection.execute(_next, wanted).all()
        done = [row for row in rows if row.state == ORDER_DONE and row.due_at < micros(before)]
        return _needless(connection, done), rows[-1].id if len(rows) == limit else ""

    ids, reached = await database.read(look)
    if not ids:
        return Forgotten(0, reached)
    count = await database.writer.run(lambda connection: connection.execute(_remove, {"ids": ids}).rowcount)
    return Forgotten(count, reached)


def _needless(connection: Connection, done: Iterable[Row[Any]]) -> list[str]:
    """Return the ids of those that told something, or whose delivery has ended without a failed attempt."""
    of_delivery = {
        row.delivery_id: row.id for row in done if row.delivery_id and not row.attempts and row.error is None
    }
    told = [row.id for row in done if not row.delivery_id]
    if not of_delivery:
        return told
    asked = {"ids": list(of_delivery)}
    ended = set(connection.execute(_ended, asked).scalars())
    alone = set(connection.execute(_with_one_order, asked).scalars())
    return told + [of_delivery[each] for each in ended & alone]
