"""The convenience for a recall: withdraw what was not handed over, and ask for the rest by a status 13.

A recipient who already has the document must answer 15 or 16 itself; the hub writes the status message in the sender's name
(the sender's system is authenticated, so its origin is transport) and lets it travel like any other package. Asking twice
changes nothing: the `Recall` event beside a delivery says that it was asked.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from hub.access import own_package
from hub.accounts import Caller
from hub.attest import Attestor
from hub.changes import Changes, Content, Duplicate, Stale
from hub.delivery import Delivery
from hub.events import Event
from hub.ids import DeliveryId, PackageId, uuid7
from hub.lifecycle import State
from hub.originals import recall_effects
from hub.package import Details, Package, Signature, SignatureResult
from hub.ports import Clock, Store
from hub.record import EventRecord
from hub.register import CurrentRegister
from hub.telling import consign, tell
from hub.trouble import Defect, Refusal
from routing.lanes import lane_of
from routing.values import SignaturePolicy
from schemas.edxml import Kind, StatusCode, encode
from schemas.edxml.compose import new_status
from schemas.edxml.parts import ResponseFor

_ATTEMPTS = 5


class RecallResult(StrEnum):
    """What became of a recall at one recipient."""

    WITHDRAWN = "withdrawn"  #: it never reached the recipient's system
    ASKED = "asked"  #: the recipient has it; status 13 is on its way
    NOT_NEEDED = "not-needed"  #: refused or expired before


class RecallOutcome(Struct, frozen=True):
    """What became of a recall at one recipient, with the receipt that proves it."""

    recipient: str
    delivery_id: DeliveryId
    outcome: RecallResult
    receipt: EventRecord | None


class Recalls:
    """Takes back what a system sent."""

    def __init__(
        self, *, store: Store, register: CurrentRegister, attestor: Attestor, clock: Clock, lifetime: timedelta
    ) -> None:
        self._store = store
        self._register = register
        self._attestor = attestor
        self._clock = clock
        self._lifetime = lifetime

    async def recall(self, caller: Caller, package_id: str, reason: str) -> tuple[RecallOutcome, ...]:
        """Recall a document of the caller's system; one outcome per recipient, in the order of the recipients."""
        package = await own_package(self._store, caller, PackageId(package_id))
        if package.kind != Kind.DOCUMENT:
            raise Refusal(
                "recall-impossible",
                detail="Only a document can be recalled, not a status.",
                detail_vi="Chỉ thu hồi được văn bản, không thu hồi được trạng thái.",
            )
        deliveries = await self._store.deliveries(package.id)
        return tuple([await self._recall_one(package, delivery, reason) for delivery in deliveries])

    async def _recall_one(self, package: Package, delivery: Delivery, reason: str) -> RecallOutcome:
        for _ in range(_ATTEMPTS):
            known = await self._known_outcome(package, delivery)
            if known is not None:
                return known
            try:
                return await self._record(package, delivery, reason)
            except (Stale, Duplicate):
                # It moved, or the same recall came twice at once and the other was recorded first.
                found = await self._store.delivery(delivery.id)
                if found is None:
                    raise Defect("defect", detail=f"delivery {delivery.id} vanished") from None
                delivery = found[1]
        raise Defect("defect", detail=f"delivery {delivery.id} kept moving")

    async def _known_outcome(self, package: Package, delivery: Delivery) -> RecallOutcome | None:
        """Return what an earlier recall came to, so that repeating it changes nothing."""
        ended_by = {State.WITHDRAWN: Event.WITHDRAWAL, State.HANDED_OVER: Event.RECALL}
        event = ended_by.get(delivery.state)
        if event is not None:
            receipt = await self._store.event_of(event, package_id=package.id, delivery_id=delivery.id)
            result = RecallResult.WITHDRAWN if event is Event.WITHDRAWAL else RecallResult.ASKED
            return RecallOutcome(delivery.recipient, delivery.id, result, receipt) if receipt else None
        if delivery.state in {State.REFUSED, State.EXPIRED}:
            return RecallOutcome(delivery.recipient, delivery.id, RecallResult.NOT_NEEDED, None)
        return None

    async def _record(self, package: Package, delivery: Delivery, reason: str) -> RecallOutcome:
        at = self._clock()
        effects = recall_effects(package, (delivery,), reason=reason, at=at, attestor=self._attestor)
        told = tell(self._register.snapshot.directory, effects.events)
        changes = Changes(moves=effects.moves, events=effects.events, orders=told)
        result = RecallResult.WITHDRAWN
        if delivery.state is State.HANDED_OVER:
            changes = self._asking(package, delivery, reason, at, changes)
            result = RecallResult.ASKED
        await self._store.record(changes)
        return RecallOutcome(delivery.recipient, delivery.id, result, effects.events[0])

    def _asking(self, package: Package, delivery: Delivery, reason: str, at: datetime, effects: Changes) -> Changes:
        """Add the status 13 that asks the recipient, as a package of its own."""
        status = new_status(
            sender=package.sender,
            response=ResponseFor(
                agency_code=delivery.recipient, notation=package.notation, document_id=package.document_id
            ),
            code=StatusCode.RECALL_ASKED,
            at=at,
            description=reason,
        )
        data = encode(status)
        content = Content(sha256=hashlib.sha256(data).hexdigest(), size=len(data), data=data)
        message = _message(package, delivery, reason, content, at)
        copy = Delivery(
            id=DeliveryId(uuid7()),
            package_id=message.id,
            recipient=delivery.recipient,
            system_id=delivery.system_id,
            lane=lane_of(package.urgency),
            state=State.ACCEPTED,
            deadline_at=at + self._lifetime,
        )
        system = self._register.snapshot.directory.system(copy.system_id)
        return Changes(
            package=message,
            content=content,
            deliveries=(copy,),
            orders=(consign(copy, system, message), *effects.orders),
            events=(self._attestor.acceptance(message), *effects.events),
        )


def _message(package: Package, delivery: Delivery, reason: str, content: Content, at: datetime) -> Package:
    return Package(
        id=PackageId(uuid7()),
        key=f"recall:{delivery.id}",
        document_id=package.document_id,
        kind=str(Kind.STATUS),
        business="new",
        sender=package.sender,
        system_id=package.system_id,
        notation=package.notation,
        subject=reason,
        urgency=package.urgency,
        sha256=content.sha256,
        size=content.size,
        accepted_at=at,
        signature=Signature(result=SignatureResult.ABSENT, signer=None, policy=SignaturePolicy.TRANSPORT),
        details=Details(reason=reason, status_code=str(StatusCode.RECALL_ASKED), sent_at=at),
    )
