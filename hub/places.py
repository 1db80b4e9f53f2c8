"""Places for submissions: each system has a few, so that one that sends much waits behind itself only.

A submission holds a place while it is examined; the others of its system wait in the system's own line. Those that were
examined share the next commit, however many they are.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct, field

from hub.settings import LimitSettings
from hub.trouble import Deferral


class _Line(Struct, eq=False):
    running: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)


class Places:
    """At most so many at once for each name; the rest wait in order of their coming."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    def require(self, name: str, limits: LimitSettings) -> None:
        """Raise `Deferral` rate-limited when too many of the same name wait already: no need to read what would come."""
        line = self._lines.get(name)
        if line is not None and len(line.waiting) >= limits.waiting_submissions:
            raise Deferral("rate-limited", detail=f"{len(line.waiting)} submissions of the system wait already")

    @asynccontextmanager
    async def hold(self, name: str, limits: LimitSettings) -> AsyncIterator[None]:
        """Wait for a place and hold it; raise `Deferral` rate-limited when too many of the same name wait already."""
        line = self._lines.setdefault(name, _Line())
        await self._enter(name, line, limits)
        try:
            yield
        finally:
            self._leave(name, line)

    async def _enter(self, name: str, line: _Line, limits: LimitSettings) -> None:
        if line.running < max(1, limits.concurrent_submissions):
            line.running += 1
            return
        self.require(name, limits)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the place was handed over in the same moment
                self._hand_on(line)
            raise

    def _leave(self, name: str, line: _Line) -> None:
        self._hand_on(line)
        if not line.running and not line.waiting:
            self._lines.pop(name, None)

    def _hand_on(self, line: _Line) -> None:
        while line.waiting:
            turn = line.waiting.popleft()
            if not turn.done():
                turn.set_result(None)  # the place goes over as it is: `running` stays
                return
        line.running -= 1
