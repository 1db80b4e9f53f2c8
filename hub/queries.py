"""What is asked of the store, and what it answers."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from msgspec import Struct

from hub.delivery import Delivery
from hub.events import Event
from hub.ids import DeliveryId, OrderId, PackageId
from hub.lifecycle import State
from hub.order import Order
from hub.package import Package
from hub.record import EventRecord
from routing.values import Lane

Item = TypeVar("Item")


class Page(Struct, Generic[Item], frozen=True):
    """One page of a list; `cursor` is what to ask with for the next one, None at the end."""

    items: tuple[Item, ...]
    cursor: str | None


class PackageQuery(Struct, frozen=True, kw_only=True):
    """Packages of a system (None: of all). Times bound `accepted_at`: from inclusive, to exclusive."""

    system_id: str | None
    document_id: str | None = None
    notation: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = None
    limit: int = 50


class ReceiptQuery(Struct, frozen=True, kw_only=True):
    """Receipts that concern a system as sender or recipient (None: all).

    `agency` matches sender or recipient; `also` are the other codes that the same agency has or had.
    """

    system_id: str | None
    event: str | None = None
    package_id: PackageId | None = None
    agency: str | None = None
    also: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = None
    limit: int = 50


class StoryQuery(Struct, frozen=True, kw_only=True):
    """What happened to one package; stories only ever grow at their end."""

    receipts_only: bool = False
    cursor: str | None = None
    limit: int = 200


class RefusalQuery(Struct, frozen=True, kw_only=True):
    """Refused submissions of a system (None: of all)."""

    system_id: str | None
    code: str | None = None
    sha256: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    cursor: str | None = None
    limit: int = 50


class Original(Struct, frozen=True):
    """An earlier document and where its deliveries stand."""

    package: Package
    deliveries: tuple[Delivery, ...]


class Standing(Struct, frozen=True):
    """What is shown beside a package: its deliveries in the order of its recipients, and the receipt of its acceptance."""

    deliveries: tuple[Delivery, ...]
    acceptance: EventRecord | None


class Stored(Struct, frozen=True):
    """Bytes of packages, and the number of the last event that was recorded when they were counted."""

    bytes: int
    up_to: int


class Errand(Struct, frozen=True):
    """An order with what its courier needs: the delivery and its package, or the event to tell and its package."""

    order: Order
    package: Package | None
    delivery: Delivery | None = None
    event: EventRecord | None = None


class Ticket(Struct, frozen=True):
    """What the broker hands out: which order, of which queue. `handle` is the broker's own."""

    order_id: OrderId
    system_id: str
    lane: Lane
    handle: object


class InboxItem(Struct, frozen=True, kw_only=True):
    """A delivery as the recipient's system sees it in its inbox."""

    id: DeliveryId
    package_id: PackageId
    document_id: str
    kind: str
    sender: str
    recipient: str
    lane: Lane
    subject: str
    sha256: str
    size: int
    consigned_at: datetime
    lease_until: datetime


class Bytes(Struct, frozen=True):
    """The content of a package: in memory when small, else a file to read from; neither when it was purged."""

    size: int
    data: bytes | None = None
    path: Path | None = None
    purged_at: datetime | None = None


class TrayQuery(Struct, frozen=True, kw_only=True):
    """What is consigned to a system. `recipients`: only for these agencies (None: all); times bound `consigned_at`."""

    system_id: str
    kind: str
    recipients: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    offset: int = 0
    limit: int = 500


class TrayItem(Struct, frozen=True, kw_only=True):
    """A delivery that waits for its handover; `mark` is the recipient's last word on the way there, told at `marked_at`."""

    id: DeliveryId
    sender: str
    recipient: str
    consigned_at: datetime
    mark: Event | None
    marked_at: datetime | None


class DispatchQuery(Struct, frozen=True, kw_only=True):
    """What a system sent, newest first, or one package of it. Times bound `accepted_at`."""

    system_id: str
    kind: str
    package_id: PackageId | None = None
    since: datetime | None = None
    until: datetime | None = None
    offset: int = 0
    limit: int = 500


class DispatchItem(Struct, frozen=True, kw_only=True):
    """One recipient's copy of a package, as its sender sees it."""

    package_id: PackageId
    delivery_id: DeliveryId
    sender: str
    recipient: str
    subject: str
    notation: str
    accepted_at: datetime
    consigned_at: datetime | None
    handed_over_at: datetime | None
    state: State
    mark: Event | None
