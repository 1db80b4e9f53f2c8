"""Who wants to know what was committed: metrics, the relay's short cut (`hub.freight`); no promise depends on it."""

from __future__ import annotations

from collections.abc import Callable

from hub.changes import Changes

Observer = Callable[[Changes], None]


class Commits:
    """Announces each unit of work after its commit, in this process only."""

    def __init__(self) -> None:
        self._observers: list[Observer] = []

    def subscribe(self, observer: Observer) -> None:
        """Have `observer` called with every unit from now on."""
        self._observers.append(observer)

    def announce(self, changes: Changes) -> None:
        """Tell every observer."""
        for observer in self._observers:
            observer(changes)
