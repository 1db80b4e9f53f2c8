"""What parts of the hub measure of themselves at the moment that somebody asks; the metrics of the edge show it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct


class Measure(Struct, frozen=True):
    """One value of a gauge. Labels are few and their values bounded."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = {}


Measuring = Callable[[], Iterable[Measure]]  #: answers at once, from memory
