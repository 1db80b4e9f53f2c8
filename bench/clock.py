"""CPU time of one operation on a machine whose speed changes.

A fixed pure-Python loop is timed just before and just after every batch. A batch counts only when both ran within 12 % of
the best that the loop has ever done in this process; the result is the median of the batches that count. When too few
count, the median of all is given and marked as doubtful.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from msgspec import Struct

_TOLERANCE = 1.12
_ENOUGH = 5
_BATCH_SECONDS = 0.02


class Measurement(Struct, frozen=True):
    """CPU seconds of one operation. `is_clean` is false when the machine was slow or restless throughout."""

    seconds: float
    is_clean: bool

    def __str__(self) -> str:
        return f"{readable(self.seconds)}{'' if self.is_clean else ' †'}"


class Clock:
    """Measures operations one after the other; remembers the best speed it has seen."""

    def __init__(self) -> None:
        self._best = min(_reference() for _ in range(50))

    def measure(self, operation: Callable[[], object], *, seconds: float) -> Measurement:
        """Repeat `operation` for about `seconds` of CPU time (at least seven times) and return the CPU time of one."""
        once = _cpu_of(operation, 1)
        count = max(1, int(_BATCH_SECONDS / max(once, 1e-9)))
        batches = max(7, int(seconds / max(once * count, 1e-9)))
        clean: list[float] = []
        every: list[float] = []
        before = self._speed()
        for _ in range(batches):
            cost = _cpu_of(operation, count)
            after = self._speed()
            every.append(cost)
            if max(before, after) <= self._best * _TOLERANCE:
                clean.append(cost)
            before = after
        is_clean = len(clean) >= min(_ENOUGH, batches)
        return Measurement(statistics.median(clean if is_clean else every), is_clean)

    def _speed(self) -> float:
        now = min(_reference(), _reference())
        self._best = min(self._best, now)
        return now


def readable(seconds: float) -> str:
    """Write a duration in the unit in which it has one to three digits before the point."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.0f} µs"


def _cpu_of(operation: Callable[[], object], count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        operation()
    return (time.process_time() - start) / count


def _reference() -> float:
    start = time.process_time()
    total = 0
    for number in range(20_000):
        total += number * number % 7
    return time.process_time() - start
