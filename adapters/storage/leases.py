"""Who does periodic work: one holder at a time for each name, by a row that runs out. No process is master."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, text

from adapters.storage.database import Database
from adapters.storage.tables import leases
from adapters.storage.times import micros, moment_or_none

_hold = text(
    "INSERT INTO leases (name, holder, until) VALUES (:name, :holder, :until) "
    "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until "
    "WHERE leases.until <= :now OR leases.holder = excluded.holder"
)
_let_go = text("DELETE FROM leases WHERE name = :name AND holder = :holder")
_until = select(leases.c.until).where(leases.c.name == bindparam("name"))


BACKUP = "backup"  #: whoever holds it is copying: nothing is purged meanwhile


def hold(connection: Connection, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
    """Take the lease, or make one's own longer; return whether `holder` has it until `until`."""
    wanted = {"name": name, "holder": holder, "now": micros(now), "until": micros(until)}
    return connection.execute(_hold, wanted).rowcount == 1


def let_go(connection: Connection, name: str, holder: str) -> None:
    """Give the lease back, when it is `holder`'s."""
    connection.execute(_let_go, {"name": name, "holder": holder})


class Leases:
    """Takes and gives back leases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hold(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Take the lease, or make one's own longer; return whether `holder` has it until `until`."""

        def work(connection: Connection) -> bool:
            return hold(connection, name, holder, now=now, until=until)

        return await self._database.writer.run(work)

    async def until(self, name: str) -> datetime | None:
        """Return until when a lease is held, or was; None when it never was, or was given back."""
        return moment_or_none(
            await self._database.read(lambda connection: connection.execute(_until, {"name": name}).scalar())
        )

    async def let_go(self, name: str, holder: str) -> None:
        """Give the lease back, when it is `holder`'s."""
        await self._database.writer.run(lambda connection: let_go(connection, name, holder))
