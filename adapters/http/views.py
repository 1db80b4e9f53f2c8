"""What the API shows, shape by shape (CONTRACT section 4). Names are those of the component schemas in `openapi.yaml`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hub.events import Event
from hub.lifecycle import State
from hub.package import SignatureResult
from hub.recall import RecallResult
from routing.values import Lane, SignaturePolicy
from schemas.edxml import Business, Kind
from signing.receipt import Origin

Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256, in hexadecimal")]
Jws = Annotated[str, Meta(description="A signed receipt: compact JWS, ES256, certificate chain in `x5c`")]
Id = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
Time = Annotated[datetime, Meta(tz=True, description="RFC 3339, UTC")]
Size = Annotated[int, Meta(ge=0, description="Bytes")]


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


class Reason(Struct, frozen=True):
    """Why something was refused, failed or reported."""

    code: str
    text: str


class TimelineEvent(Struct, frozen=True, kw_only=True):
    """One fact in the story of a package. `receipt` is null for steps that prove nothing to the outside."""

    id: Id
    event: Event
    at: Time
    delivery: Id | None
    recipient: str | None
    state: State | None
    reason: Reason | None
    receipt: Jws | None


class Timeline(Struct, frozen=True):
    """The story of a package, in commit order."""

    items: tuple[TimelineEvent, ...]


class ReceiptItem(Struct, frozen=True, kw_only=True):
    """A receipt in a list."""

    id: Id
    event: Event
    at: Time
    package_id: Id | None
    delivery: Id | None
    recipient: str | None
    jws: Jws


class Receipts(Struct, frozen=True):
    """Receipts, newest first; those of one package in commit order."""

    items: tuple[ReceiptItem, ...]


class ReceiptPackage(Struct, frozen=True):
    """Which package a receipt is about. `id` and `document_id` are null when the submission was refused."""

    id: Id | None
    document_id: str | None
    sha256: Sha256
    size: Size


class Receipt(Struct, frozen=True, kw_only=True):
    """A receipt as it was signed, with its JWS."""

    id: Id
    event: Event
    at: Time
    hub: str
    package_id: Id | None
    package: ReceiptPackage
    sender: str | None
    recipient: str | None
    delivery: Id | None
    origin: Origin
    signer_certificate_sha256: str | None
    reason: Reason | None
    nonce: str
    jws: Jws


class InboxItem(Struct, frozen=True, kw_only=True):
    """A delivery that waits for its recipient's system; nobody else is offered it before `lease_until`."""

    id: Id
    package_id: Id
    document_id: str
    kind: Kind
    sender: str
    recipient: str
    lane: Lane
    subject: str
    sha256: Sha256
    size: Size
    consigned_at: Time
    lease_until: Time


class Inbox(Struct, frozen=True):
    """Deliveries, urgent first, then oldest."""

    items: tuple[InboxItem, ...]


class Concluded(Struct, frozen=True):
    """A delivery that was acknowledged or rejected, and the receipt of that: the same for every repeat."""

    delivery: Delivery
    receipt: Jws


class RecallOutcome(Struct, frozen=True):
    """What became of a recall at one recipient. `asked`: it has the document already, a status 13 is on its way."""

    recipient: str
    delivery: Id
    outcome: RecallResult
    receipt: Jws | None


class Recall(Struct, frozen=True):
    """The outcome of a recall, recipient by recipient."""

    items: tuple[RecallOutcome, ...]


class FeedItem(Struct, frozen=True, kw_only=True):
    """Something that happened. `status` carries the recipient's own status code in `reason.code`."""

    cursor: Annotated[int, Meta(ge=0, description="Ask for what follows with `after=`")]
    type: Literal["receipt", "status"]
    id: Id
    event: Event
    at: Time
    package_id: Id | None
    document_id: str | None
    sender: str | None
    delivery: Id | None
    recipient: str | None
    state: State | None
    status: str | None
    reason: Reason | None
    jws: Jws


class FeedPage(Struct, frozen=True):
    """What happened, in commit order."""

    items: tuple[FeedItem, ...]


class Agency(Struct, frozen=True, kw_only=True):
    """An agency of the directory. `valid_from` and `valid_to` are its first and last day as a recipient."""

    code: str
    name: str
    old_codes: tuple[str, ...]
    parent: str | None
    system: str | None
    valid_from: date | None
    valid_to: date | None
    is_suspended: bool


class Agencies(Struct, frozen=True):
    """A page of agencies, by code."""

    items: tuple[Agency, ...]


class ProblemError(Struct, frozen=True):
    """One thing that is wrong: where (element path and line, JSON pointer, or parameter), which rule, what to do."""

    path: str
    line: int | None
    rule: str
    message: str


class RefusedSubmission(Struct, frozen=True, kw_only=True):
    """A submission that was refused. `id` is also the id of its receipt."""

    id: Id
    at: Time
    system: str
    code: str
    detail: str
    sha256: Sha256
    size: Size
    sender: str | None
    document_id: str | None
    errors: tuple[ProblemError, ...]


class Refusals(Struct, frozen=True):
    """A page of refused submissions, newest first."""

    items: tuple[RefusedSubmission, ...]


class Problem(Struct, frozen=True, kw_only=True):
    """Why a request failed (RFC 9457). Decide by `type`; the texts are for people."""

    type: Annotated[str, Meta(pattern="^urn:axis:problem:[a-z0-9-]+$")]
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    fix: str
    instance: str
    trace_id: str
    errors: tuple[ProblemError, ...] | UnsetType = UNSET
    refusal_id: Id | UnsetType = UNSET
    receipt: Jws | UnsetType = UNSET


class Check(Struct, frozen=True):
    """Whether one dependency is well."""

    name: str
    is_ok: bool
    detail: str


class Readiness(Struct, frozen=True):
    """Whether this process can do its work."""

    status: Literal["ready", "degraded", "not-ready", "shutting-down"]
    checks: tuple[Check, ...] | UnsetType = UNSET


class Liveness(Struct, frozen=True):
    """This process answers."""

    status: Literal["alive"]
