"""Whether the database is the one that this hub worked on before: a restored backup, or a standby that lagged, is older.

Beside the database, in a file of its own, each machine keeps a mark: number and id of the newest event that it knows to be
committed, written every few seconds. At the start, and whenever it is moved, the mark must be found in the database. When it
is not, the database went back: receipts are outside for events that it does not know. Then the hub takes no work, until an
operator has looked for a newer copy or has said that the loss is accepted (`axis restore --accept-loss`). That, and restoring
a backup, begins a new epoch, whose number stands in every later receipt: whoever sends again what was lost gets a new receipt
that says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Protocol

import structlog
from msgspec import Struct

from hub.accounts import Register
from hub.changes import Changes
from hub.ids import EventId
from hub.measures import Measure
from hub.register import RegisterSource
from hub.trouble import Deferral, Trouble

EVERY = timedelta(seconds=5)

_log = structlog.get_logger()


class Point(Struct, frozen=True):
    """An event by its number and its id; nothing has happened before the point zero."""

    seq: int = 0
    event_id: EventId | None = None


class Epoch(Struct, frozen=True):
    """The part of a database's life since a restore or an accepted loss; `lost_seq` is the last number known from before."""

    number: int = 1
    lost_seq: int = 0


class Chronicle(Protocol):
    """What the database says of its own past."""

    async def newest(self) -> Point:
        """Return the newest event."""

    async def has(self, point: Point) -> bool:
        """Return whether that event is there under that number."""

    async def epoch(self) -> Epoch:
        """Return the epoch that the database is in."""


class Mark(Protocol):
    """Where the newest known event is kept outside the database."""

    async def read(self) -> Point | None:
        """Return the mark; None when there is none yet."""

    async def advance(self, point: Point) -> None:
        """Move the mark to `point`, durably, unless it is further already."""


class GuardedRegister:
    """Where the register is kept, closed while the database is not the one that the hub worked on: nobody is known then."""

    def __init__(self, source: RegisterSource, continuity: Continuity) -> None:
        self._source = source
        self._continuity = continuity

    async def register_version(self) -> int:
        """Return a number that changes with every change of the register; raise `Deferral`."""
        await self._continuity.require()
        return await self._source.register_version()

    async def load_register(self) -> Register:
        """Return the whole register."""
        return await self._source.load_register()


class Continuity:
    """Checks the database against the mark and moves the mark on."""

    def __init__(self, chronicle: Chronicle, mark: Mark) -> None:
        self._chronicle = chronicle
        self._mark = mark
        self._has_news = False
        self._trouble: Deferral | None = Deferral("storage-unavailable", detail="the database was not looked at yet")
        self.epoch: int | None = None  #: for receipts; None in the first epoch

    def observe(self, _changes: Changes) -> None:
        """Take note that something was committed."""
        self._has_news = True

    async def require(self) -> None:
        """Raise `Deferral` log-rollback-detected unless the database holds what this machine knows of; looks until it knows."""
        if self._trouble is not None:
            await self.check()

    async def check(self) -> None:
        """Look at mark and database; raise `Deferral`."""
        mark = await self._mark.read()
        epoch = await self._chronicle.epoch()
        is_known = mark is None or mark.seq <= epoch.lost_seq or await self._chronicle.has(mark)
        self._trouble = None if is_known or mark is None else rolled_back(mark, await self._chronicle.newest())
        if self._trouble is not None:
            _log.error("log-rollback-detected", detail=self._trouble.detail)
            raise self._trouble
        self.epoch = epoch.number if epoch.number > 1 else None

    async def probe(self) -> str:
        """Say what health should know; raise `Deferral`."""
        await self.require()
        return f"epoch {self.epoch or 1}"

    def measure(self) -> Iterable[Measure]:
        """Say which epoch it is, in metrics."""
        yield Measure(
            "axis_epoch", "Epoch of the database; above 1 after a restore or an accepted loss.", self.epoch or 1
        )

    async def run(self) -> None:
        """Move the mark on for ever, after a check that the last one is still in the database."""
        while True:
            try:
                await self.keep()
            except Trouble as trouble:
                _log.warning("mark-not-moved", code=trouble.code, detail=trouble.detail)
            await asyncio.sleep(EVERY.total_seconds())

    async def keep(self) -> None:
        """Move the mark when something was committed since; what could not be done is done the next time."""
        if not self._has_news:
            return
        await self.check()
        self._has_news = False
        try:
            await self._mark.advance(await self._chronicle.newest())
        except BaseException:
            self._has_news = True
            raise


def rolled_back(mark: Point, newest: Point) -> Deferral:
    """Return what to say of a database that is older than the mark."""
    return Deferral(
        "log-rollback-detected",
        retry_after=timedelta(minutes=5),
        detail=f"Event {mark.seq} ({mark.event_id}) was recorded and is not in the database, whose newest is {newest.seq}: it "
        "is an older copy. Find the newer one; if there is none, axis restore --accept-loss goes on without what is lost.",
        detail_vi=f"Sự kiện {mark.seq} ({mark.event_id}) đã được ghi mà cơ sở dữ liệu (mới nhất: {newest.seq}) không có: "
        "đây là bản cũ. Hãy tìm bản mới hơn; nếu không có, axis restore --accept-loss để chạy tiếp, chấp nhận phần đã mất.",
    )
