"""An operator's word: try a dead delivery again, from the start of its schedule.

It goes to the system that receives for the recipient now: the agency may have moved from the one that could not be reached. What
another axis may have taken over in the meantime is sent to that axis again, which knows it then; elsewhere it would come twice.
"""

from __future__ import annotations

from msgspec import structs

from hub.changes import Changes, Move, Stale
from hub.delivery import Delivery
from hub.events import Event
from hub.lifecycle import State, advance
from hub.package import Package
from hub.ports import Clock, Store
from hub.record import fact
from hub.register import CurrentRegister
from hub.telling import consign
from hub.waiting import gather_all
from routing.values import Binding, System

BATCH = 200


class Redrive:
    """Puts dead deliveries back on their way."""

    def __init__(self, *, store: Store, register: CurrentRegister, clock: Clock) -> None:
        self._store = store
        self._register = register
        self._clock = clock

    async def redrive_all(self, system_id: str | None = None) -> int:
        """Redrive every dead delivery (of one system); return how many there were.

        Each once: a running hub may give up the first of them again before the last one was put on its way.
        """
        total, after = 0, ""
        while dead := await self._store.in_state(State.DEAD, system_id, BATCH, after):
            await gather_all(self.redrive(package, delivery) for package, delivery in dead)
            total, after = total + len(dead), dead[-1][1].id
        return total

    async def redrive(self, package: Package, delivery: Delivery) -> None:
        """Redrive one; one that moved meanwhile is left as it is."""
        at = self._clock()
        to = advance(delivery.state, Event.REDRIVE)
        system = self._receiving(delivery)
        present = delivery if system is None else structs.replace(delivery, system_id=system.id)
        moved_to = None if present.system_id == delivery.system_id else present.system_id
        changes = Changes(
            moves=(Move(delivery_id=delivery.id, expected=delivery.state, to=to, at=at, system_id=moved_to),),
            orders=(consign(present, system, package),),
            events=(fact(Event.REDRIVE, package, present, at=at, state=to),),
        )
        try:
            await self._store.record(changes)
        except Stale:
            return

    def _receiving(self, delivery: Delivery) -> System | None:
        directory = self._register.snapshot.directory
        known = directory.system(delivery.system_id)
        if known is not None and known.binding is Binding.UPSTREAM:
            return known
        return directory.system_of(delivery.recipient) or known
