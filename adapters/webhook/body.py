"""What a webhook call says: a thin CloudEvent (CloudEvents 1.0, JSON format) about a delivery, a receipt or a status.

The body names things and proves nothing by itself; content is fetched by the receiver. The same errand gives the same
bytes at every attempt, so that a receiver can tell a repetition by its id.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from hub.delivery import Delivery
from hub.events import Event
from hub.package import Package
from hub.queries import Errand
from hub.record import EventRecord
from hub.told import Told

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
CONSIGNED = "vn.axis.delivery.consigned"
RECEIPT = "vn.axis.receipt"
STATUS = "vn.axis.status"


class Links(Struct, frozen=True):
    """Where the receiver goes on, with its API key: take the content, then acknowledge or reject."""

    content: str
    ack: str
    reject: str


class ConsignedDelivery(Struct, frozen=True, kw_only=True):
    """A delivery as in the inbox, without what only a lease has."""

    id: str
    package_id: str
    document_id: str
    kind: str
    sender: str
    recipient: str
    lane: str
    subject: str
    sha256: str
    size: int
    links: Links


class CloudEvent(Struct, frozen=True, kw_only=True):
    """The envelope of CloudEvents 1.0; `source` and `id` together name the event for ever."""

    specversion: str = "1.0"
    id: str
    source: str = ""
    type: str
    subject: str | None
    time: datetime
    datacontenttype: str = "application/json"
    data: Any


class Message(Struct, frozen=True):
    """What to post: `id` is stable over all attempts."""

    id: str
    body: bytes


def compose(errand: Errand, hub_code: str, base_url: str) -> Message:
    """Write the body for an errand; raise `ValueError` when the errand lacks what its order carries."""
    if errand.delivery is not None and errand.package is not None:
        event = _consigned(errand.package, errand.delivery, base_url.rstrip("/"))
    elif errand.event is not None:
        event = _told(errand.event)
    else:
        raise ValueError(f"Order {errand.order.id} names neither a delivery with its package nor an event.")
    return Message(event.id, msgspec.json.encode(msgspec.structs.replace(event, source=f"urn:axis:hub:{hub_code}")))


def _consigned(package: Package, delivery: Delivery, base_url: str) -> CloudEvent:
    here = f"{base_url}/v1/deliveries/{delivery.id}"
    data = ConsignedDelivery(
        id=delivery.id,
        package_id=package.id,
        document_id=package.document_id,
        kind=package.kind,
        sender=package.sender,
        recipient=delivery.recipient,
        lane=delivery.lane,
        subject=package.subject,
        sha256=package.sha256,
        size=package.size,
        links=Links(f"{here}/content", f"{here}/ack", f"{here}/reject"),
    )
    return CloudEvent(id=delivery.id, type=CONSIGNED, subject=delivery.id, time=package.accepted_at, data=data)


def _told(event: EventRecord) -> CloudEvent:
    type_ = STATUS if event.event is Event.BUSINESS_STATUS else RECEIPT
    return CloudEvent(id=event.id, type=type_, subject=event.package_id, time=event.at, data=Told.of(event))
