"""The handover: the recipient's system says that it has a delivery, durably, or that it cannot take it."""

from __future__ import annotations

from msgspec import Struct, structs

from hub.access import own_delivery, owns
from hub.accounts import Caller
from hub.attest import Attestor
from hub.availability import ended, is_called, not_consigned
from hub.changes import Changes, Move, Stale
from hub.delivery import Delivery
from hub.events import Event
from hub.ids import DeliveryId
from hub.lifecycle import State, advance, may
from hub.package import Package
from hub.ports import Clock, Store
from hub.record import EventRecord
from hub.register import CurrentRegister
from hub.seen import Seen
from hub.telling import tell
from hub.trouble import Defect
from signing.receipt import Reason

_ATTEMPTS = 5
_ENDED_BY = {State.HANDED_OVER: Event.CONTENT_HANDOVER, State.REFUSED: Event.CONTENT_HANDOVER_FAILURE}


class Concluded(Struct, frozen=True):
    """A delivery that its recipient's system has taken or refused, with the receipt of that."""

    package: Package
    delivery: Delivery
    receipt: EventRecord


class Handover:
    """Takes the recipient's word. Repeating it returns the same receipt."""

    def __init__(
        self, *, store: Store, register: CurrentRegister, attestor: Attestor, clock: Clock, seen: Seen | None = None
    ) -> None:
        self._seen = seen or Seen()
        self._store = store
        self._register = register
        self._attestor = attestor
        self._clock = clock

    async def acknowledge(self, caller: Caller, delivery_id: str) -> Concluded:
        """Record that the caller's system has the delivery."""
        return await self._conclude(caller, DeliveryId(delivery_id), Event.CONTENT_HANDOVER, None)

    async def reject(self, caller: Caller, delivery_id: str, reason: Reason) -> Concluded:
        """Record that the caller's system cannot take the delivery; it will not be offered again."""
        return await self._conclude(caller, DeliveryId(delivery_id), Event.CONTENT_HANDOVER_FAILURE, reason)

    async def _conclude(
        self, caller: Caller, delivery_id: DeliveryId, event: Event, reason: Reason | None
    ) -> Concluded:
        for _ in range(_ATTEMPTS):
            package, delivery = await self._own(caller, delivery_id)
            if _ENDED_BY.get(delivery.state) is event:
                return await self._repeated(package, delivery, event)
            changes, concluded = self._decide(package, delivery, event, reason)
            try:
                await self._store.record(changes)
            except Stale:
                continue
            return concluded
        raise Defect("defect", detail=f"delivery {delivery_id} kept moving")

    async def _own(self, caller: Caller, delivery_id: DeliveryId) -> tuple[Package, Delivery]:
        seen = self._seen.take(delivery_id)
        if seen is not None and owns(caller, seen[1]):
            return seen
        return await own_delivery(self._store, caller, delivery_id)

    async def _repeated(self, package: Package, delivery: Delivery, event: Event) -> Concluded:
        receipt = await self._store.event_of(event, package_id=package.id, delivery_id=delivery.id)
        if receipt is None:  # it was relayed: another axis has said so
            raise ended({delivery.state})
        return Concluded(package, delivery, receipt)

    def _decide(
        self, package: Package, delivery: Delivery, event: Event, reason: Reason | None
    ) -> tuple[Changes, Concluded]:
        steps = [event] if may(delivery.state, event) else [Event.CONTENT_CONSIGNMENT, event]
        self._require_takeable(delivery, steps[0])
        at = self._clock()
        moves: list[Move] = []
        records: list[EventRecord] = []
        for step in steps:
            to = advance(delivery.state, step)
            moves.append(Move(delivery_id=delivery.id, expected=delivery.state, to=to, at=at))
            why = reason if step is event else None
            records.append(self._attestor.happened(step, package, delivery, at=at, state=to, reason=why))
            delivery = structs.replace(delivery, state=to, **_marks(to, at))
        directory = self._register.snapshot.directory
        changes = Changes(moves=tuple(moves), events=tuple(records), orders=tell(directory, records))
        return changes, Concluded(package, delivery, records[-1])

    def _require_takeable(self, delivery: Delivery, first: Event) -> None:
        if not may(delivery.state, first):
            raise ended({delivery.state})
        # A called system may answer before its call has returned; one that asks has not seen the delivery yet.
        if first is Event.CONTENT_CONSIGNMENT and not is_called(self._register.snapshot.directory, delivery):
            raise not_consigned()


def _marks(state: State, at: object) -> dict[str, object]:
    if state is State.CONSIGNED:
        return {"consigned_at": at}
    if state is State.HANDED_OVER:
        return {"handed_over_at": at}
    return {}
