"""Which trays are known to be empty: clients ask every second, and hardly ever has anything come.

A tray is known to be empty from a look into the database on, until the signal that something was consigned to its system, and for
`FRESH` at most: a commit of another process may not be signalled here. Nothing is believed because a signal says so; it
only ends what is known, and the next who asks looks. One look serves all trays that were asked for lately, and it is taken
before the knowledge ends, so however many systems ask, the database is read about once in that time and hardly anybody waits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from msgspec import Struct

from hub.ports import Trays
from hub.signals import Signals

FRESH = 1.0  #: seconds
_WORN = 0.6 * FRESH  #: older knowledge is used only while somebody renews it
_FORGOTTEN = 10 * FRESH  #: without anybody asking


class _Known(Struct):
    """Known since `at` (before the look), asked for at `asked_at`, void when `consigned` is done."""

    at: float
    asked_at: float
    consigned: asyncio.Future[None]


class EmptyTrays:
    """What one process knows. `seconds` is a clock that never goes back."""

    def __init__(self, trays: Trays, signals: Signals, seconds: Callable[[], float] = time.monotonic) -> None:
        self._trays = trays
        self._signals = signals
        self._seconds = seconds
        self._known: dict[str, _Known] = {}
        self._looks = 0  #: under way

    def knows(self, system_id: str) -> bool:
        """Tell whether a system's tray is known to be empty now."""
        known = self._known.get(system_id)
        if known is None:
            return False
        known.asked_at = now = self._seconds()
        return now - known.at < (FRESH if self._looks else _WORN) and not known.consigned.done()

    async def look(self, system_id: str) -> bool:
        """Tell whether a system's tray is empty, by a look when it is not known; raises `Deferral` when that is impossible."""
        if self.knows(system_id):
            return True
        now = self._seconds()
        asked = {system_id: now, **self._renewed(now)}
        signals = {each: self._signals.subscribe(_topic(each)) for each in asked}  # before looking
        full = frozenset(asked)
        self._looks += 1
        try:
            full = await self._trays.with_consigned(tuple(asked))
        finally:
            self._looks -= 1
            for each, signal in signals.items():
                self._forget(each)
                if each in full:
                    self._signals.unsubscribe(_topic(each), signal)
                else:
                    self._known[each] = _Known(now, asked[each], signal)
        return system_id not in full

    def _renewed(self, now: float) -> dict[str, float]:
        """Return which other trays to look into at the same time, and when they were asked for; forget what nobody asks for."""
        for system_id, known in tuple(self._known.items()):
            if now - known.asked_at > _FORGOTTEN:
                self._forget(system_id)
        return {each: known.asked_at for each, known in self._known.items() if now - known.at > _WORN}

    def _forget(self, system_id: str) -> None:
        known = self._known.pop(system_id, None)
        if known is not None:
            self._signals.unsubscribe(_topic(system_id), known.consigned)


def _topic(system_id: str) -> str:
    return f"inbox:{system_id}"
