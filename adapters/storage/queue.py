"""The table queue: a broker (`hub.ports.Broker`) in the same database, for hubs without RabbitMQ.

Publishing inserts a row, taking makes it invisible for a while, settling deletes it. A courier that works for long says so now
and then; one that dies leaves its rows to become visible again. `take` steps from system to system through the index (a loose
scan), so that a long queue of one system costs the others nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct, structs
from sqlalchemy import Connection, bindparam, delete, func, select, update

from adapters.storage.bulk import BulkInsert
from adapters.storage.database import Database
from adapters.storage.tables import queue
from adapters.storage.times import micros
from hub.failpoints import reached
from hub.ids import OrderId
from hub.order import Order
from hub.queries import Ticket
from routing.values import Lane

VISIBILITY = timedelta(minutes=2)  #: after it a courier that was not heard of counts as dead

_publish = BulkInsert(queue, ("order_id", "system_id", "lane", "visible_at"), keep_existing=True)
_next_system = select(func.min(queue.c.system_id)).where(queue.c.system_id > bindparam("system"))
_any_of = select(queue.c.position).where(queue.c.system_id == bindparam("system")).limit(1)
_visible = (
    select(queue.c.position, queue.c.order_id)
    .where(
        queue.c.system_id == bindparam("system"),
        queue.c.lane == bindparam("lane"),
        queue.c.visible_at <= bindparam("now"),
    )
    .order_by(queue.c.position)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_hide = (
    update(queue)
    .where(queue.c.position.in_(bindparam("positions", expanding=True)))
    .values(visible_at=bindparam("until"))
)
_publish_again = (
    update(queue)
    .where(queue.c.order_id.in_(bindparam("order_ids", expanding=True)), queue.c.visible_at > 0)
    .values(visible_at=0)
)
_keep = (
    update(queue)
    .where(queue.c.position.in_(bindparam("positions", expanding=True)), queue.c.visible_at == bindparam("old"))
    .values(visible_at=bindparam("until"))
    .returning(queue.c.position)
)
_settle = delete(queue).where(
    queue.c.position.in_(bindparam("positions", expanding=True)), queue.c.visible_at == bindparam("until")
)
_release = (
    update(queue)
    .where(queue.c.position == bindparam("at"), queue.c.visible_at == bindparam("until"))
    .values(visible_at=0)
)
_show = update(queue).where(queue.c.visible_at > bindparam("none")).values(visible_at=0)
_counts = select(queue.c.system_id, queue.c.lane, func.count()).group_by(queue.c.system_id, queue.c.lane)


class Handle(Struct, frozen=True):
    """A row of the queue and until when it was taken: who comes later may neither give it back nor settle it."""

    position: int
    until: int


class TableQueue:
    """Queues between the outbox and the couriers, one pair (urgent, normal) per system; at least once."""

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime], visibility: timedelta = VISIBILITY
    ) -> None:
        self._database = database
        self._clock = clock
        self._visibility = visibility

    async def publish(self, orders: Sequence[Order]) -> tuple[OrderId, ...]:
        """Publish orders, those that are queued already once only; return them all.

        An order may come again while a courier still holds it (its attempt failed and the next one is due): it becomes
        visible again, and what that courier settles is its own taking, not the new publication.
        """
        rows = [(order.id, order.system_id, order.lane.value, 0) for order in orders]
        ids = tuple(order.id for order in orders)

        def work(connection: Connection) -> None:
            # In this order: a row that is there is held by the first statement, so that no other process settles it before the
            # second one has seen that nothing need be added.
            connection.execute(_publish_again, {"order_ids": ids})
            _publish(connection, rows)
            reached("K9")

        if ids:
            await self._database.writer.run(work)
        return ids

    async def take(self, limit: int, busy: frozenset[str], ailing: frozenset[str] = frozenset()) -> tuple[Ticket, ...]:
        """Return up to `limit` tickets for each system that is not in `busy`, one of each in `ailing`, urgent first."""
        now = self._clock()
        until = micros(now + self._visibility)

        def work(connection: Connection) -> tuple[Ticket, ...]:
            tickets: list[Ticket] = []
            system = connection.execute(_next_system, {"system": ""}).scalar()
            while system is not None:
                if system not in busy:
                    most = 1 if system in ailing else limit
                    tickets.extend(_visible_of(connection, system, most, micros(now), until))
                system = connection.execute(_next_system, {"system": system}).scalar()
            if tickets:
                connection.execute(_hide, {"positions": _positions(tickets), "until": until})
            return tuple(tickets)

        return await self._database.writer.run(work)

    async def keep(self, tickets: Sequence[Ticket]) -> tuple[Ticket, ...]:
        """Return these tickets as they are held from now on, without those that were published or taken again."""
        until = micros(self._clock() + self._visibility)
        taken = _by_time(tickets)

        def work(connection: Connection) -> set[int]:
            kept: set[int] = set()
            for old, positions in taken.items():
                wanted = {"positions": positions, "old": old, "until": until}
                kept.update(connection.execute(_keep, wanted).scalars())
            return kept

        kept = await self._database.writer.run(work) if taken else set()
        return tuple(
            structs.replace(ticket, handle=Handle(handle.position, until))
            for ticket, handle in zip(tickets, _handles(tickets), strict=True)
            if handle.position in kept
        )

    async def settle(self, tickets: Sequence[Ticket]) -> None:
        """Forget these tickets: what they stand for is recorded. Rows that were published or taken again stay."""
        taken = _by_time(tickets)

        def work(connection: Connection) -> None:
            for until, positions in taken.items():
                connection.execute(_settle, {"positions": positions, "until": until})

        if taken:
            await self._database.writer.run(work)

    async def release(self, tickets: Sequence[Ticket]) -> None:
        """Give these tickets back to be taken again; those that others have taken meanwhile stay theirs."""
        rows = [{"at": handle.position, "until": handle.until} for handle in _handles(tickets)]
        if rows:
            await self._database.writer.run(lambda connection: connection.execute(_release, rows), "queue")

    async def restart(self) -> None:
        """Make every order visible: who had taken it died. Beside a living process it is merely carried twice, in vain."""
        await self._database.writer.run(lambda connection: connection.execute(_show, {"none": 0}), "queue")

    async def holding(self, systems: Collection[str]) -> frozenset[str]:
        """Return those of `systems` for which anything is queued or taken."""

        def read(connection: Connection) -> frozenset[str]:
            return frozenset(each for each in systems if connection.execute(_any_of, {"system": each}).first())

        return await self._database.read(read)

    async def counts(self) -> dict[tuple[str, Lane], int]:
        """Return how many orders each queue holds, taken ones included; empty queues are left out."""

        def read(connection: Connection) -> dict[tuple[str, Lane], int]:
            return {(system, Lane(lane)): count for system, lane, count in connection.execute(_counts)}

        return await self._database.read(read)


def _visible_of(connection: Connection, system: str, limit: int, now: int, until: int) -> list[Ticket]:
    tickets: list[Ticket] = []
    for lane in (Lane.URGENT, Lane.NORMAL):
        wanted = {"system": system, "lane": lane.value, "now": now, "limit": limit - len(tickets)}
        rows = connection.execute(_visible, wanted).all() if len(tickets) < limit else ()
        tickets.extend(Ticket(OrderId(row.order_id), system, lane, Handle(row.position, until)) for row in rows)
    return tickets


def _handles(tickets: Sequence[Ticket]) -> list[Handle]:
    return [ticket.handle for ticket in tickets if isinstance(ticket.handle, Handle)]


def _by_time(tickets: Sequence[Ticket]) -> dict[int, list[int]]:
    """Return the positions of what was taken, by the time until which it was."""
    taken: dict[int, list[int]] = {}
    for handle in _handles(tickets):
        taken.setdefault(handle.until, []).append(handle.position)
    return taken


def _positions(tickets: Sequence[Ticket]) -> list[int]:
    return [handle.position for handle in _handles(tickets)]
