"""How much memory a hub and its broker hold, looked at while other things happen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil  # type: ignore[import-untyped] # it ships no types
from msgspec import Struct

from bench.servers import Server
from tests.services.rabbitmq import RabbitNode

_LOOK_EVERY = 0.5  #: seconds


class Memory(Struct, frozen=True):
    """Resident bytes of all processes of each."""

    hub: int
    broker: int


class Watch:
    """Remembers the peaks."""

    def __init__(self, look: Callable[[], Memory]) -> None:
        self._look = look
        self._peak = look()
        self._lock = threading.Lock()

    @classmethod
    @contextmanager
    def over(cls, hub: Server, node: RabbitNode) -> Iterator[Watch]:
        """Look at both twice a second."""
        broker = psutil.Process(node.pid)
        watch = cls(lambda: Memory(hub.resident_bytes(), int(broker.memory_info().rss)))
        is_over = threading.Event()
        thread = threading.Thread(target=watch._run, args=(is_over,))
        thread.start()
        try:
            yield watch
        finally:
            is_over.set()
            thread.join()

    def peak(self) -> Memory:
        """Return the peaks since the last call."""
        now = self._look()
        with self._lock:
            peak, self._peak = self._peak, now
        return peak

    def _run(self, is_over: threading.Event) -> None:
        while not is_over.wait(_LOOK_EVERY):
            now = self._look()
            with self._lock:
                self._peak = Memory(max(self._peak.hub, now.hub), max(self._peak.broker, now.broker))
