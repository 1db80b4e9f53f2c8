"""Leaves a system alone for a while when it keeps failing, so that waiting for it costs the others nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

FAILURES = 5  #: consecutive failures that open the circuit
PAUSE = timedelta(seconds=30)  #: how long it stays open before one call is let through to try


class Circuit:
    """Per system: closed (calls pass), open (none passes), half open (one passes and decides).

    `monotonic` gives seconds and never runs backwards. Not shared between processes: each finds out for itself.
    """

    def __init__(self, monotonic: Callable[[], float], failures: int = FAILURES, pause: timedelta = PAUSE) -> None:
        self._monotonic = monotonic
        self._failures = failures
        self._pause = pause.total_seconds()
        self._count: dict[str, int] = {}
        self._until: dict[str, float] = {}

    def wait(self, system_id: str) -> timedelta | None:
        """Return how long to leave the system alone; None lets this call through."""
        until = self._until.get(system_id)
        if until is None:
            return None
        now = self._monotonic()
        if now < until:
            return timedelta(seconds=until - now)
        self._until[system_id] = now + self._pause  # half open: this call tries, the others go on waiting
        return None

    def succeeded(self, system_id: str) -> None:
        """Close the circuit of a system that answered well."""
        self._count.pop(system_id, None)
        self._until.pop(system_id, None)

    def failed(self, system_id: str) -> None:
        """Count a failure; enough of them in a row open the circuit."""
        self._count[system_id] = self._count.get(system_id, 0) + 1
        if self._count[system_id] >= self._failures:
            self._until[system_id] = self._monotonic() + self._pause
