"""Values to record: a package to any number of recipients, and what happens to it."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from hub.changes import Changes, Content, Move, RefusedSubmission
from hub.delivery import Delivery
from hub.events import Event
from hub.ids import uuid7
from hub.lifecycle import State
from hub.order import Order, Purpose
from hub.package import Attachment, Details, Package, Signature, SignatureResult
from hub.record import EventRecord
from routing.values import Binding, Lane

AT = datetime(2026, 11, 2, 8, 0, 0, 123_456, tzinfo=UTC)


def package(*, at=AT, **changed):
    id_ = uuid7()
    values = {
        "id": id_,
        "key": f"key-{id_}",
        "document_id": f"document-{id_}",
        "kind": "document",
        "business": "new",
        "sender": "H99.01",
        "system_id": "sys-1",
        "notation": "125/BC-SM",
        "subject": "Về việc báo cáo",
        "urgency": 0,
        "sha256": sha256(id_.encode()).hexdigest(),
        "size": 5,
        "accepted_at": at,
        "signature": Signature(SignatureResult.VALID, "ab" * 32, "required"),
        "details": Details(
            attachments=(Attachment("báo cáo.pdf", "application/pdf", "application/pdf", 1000, "cd" * 32),),
            notes=("BOM",),
            reason="vì sao",
            sent_at=at,
        ),
    }
    return Package(**values | changed)


def delivery(of, *, system_id="sys-2", lane=Lane.NORMAL, state=State.ACCEPTED, **changed):
    values = {"id": uuid7(), "package_id": of.id, "recipient": "H99.02", "deadline_at": AT + timedelta(days=30)}
    return Delivery(**values | {"system_id": system_id, "lane": lane, "state": state} | changed)


def order(of, **changed):
    values = {"purpose": Purpose.CONSIGN, "system_id": of.system_id, "lane": of.lane, "delivery_id": of.id}
    return Order(**{"id": uuid7(), "binding": Binding.PULL, "due_at": AT} | values | changed)


def event(kind, of, about=None, *, at=AT, **changed):
    values = {
        "id": uuid7(),
        "event": kind,
        "at": at,
        "package_id": of.id,
        "document_id": of.document_id,
        "sender": of.sender,
        "sender_system": of.system_id,
        "jws": f"jws of {kind}" if kind not in {Event.QUEUING, Event.REDRIVE} else None,
    }
    if about is not None:
        values |= {
            "delivery_id": about.id,
            "recipient": about.recipient,
            "recipient_system": about.system_id,
            "state": about.state,
        }
    return EventRecord(**values | changed)


def submission(*, systems=("sys-2",), lane=Lane.NORMAL, state=State.ACCEPTED, **changed):
    """One unit as an acceptance records it: a delivery and an order for each recipient system."""
    accepted = package(**changed)
    deliveries = tuple(
        delivery(accepted, system_id=system, recipient=f"{system}.agency", lane=lane, state=state) for system in systems
    )
    return Changes(
        package=accepted,
        content=Content(accepted.sha256, 5, b"<xml>"),
        deliveries=deliveries,
        orders=tuple(map(order, deliveries)),
        events=(event(Event.SUBMISSION_ACCEPTANCE, accepted, at=accepted.accepted_at),),
    )


def move(of, to, *, expected=None, or_expected=None, at=AT):
    return Move(of.id, expected or of.state, to, at, or_expected)


def refusal(**changed):
    values = {
        "id": uuid7(),
        "at": AT,
        "system_id": "sys-1",
        "code": "schema-invalid",
        "detail": "The header is missing.",
    }
    return RefusedSubmission(**values | {"sha256": "ef" * 32, "size": 3} | changed)
