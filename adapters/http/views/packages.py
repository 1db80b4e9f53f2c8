"""Packages and what is known of them before and after acceptance."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from adapters.http.views.terms import Id, Jws, Sha256, Size, Time
from hub.lifecycle import State
from hub.package import SignatureResult
from hub.recall import RecallResult
from routing.values import Lane, SignaturePolicy
from schemas.edxml import Business, Kind


class Signature(Struct, frozen=True):
    """What the hub can say about the XML signature. `signer` is the SHA-256 of the certificate."""

    result: SignatureResult
    signer: str | None
    policy: SignaturePolicy


class Attachment(Struct, frozen=True):
    """An attached file as decoded. `media_type` is what its bytes are, `declared_type` what the sender wrote."""

    name: str
    declared_type: str
    media_type: str
    size: Size
    sha256: Sha256


class Delivery(Struct, frozen=True, kw_only=True):
    """One recipient's copy of a package. `state` is the hub's word, `business_status` (01 … 16) the recipient's own."""

    id: Id
    package_id: Id
    recipient: str
    system: str
    lane: Lane
    state: State
    business_status: str | None
    consigned_at: Time | None
    handed_over_at: Time | None
    deadline: Time
    attempts: Annotated[int, Meta(ge=0, description="Failed attempts so far")]
    next_attempt_at: Time | None
    last_error: str | None


class Package(Struct, frozen=True, kw_only=True):
    """A package with those of its deliveries that the caller may see. `receipt` proves its acceptance."""

    id: Id
    document_id: str
    kind: Kind
    business: Business
    sender: str
    notation: str
    subject: str
    urgency: Annotated[int, Meta(ge=0, le=4)]
    sha256: Sha256
    size: Size
    accepted_at: Time
    sent_at: Time | None
    status_code: str | None
    reason: str
    signature: Signature
    attachments: tuple[Attachment, ...]
    notes: tuple[str, ...]
    deliveries: tuple[Delivery, ...]
    receipt: Jws


class Packages(Struct, frozen=True):
    """A page of packages, newest first."""

    items: tuple[Package, ...]


class Step(Struct, frozen=True):
    """One numbered step of the signature check."""

    step: int
    name: str
    result: str
    detail: str


class Recipient(Struct, frozen=True):
    """Where a copy would go."""

    recipient: str
    system: str


class Note(Struct, frozen=True):
    """Something that was accepted but is worth telling."""

    path: str
    line: int | None
    rule: str
    message: str


class Report(Struct, frozen=True, kw_only=True):
    """A package as the hub reads it: it would be accepted."""

    kind: Kind
    business: Business
    document_id: str
    sender: str
    notation: str
    subject: str
    urgency: Annotated[int, Meta(ge=0, le=4)]
    sent_at: Time | None
    sha256: Sha256
    size: Size
    signature: Signature
    attachments: tuple[Attachment, ...]
    recipients: tuple[Recipient, ...]
    steps: tuple[Step, ...]
    notes: tuple[Note, ...]


class RecallOutcome(Struct, frozen=True):
    """What became of a recall at one recipient. `asked`: it has the document already, a status 13 is on its way."""

    recipient: str
    delivery: Id
    outcome: RecallResult
    receipt: Jws | None


class Recall(Struct, frozen=True):
    """The outcome of a recall, recipient by recipient."""

    items: tuple[RecallOutcome, ...]
