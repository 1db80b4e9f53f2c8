"""A bounded memory of answers that cost much and stay the same."""

import threading
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memo(Generic[K, V]):
    """A bounded dictionary that forgets its oldest entry; safe between threads."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: dict[K, V] = {}
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Return what is remembered, or None."""
        return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Remember a value and forget the oldest one beyond the capacity."""
        with self._lock:
            self._values.pop(key, None)
            self._values[key] = value
            while len(self._values) > self._capacity:
                del self._values[next(iter(self._values))]
