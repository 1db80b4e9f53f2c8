"""Trays: how a system sees what waits for it and what it sent when its protocol lists everything and acknowledges singly.

Besides the handover such a system has two more words about a delivery: it is being processed, or processing it failed. Neither
moves the delivery: it stays listed until the handover. Failures are counted; one that keeps failing raises an alarm, and from
then on nothing more is written down for it, so that a system that fails every second does not fill the database.
"""

from __future__ import annotations

import structlog
from msgspec import structs

from hub.access import not_found, own_delivery
from hub.accounts import Caller
from hub.availability import ended, not_consigned
from hub.changes import Changes
from hub.empty_trays import EmptyTrays
from hub.events import Event
from hub.ids import DeliveryId
from hub.lifecycle import State
from hub.measures import Measure
from hub.ports import Clock, Store
from hub.queries import DispatchItem, DispatchQuery, TrayItem, TrayQuery
from hub.record import Reason, fact
from hub.signals import Signals

_TAKEABLE = frozenset({State.CONSIGNED})

_log = structlog.get_logger()


class Tray:
    """The in-tray and out-tray of one caller at a time."""

    def __init__(self, *, store: Store, signals: Signals, clock: Clock, failures_before_alarm: int) -> None:
        self._store = store
        self._empty = EmptyTrays(store, signals)
        self._clock = clock
        self._failures_before_alarm = failures_before_alarm
        self._alarms = 0

    async def is_empty(self, caller: Caller) -> bool:
        """Tell whether nothing waits for the caller's system: the answer to most polls, and the quickest."""
        return await self._empty.look(_system_of(caller))

    def is_known_empty(self, caller: Caller) -> bool:
        """Tell whether that is known without looking."""
        return self._empty.knows(_system_of(caller))

    async def consigned(self, caller: Caller, query: TrayQuery) -> tuple[TrayItem, ...]:
        """Return a page of what waits for the caller's system."""
        return await self._store.consigned(structs.replace(query, system_id=_system_of(caller)))

    async def count(self, caller: Caller, query: TrayQuery) -> int:
        """Return how much waits for the caller's system."""
        return await self._store.count_consigned(structs.replace(query, system_id=_system_of(caller)))

    async def dispatched(self, caller: Caller, query: DispatchQuery) -> tuple[DispatchItem, ...]:
        """Return a page of what the caller's system sent."""
        return await self._store.dispatched(structs.replace(query, system_id=_system_of(caller)))

    async def mark(self, caller: Caller, delivery_id: str, mark: Event, reason: Reason | None = None) -> None:
        """Record the caller's word (`PROCESSING`, `PROCESSING_FAILURE`) about a delivery; raises as `Handover.acknowledge`."""
        package, delivery = await own_delivery(self._store, caller, DeliveryId(delivery_id))
        if delivery.state is State.HANDED_OVER:
            return  # a late word about what the system has said it has
        if delivery.state not in _TAKEABLE:
            raise not_consigned() if not delivery.state.is_final else ended({delivery.state})
        marks = await self._store.marks(delivery.id)
        failures = marks.count(Event.PROCESSING_FAILURE)
        if failures >= self._failures_before_alarm or (mark is Event.PROCESSING and marks[-1:] == (mark,)):
            return
        record = fact(mark, package, delivery, at=self._clock(), state=delivery.state, reason=reason)
        await self._store.record(Changes(events=(record,)))
        if mark is Event.PROCESSING_FAILURE and failures + 1 == self._failures_before_alarm:
            self._alarms += 1
            _log.error("delivery-keeps-failing", delivery_id=delivery.id, system=delivery.system_id, times=failures + 1)

    def measure(self) -> tuple[Measure, ...]:
        """Return how many deliveries have raised the alarm since this process started."""
        name = "axis_deliveries_keep_failing"
        return (Measure(name, "Deliveries that their system keeps failing to process.", self._alarms),)


def _system_of(caller: Caller) -> str:
    if caller.system_id is None:
        raise not_found()
    return caller.system_id
