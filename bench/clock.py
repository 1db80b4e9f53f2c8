"""CPU time of one operation on a machine whose speed changes.

A fixed pure-Python loop is timed just before and just after every batch. A batch counts only when both ran within 12 % of
the best that the loop has ever done in this process; the result is the median of the batches that count. When too few
count, the median of all is given and marked as doubtful.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec import Struct

T = TypeVar("T")

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

    def measure(self, operation: Callable[[T], object], *, prepare: Callable[[], T], seconds: float) -> Measurement:
        """Repeat `operation` for about `seconds` of CPU time (at least seven times); return the CPU time of one.

        Every execution gets an input of its own from `prepare`, whose time is not counted.
        """
        once = _cpu_of(operation, [prepare()])
        count = max(1, int(_BATCH_SECONDS / max(once, 1e-9)))
        batches = max(7, int(seconds / max(once * count, 1e-9)))
        clean: list[float] = []
        every: list[float] = []
        for _ in range(batches):
            inputs = [prepare() for _ in range(count)]
            before = self._speed()
            cost = _cpu_of(operation, inputs)
            every.append(cost)
            if max(before, self._speed()) <= self._best * _TOLERANCE:
                clean.append(cost)
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


def _cpu_of(operation: Callable[[T], object], inputs: Sequence[T]) -> float:
    start = _cpu()
    for each in inputs:
        operation(each)
    return (_cpu() - start) / len(inputs)


def _cpu() -> float:
    """CPU seconds of this process and of the programs that it has run."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in spent)


def _reference() -> float:
    start = time.process_time()
    total = 0
    for number in range(20_000):
        total += number * number % 7
    return time.process_time() - start
