"""Which part of the hub one process is (`axis serve --role`, `--workers`).

A hub may be split over processes that share one database: those that answer callers and can be counted by the number of
callers, and those that carry. Every process answers `/livez`, `/readyz` and `/metrics`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from hub.measures import Measure


class ProcessRole(StrEnum):
    """What a process does."""

    ALL = "all"
    API = "api"  #: answers callers; starts nothing by itself
    COURIER = "courier"  #: relay, couriers, deadlines and housekeeping; answers those who watch it, nobody else

    @property
    def answers_callers(self) -> bool:
        """Whether the API is served."""
        return self is not ProcessRole.COURIER

    @property
    def carries(self) -> bool:
        """Whether orders are relayed and carried, and periodic work is done."""
        return self is not ProcessRole.API


class Process(Struct, frozen=True):
    """One process of a hub. `worker` counts those that share a port from 0; None: it has its port for itself."""

    role: ProcessRole = ProcessRole.ALL
    worker: int | None = None

    def measure(self) -> Iterable[Measure]:
        """Say which process it is, in metrics."""
        labels = {"role": self.role.value, "worker": str(self.worker or 0)}
        yield Measure("axis_process", "Which part of the hub answered; always 1.", 1.0, labels)


ALONE = Process()  #: the only process of its hub
