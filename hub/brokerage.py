"""What a process has of the broker: RabbitMQ when the settings name one, else the table of the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from msgspec import Struct

from hub.acknowledgements import Acknowledgements, Word
from hub.branches import Branches
from hub.health import Probe
from hub.ports import Broker, Courier, ProbedBroker
from routing.directory import Directory

Loop = Callable[[], Awaitable[None]]


class WatchedBroker(ProbedBroker, Protocol):
    """A broker that looks after itself."""

    async def watch(self) -> None:
        """Look after it for ever."""


class Rabbit(Protocol):
    """RabbitMQ, as its adapter opens it."""

    @property
    def broker(self) -> WatchedBroker:
        """Queues between the outbox and the couriers."""

    @property
    def courier(self) -> Courier:
        """Carries to systems that consume their own queue."""

    def hear(self, take: Callable[[str | None, Word], Awaitable[object]]) -> Loop:
        """Return the loop that hears what these systems say."""

    async def keep(self) -> None:
        """Keep the queues of these systems, for ever."""


class Brokerage(Struct, frozen=True):
    """The broker, the courier for systems that consume its queues, what health asks, and the loops that it needs."""

    broker: Broker
    courier: Courier
    rabbit: Rabbit | None = None

    @classmethod
    def of(cls, rabbit: Rabbit, table: Broker, directory: Callable[[], Directory]) -> Brokerage:
        """Return that of a process with RabbitMQ; `table` is the queue of what is to be carried into systems' own queues."""
        return cls(Branches(rabbit.broker, table, directory=directory), rabbit.courier, rabbit)

    def probes(self) -> dict[str, Probe]:
        """Return what health asks."""
        return {} if self.rabbit is None else {"broker": self.rabbit.broker.probe}

    def loops(self, acknowledgements: Acknowledgements) -> dict[str, Loop]:
        """Return the loops that it needs."""
        if self.rabbit is None:
            return {}
        return {
            "broker-watch": self.rabbit.broker.watch,
            "own-queues": self.rabbit.keep,
            "acknowledgements": self.rabbit.hear(acknowledgements.take),
        }
