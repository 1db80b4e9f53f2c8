"""The append-only row that says what happened, with the receipt that proves it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from hub.delivery import Delivery
from hub.events import Event
from hub.ids import DeliveryId, EventId, PackageId, uuid7
from hub.lifecycle import State
from hub.package import Package
from signing.receipt import Reason

__all__ = ["EventRecord", "Reason", "fact"]


class EventRecord(Struct, frozen=True, kw_only=True):
    """A fact about a package (and one delivery of it) at a time, with its receipt.

    `jws` is the signed receipt, made once and kept byte for byte; None for events that are not receipted. `id` is the
    receipt's id too. `sender_system` and `recipient_system` are the two systems whose feeds show the event; `state` is the
    delivery's state after it.
    """

    id: EventId
    event: Event
    at: datetime
    package_id: PackageId | None
    document_id: str | None
    sender: str | None
    sender_system: str | None
    delivery_id: DeliveryId | None = None
    recipient: str | None = None
    recipient_system: str | None = None
    state: State | None = None
    reason: Reason | None = None
    jws: str | None = None


def fact(
    event: Event,
    package: Package,
    delivery: Delivery | None,
    *,
    at: datetime,
    state: State | None = None,
    reason: Reason | None = None,
    id_: EventId | None = None,
    jws: str | None = None,
) -> EventRecord:
    """Return the row for an event of a package, or of one delivery of it; without `jws` it proves nothing to anybody."""
    return EventRecord(
        id=id_ or EventId(uuid7()),
        event=event,
        at=at,
        package_id=package.id,
        document_id=package.document_id,
        sender=package.sender,
        sender_system=package.system_id,
        delivery_id=delivery.id if delivery else None,
        recipient=delivery.recipient if delivery else None,
        recipient_system=delivery.system_id if delivery else None,
        state=state,
        reason=reason,
        jws=jws,
    )
