"""What the hub answers with (`openapi.yaml`), as frozen values. Unknown members are ignored: it may grow."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

Item = TypeVar("Item")


class SignatureView(Struct, frozen=True):
    """What the hub found about a package's signature."""

    result: str
    signer: str | None
    policy: str


class AttachmentView(Struct, frozen=True, kw_only=True):
    """An attached file as the hub decoded it."""

    name: str
    media_type: str
    size: int
    sha256: str
    declared_type: str = ""


class DeliveryView(Struct, frozen=True, kw_only=True):
    """One recipient's copy: `state` is the hub's word (transport), `business_status` the recipient's (01 … 16)."""

    id: str
    package_id: str | None = None
    recipient: str
    system: str
    state: str
    lane: str | None = None
    business_status: str | None = None
    consigned_at: datetime | None = None
    handed_over_at: datetime | None = None
    deadline: datetime | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    last_error: str | None = None


class PackageView(Struct, frozen=True, kw_only=True):
    """A package with those of its deliveries that the caller may see, and the receipt of its acceptance (a JWS)."""

    id: str
    document_id: str
    kind: str
    business: str
    sender: str
    notation: str
    subject: str
    urgency: int
    sha256: str
    size: int
    accepted_at: datetime
    signature: SignatureView
    sent_at: datetime | None = None
    status_code: str | None = None
    reason: str = ""
    attachments: tuple[AttachmentView, ...] = ()
    notes: tuple[str, ...] = ()
    deliveries: tuple[DeliveryView, ...]
    receipt: str


class Submitted(Struct, frozen=True):
    """The answer to a submission; a replay is the first answer given again."""

    package: PackageView
    is_replay: bool


class InboxItem(Struct, frozen=True, kw_only=True):
    """A delivery waiting for the calling system, leased to this call until `lease_until`."""

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
    consigned_at: datetime
    lease_until: datetime


class Concluded(Struct, frozen=True):
    """The answer to an acknowledgement or a rejection."""

    delivery: DeliveryView
    receipt: str


class RecallOutcome(Struct, frozen=True, kw_only=True):
    """What a recall did for one recipient: `withdrawn`, `asked`, or `not-needed`."""

    recipient: str
    outcome: str
    delivery: str | None = None
    receipt: str | None = None


class Reason(Struct, frozen=True):
    """Why something was refused, failed or reported; of a status the code is that of the status (01 … 16)."""

    code: str
    text: str


class ReceiptItem(Struct, frozen=True, kw_only=True):
    """A receipt as listed; `jws` is the signed statement itself."""

    id: str
    event: str
    at: datetime
    package_id: str | None = None
    delivery: str | None = None
    recipient: str | None = None
    jws: str | None = None


class FeedItem(Struct, frozen=True, kw_only=True):
    """One thing that happened to a package or delivery of the caller; `cursor` resumes the feed behind it."""

    cursor: int
    type: str
    id: str
    event: str
    at: datetime
    package_id: str | None = None
    document_id: str | None = None
    sender: str | None = None
    delivery: str | None = None
    recipient: str | None = None
    state: str | None = None
    status: str | None = None
    reason: Reason | None = None
    jws: str | None = None


class TimelineEvent(Struct, frozen=True, kw_only=True):
    """One event in the story of a package, receipted or not."""

    id: str
    event: str
    at: datetime
    delivery: str | None = None
    recipient: str | None = None
    state: str | None = None
    reason: Reason | None = None
    receipt: str | None = None


class AgencyView(Struct, frozen=True, kw_only=True):
    """An agency of the directory with its former codes."""

    code: str
    name: str
    parent: str | None = None
    old_codes: tuple[str, ...] = ()
    system: str | None = None
    is_suspended: bool = False


class Listing(Struct, Generic[Item], frozen=True):
    """One page of a list; `cursor` asks for the next one, None at the end."""

    items: tuple[Item, ...]
    cursor: str | None = None


class Content(Struct, frozen=True):
    """What was written to a file: the number of bytes, and their SHA-256 (hex) as announced and checked."""

    size: int
    sha256: str
