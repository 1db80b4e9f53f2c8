"""Ready-made values for tests of decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from hub.accounts import Register, Snapshot
from hub.attest import Attestor
from hub.delivery import Delivery
from hub.ids import DeliveryId, OrderId, PackageId
from hub.lifecycle import State
from hub.order import Order, Purpose
from hub.package import Package, Signature, SignatureResult
from routing.values import Agency, Binding, Lane, SignaturePolicy, System
from signing.lab import KeyKind, LabPki
from signing.receipt import KeySealer

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SENDER, RECIPIENT = "H99.01", "H99.02"


@cache
def attestor() -> Attestor:
    """Return an attestor with a real key."""
    hub = LabPki.create(NOW, kind=KeyKind.EC_P256).hub("H99")
    return Attestor("H99", KeySealer(hub.key, hub.chain))


def package(**changed: object) -> Package:
    """Return an accepted document of `SENDER`."""
    values = {
        "id": PackageId("01a200cd-0000-7000-8000-000000000001"),
        "key": "document:new:D1",
        "document_id": "D1",
        "kind": "document",
        "business": "new",
        "sender": SENDER,
        "system_id": "sender",
        "notation": "1/BC",
        "subject": "Thử",
        "urgency": 0,
        "sha256": "0" * 64,
        "size": 10,
        "accepted_at": NOW,
        "signature": Signature(SignatureResult.VALID, "1" * 64, "required"),
    }
    return Package(**{**values, **changed})


def delivery(state: State = State.ACCEPTED, **changed: object) -> Delivery:
    """Return a delivery of `package()` to `RECIPIENT`."""
    values = {
        "id": DeliveryId("01a200cd-0000-7000-8000-000000000002"),
        "package_id": package().id,
        "recipient": RECIPIENT,
        "system_id": "recipient",
        "lane": Lane.NORMAL,
        "state": state,
        "deadline_at": NOW + timedelta(days=30),
    }
    return Delivery(**{**values, **changed})


def order(purpose: Purpose = Purpose.CONSIGN, **changed: object) -> Order:
    """Return the order that carries `delivery()`."""
    values = {
        "id": OrderId("01a200cd-0000-7000-8000-000000000003"),
        "purpose": purpose,
        "system_id": "recipient",
        "binding": Binding.WEBHOOK,
        "lane": Lane.NORMAL,
        "due_at": NOW,
        "delivery_id": delivery().id,
    }
    return Order(**{**values, **changed})


def snapshot(
    sender_binding: Binding = Binding.PULL, *, is_active: bool = True, recipient_binding: Binding = Binding.WEBHOOK
) -> Snapshot:
    """Return a register of one sending and one receiving system."""
    systems = (
        System(id="sender", name="", binding=sender_binding, policy=SignaturePolicy.REQUIRED, is_active=is_active),
        System(id="recipient", name="", binding=recipient_binding, policy=SignaturePolicy.REQUIRED),
    )
    agencies = (
        Agency(code=SENDER, name="", parent=None, system_id="sender"),
        Agency(code=RECIPIENT, name="", parent=None, system_id="recipient"),
    )
    return Snapshot.of(Register(1, systems, agencies, (), (), (), {}))


class FixedRegister:
    """A register that never changes; what `hub.register.CurrentRegister` is to a running hub."""

    def __init__(self, held: Snapshot) -> None:
        self.snapshot = held
