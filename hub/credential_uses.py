"""When keys and certificates were last seen: kept in memory, written together now and then.

An administrator who rotates keys must see which ones are still used; to the minute is enough, so no request waits for it and
no busy caller makes a write of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from hub.trouble import Trouble

WRITE_EVERY = timedelta(minutes=1)

_log = structlog.get_logger()


class UseBook(Protocol):
    """Where it is written down."""

    async def note_uses(self, uses: Mapping[str, datetime]) -> None:
        """Write when credentials were last seen."""


class CredentialUses:
    """Gathers uses by the id of a credential (`ApiKey.key_id`, `SystemCertificate.sha256`)."""

    def __init__(self, book: UseBook, *, every: timedelta = WRITE_EVERY) -> None:
        self._book = book
        self._every = every
        self._seen: dict[str, datetime] = {}

    def note(self, credentials: Iterable[str], at: datetime) -> None:
        """Remember that these were used."""
        for each in credentials:
            self._seen[each] = at

    async def write(self) -> None:
        """Write what was gathered; what could not be written is kept for the next time."""
        seen, self._seen = self._seen, {}
        if not seen:
            return
        try:
            await self._book.note_uses(seen)
        except Trouble as trouble:
            self._seen = seen | self._seen
            _log.warning("credential-uses-not-written", code=trouble.code)

    async def run(self) -> None:
        """Write for ever, and once more at the end."""
        try:
            while True:
                await asyncio.sleep(self._every.total_seconds())
                await self.write()
        finally:
            await self.write()
