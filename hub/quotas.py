"""How much one system may have stored.

The sum of what a system has handed in is asked from the store now and then, and what this process accepts is added in
between; with several processes a quota may be exceeded by what the others accept within that time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from hub.changes import Changes
from hub.ports import Clock
from hub.trouble import Refusal

RECOUNT_AFTER = timedelta(minutes=10)


class Stock(Protocol):
    """What is stored."""

    async def stored_bytes(self, system_id: str) -> int:
        """Return the bytes of the packages that a system has handed in and whose contents were not purged."""


class _Count(Struct):
    stored: int
    counted_at: datetime


class Quotas:
    """Keeps count of the systems that have a quota."""

    def __init__(self, stock: Stock, clock: Clock) -> None:
        self._stock = stock
        self._clock = clock
        self._counts: dict[str, _Count] = {}

    async def require(self, system_id: str, size: int, quota: int) -> None:
        """Raise `Refusal` quota-exceeded when `size` bytes more would exceed a quota of bytes; 0: no quota."""
        if quota <= 0:
            return
        stored = await self._stored(system_id)
        if stored + size > quota:
            raise Refusal(
                "quota-exceeded",
                detail=f"{stored} of {quota} bytes are used, {size} more were sent.",
                detail_vi=f"Đã dùng {stored} trong {quota} byte, gói tin này cần thêm {size} byte.",
            )

    def observe(self, changes: Changes) -> None:
        """Add what was accepted (told after the commit)."""
        package = changes.package
        count = None if package is None else self._counts.get(package.system_id)
        if count is not None and package is not None:
            count.stored += package.size

    async def _stored(self, system_id: str) -> int:
        count = self._counts.get(system_id)
        if count is None or self._clock() - count.counted_at >= RECOUNT_AFTER:
            at = self._clock()
            count = self._counts[system_id] = _Count(await self._stock.stored_bytes(system_id), at)
        return count.stored
