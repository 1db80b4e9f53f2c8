"""Epochs of a database: what it held when a backup was restored or a loss was accepted, and what is known to be lost.

Numbers of events go on far above every number that was ever given out, so that a feed's cursor from before the loss skips
nothing: the newest known number plus a gap that covers what was not known of.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select, text

from adapters.storage.database import Database
from adapters.storage.tables import events
from adapters.storage.times import micros
from adapters.storage.upkeep_tables import epochs
from hub.continuity import Epoch, Point
from hub.ids import EventId

GAP = 1_000_000  #: more events than any hub records between two marks

_newest = select(events.c.seq, events.c.id).order_by(events.c.seq.desc()).limit(1)
_epoch = select(epochs.c.number, epochs.c.lost_seq).order_by(epochs.c.number.desc()).limit(1)


class Chronicle:
    """What the database says of its own past (`hub.continuity.Chronicle`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self) -> Point:
        """Return the newest event."""
        return await self._database.read(newest_point)

    async def has(self, point: Point) -> bool:
        """Return whether that event is there under that number."""
        return await self._database.read(lambda connection: _has(connection, point))

    async def epoch(self) -> Epoch:
        """Return the epoch that the database is in."""
        return await self._database.read(_present)


def newest_point(connection: Connection) -> Point:
    """Return the newest event; the point zero when there is none."""
    row = connection.execute(_newest).first()
    return Point() if row is None else Point(row.seq, EventId(row.id))


def is_in(connection: Connection, mark: Point) -> bool:
    """Return whether the database holds the event of a mark, or says that it is lost."""
    return mark.seq <= _present(connection).lost_seq or _has(connection, mark)


def begin_epoch(connection: Connection, cause: str, *, mark: Point | None, accepts_loss: bool) -> Epoch:
    """Begin a new epoch, numbered above the mark. `accepts_loss`: what only the mark knows of counts as lost."""
    kept = newest_point(connection)
    known = kept if mark is None or mark.seq < kept.seq else mark
    lost = known if accepts_loss else kept
    number = (connection.execute(select(func.max(epochs.c.number))).scalar() or 1) + 1
    values = {
        "number": number,
        "begun_at": micros(datetime.now(UTC)),
        "cause": cause,
        "kept_seq": kept.seq,
        "kept_event": kept.event_id,
        "lost_seq": lost.seq,
        "lost_event": lost.event_id,
    }
    connection.execute(insert(epochs), values)
    _go_on_after(connection, known.seq + GAP)
    return Epoch(number, lost.seq)


def _has(connection: Connection, point: Point) -> bool:
    return connection.execute(select(events.c.id).where(events.c.seq == point.seq)).scalar() == point.event_id


def _present(connection: Connection) -> Epoch:
    row = connection.execute(_epoch).first()
    return Epoch() if row is None else Epoch(row.number, row.lost_seq)


def _go_on_after(connection: Connection, seq: int) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT setval(pg_get_serial_sequence('events', 'seq'), :seq)"), {"seq": seq})
        return
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = 'events'"))
    connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES ('events', :seq)"), {"seq": seq})
