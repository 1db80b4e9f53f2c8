"""What a system that consumes its own queue gets there (docs/amqp.md): the package itself, a claim, or a receipt.

The same errand gives the same message at every attempt, so that a receiver can tell a repetition by its `message_id`.
"""

from __future__ import annotations

import hashlib

import msgspec
from aio_pika import DeliveryMode, Message
from msgspec import Struct

from hub.delivery import Delivery
from hub.package import Package
from hub.record import EventRecord
from hub.told import Told

LARGEST = 1_048_576  #: bytes of a package that is a message itself; a larger one is fetched by its claim
EDXML = "application/edxml+xml"
JSON = "application/json"


class Claim(Struct, frozen=True):
    """In place of a large package: where its bytes are fetched, with the system's API key, and what they must be."""

    delivery: str
    content: str
    sha256: str
    size: int


def package_letter(package: Package, delivery: Delivery, data: bytes) -> Message:
    """Return the package as a message."""
    return _letter(package, delivery, data, EDXML)


def claim_letter(package: Package, delivery: Delivery, base_url: str) -> Message:
    """Return the claim of a package that is too large for a message."""
    address = f"{base_url.rstrip('/')}/v1/deliveries/{delivery.id}/content"
    claim = Claim(delivery.id, address, package.sha256, package.size)
    return _letter(package, delivery, msgspec.json.encode(claim), JSON)


def told_letter(event: EventRecord) -> Message:
    """Return a receipt or a status about a package that the system sent, or was to receive."""
    body = msgspec.json.encode(Told.of(event))
    headers = {
        "axis-package-id": event.package_id,
        "axis-document-id": event.document_id,
        "axis-sender": event.sender,
        "axis-recipient": event.recipient,
        "axis-sha256": hashlib.sha256(body).hexdigest(),
        "traceparent": traceparent(event.package_id or event.id, event.id),
    }
    return Message(
        body,
        message_id=event.id,
        content_type=JSON,
        type="receipt",
        timestamp=event.at,
        headers={name: value for name, value in headers.items() if value is not None},
        delivery_mode=DeliveryMode.PERSISTENT,
    )


def traceparent(trace: str, span: str) -> str:
    """Return the W3C trace context of a package (its id is the trace) and a delivery or event (the end of its id)."""
    return f"00-{trace.replace('-', '')}-{span.replace('-', '')[-16:]}-01"


def _letter(package: Package, delivery: Delivery, body: bytes, content_type: str) -> Message:
    return Message(
        body,
        message_id=delivery.id,
        content_type=content_type,
        type=package.kind,
        timestamp=package.accepted_at,
        headers={
            "axis-package-id": package.id,
            "axis-document-id": package.document_id,
            "axis-sender": package.sender,
            "axis-recipient": delivery.recipient,
            "axis-sha256": package.sha256,
            "traceparent": traceparent(package.id, delivery.id),
        },
        delivery_mode=DeliveryMode.PERSISTENT,
    )
