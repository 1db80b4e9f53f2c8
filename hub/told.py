"""What a system is told, by whichever binding: something that happened to a package that it sent, or was to receive."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from hub.events import Event
from hub.record import EventRecord
from signing.receipt import Reason


class Told(Struct, frozen=True, kw_only=True):
    """A receipt, or the recipient's status, as in the feed, without the cursor that only the feed has."""

    type: str  #: `receipt` or `status`
    id: str
    event: str
    at: datetime
    package_id: str | None
    document_id: str | None
    sender: str | None
    delivery: str | None
    recipient: str | None
    state: str | None
    status: str | None
    reason: Reason | None
    jws: str | None

    @classmethod
    def of(cls, event: EventRecord) -> Told:
        """Return what is told of an event."""
        is_status = event.event is Event.BUSINESS_STATUS
        return cls(
            type="status" if is_status else "receipt",
            id=event.id,
            event=event.event,
            at=event.at,
            package_id=event.package_id,
            document_id=event.document_id,
            sender=event.sender,
            delivery=event.delivery_id,
            recipient=event.recipient,
            state=event.state,
            status=event.reason.code if is_status and event.reason else None,
            reason=event.reason,
            jws=event.jws,
        )
