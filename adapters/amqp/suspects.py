"""Queues that did not confirm in time: left alone for a while, then tried with one message."""

from __future__ import annotations

from msgspec import Struct

_FIRST_REST = 5.0
_LONGEST_REST = 30.0


class _Suspicion(Struct):
    """`since` and `until` are seconds of the event loop's clock."""

    since: float
    until: float
    failures: int


class Suspects:
    """Remembers which queues are in doubt."""

    def __init__(self) -> None:
        self._suspicions: dict[str, _Suspicion] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._suspicions

    def may_try(self, name: str, now: float) -> bool:
        """Whether something may be sent to a queue now; of one in doubt, whoever asks first after its rest may."""
        suspicion = self._suspicions.get(name)
        if suspicion is None:
            return True
        if now < suspicion.until:
            return False
        suspicion.until = now + _FIRST_REST
        return True

    def add(self, name: str, now: float) -> None:
        """Note that a queue did not confirm."""
        suspicion = self._suspicions.setdefault(name, _Suspicion(now, now, 0))
        suspicion.failures += 1
        suspicion.until = now + min(_FIRST_REST * 2 ** min(suspicion.failures - 1, 8), _LONGEST_REST)

    def clear(self, name: str) -> None:
        """Note that a queue confirms."""
        self._suspicions.pop(name, None)

    def duration(self, name: str, now: float) -> float:
        """Return for how many seconds a queue has been in doubt."""
        suspicion = self._suspicions.get(name)
        return 0.0 if suspicion is None else now - suspicion.since
