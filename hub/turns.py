"""Whose turn it is on the event loop: each system in turn, one examination at a time.

Small packages are examined on the event loop itself. When many wait at once, they take turns: between two of them the loop goes
round, so that everybody else's requests go on, and a system with one package waits for one of each other system, not for all.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """One at a time, each name in turn."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._is_busy = False

    async def turn(self, name: str) -> None:
        """Wait until it is the turn of `name`. What follows up to the next `await` has the event loop to itself."""
        if not self._is_busy:
            self._begin()
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(name, deque()).append(turn)
        await turn

    def _begin(self) -> None:
        self._is_busy = True
        # Whoever has the turn runs in this round of the loop, before this; sockets are looked at before the next turn.
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self._next)

    def _next(self) -> None:
        while self._waiting:
            name = next(iter(self._waiting))
            line = self._waiting.pop(name)
            turn = line.popleft()
            if line:
                self._waiting[name] = line  # behind all others
            if not turn.done():
                turn.set_result(None)
                self._begin()
                return
        self._is_busy = False
