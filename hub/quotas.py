"""How much one system may have stored.

The sum of what a system has handed in is asked from the store now and then, for that takes long, and what was added since every
second. So a full quota is seen before anything is examined. What arrives together sees the same sum, also in other processes: the
room goes along with each package (`hub.changes.Room`), and the transaction that records it asks again for what came in between.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Protocol

from msgspec import Struct

from hub.changes import Room
from hub.queries import Stored
from hub.trouble import Deferral, Refusal

RECOUNT_AFTER = timedelta(minutes=10)  #: for what was purged
LOOK_EVERY = timedelta(seconds=1)


class Stock(Protocol):
    """What is stored."""

    async def stored_bytes(self, system_id: str) -> Stored:
        """Return the bytes of the packages that a system has handed in and whose contents were not purged."""

    async def stored_since(self, system_id: str, up_to: int) -> Stored:
        """Return the bytes of the packages that a system has handed in after the event of this number."""


class _Count(Struct, frozen=True):
    stored: Stored
    counted_at: float
    looked_at: float


class Quotas:
    """Keeps count of the systems that have a quota."""

    def __init__(self, stock: Stock, seconds: Callable[[], float] = time.monotonic) -> None:
        self._stock = stock
        self._seconds = seconds
        self._counts: dict[str, _Count] = {}
        self._counting: dict[str, asyncio.Task[_Count]] = {}

    async def room(self, system_id: str, size: int, quota: int) -> Room | None:
        """Return the room for `size` bytes more under a quota of bytes; None for the quota 0: none.

        Raises `Refusal` quota-exceeded when there is none left.
        """
        if quota <= 0:
            return None
        stored = await self._stored(system_id)
        if stored.bytes + size > quota:
            raise exceeded(stored.bytes, quota, size)
        return Room(stored.bytes, stored.up_to, quota)

    async def _stored(self, system_id: str) -> Stored:
        """Return what was counted within the last second. One counts for all who ask, and all fail together."""
        known = self._counts.get(system_id)
        if known is not None and self._seconds() - known.looked_at < LOOK_EVERY.total_seconds():
            return known.stored
        counting = self._counting.get(system_id)
        if counting is None:
            counting = self._counting[system_id] = asyncio.create_task(self._count(system_id, known))
            counting.add_done_callback(partial(self._ended, system_id))
        await asyncio.wait((counting,))
        try:
            return counting.result().stored
        except Deferral as trouble:  # an error of each one's own
            raise Deferral(trouble.code, retry_after=trouble.retry_after, detail=trouble.detail) from trouble

    def _ended(self, system_id: str, counting: asyncio.Task[_Count]) -> None:
        del self._counting[system_id]
        if not counting.cancelled() and counting.exception() is None:
            self._counts[system_id] = counting.result()

    async def _count(self, system_id: str, known: _Count | None) -> _Count:
        now = self._seconds()
        if known is None or now - known.counted_at >= RECOUNT_AFTER.total_seconds():
            return _Count(await self._stock.stored_bytes(system_id), now, now)
        added = await self._stock.stored_since(system_id, known.stored.up_to)
        return _Count(Stored(known.stored.bytes + added.bytes, added.up_to), known.counted_at, now)


def exceeded(stored: int, quota: int, size: int) -> Refusal:
    """Return the refusal of a package of `size` bytes."""
    return Refusal(
        "quota-exceeded",
        detail=f"{stored} of {quota} bytes are used, {size} more were sent.",
        detail_vi=f"Đã dùng {stored} trong {quota} byte, gói tin này cần thêm {size} byte.",
    )
