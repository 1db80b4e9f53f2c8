"""When to try again what was refused: by the schedule of retries, or at once when the register changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec import Struct

from routing.schedule import RetrySchedule

_LONGEST = timedelta(hours=12)


class _Refused(Struct):
    attempts: int
    until: datetime
    register_version: int


class Patience:
    """Remembers what was refused, by key. Nothing depends on it: after a restart everything is tried once more."""

    def __init__(self, schedule: RetrySchedule) -> None:
        self._schedule = schedule
        self._refused: dict[str, _Refused] = {}

    def is_due(self, key: str, now: datetime, register_version: int) -> bool:
        """Tell whether to try now."""
        known = self._refused.get(key)
        return known is None or known.until <= now or known.register_version != register_version

    def refused(self, key: str, now: datetime, register_version: int) -> None:
        """Note that it was refused once more."""
        known = self._refused.get(key)
        attempts = known.attempts + 1 if known else 1
        pause = self._schedule.delay(attempts, 0.0) or _LONGEST
        self._refused[key] = _Refused(attempts, now + pause, register_version)

    def keep_only(self, keys: Collection[str]) -> None:
        """Forget everything else: it is there no more."""
        self._refused = {key: known for key, known in self._refused.items() if key in keys}

    def __len__(self) -> int:
        """Return how much is remembered as refused."""
        return len(self._refused)
