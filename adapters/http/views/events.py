"""What happened: the story of a package, receipts, the feed."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from adapters.http.views.terms import Id, Jws, Reason, Sha256, Size, Time
from hub.events import Event
from hub.lifecycle import State
from signing.receipt import Origin


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
