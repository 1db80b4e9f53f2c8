"""Everything one use case wants recorded, as one value: the store records all of it or nothing.

A use case decides first and then hands over a `Changes`; the store writes those that have gathered while its last
transaction ran in one commit (group commit). A guard that no longer holds makes the unit `Stale`: nothing of it is
written, and the use case reads and decides again.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from hub.delivery import Delivery
from hub.ids import DeliveryId, OrderId, PackageId
from hub.lifecycle import State
from hub.order import Order
from hub.package import Package
from hub.record import EventRecord
from hub.trouble import Fault


class Content(Struct, frozen=True):
    """The bytes of a package. `data` is None when they already lie durably in a content file named by `sha256`."""

    sha256: str
    size: int
    data: bytes | None


class Move(Struct, frozen=True):
    """A delivery goes from `expected` to `to`; refused as stale when it is no longer in `expected`, nor in `or_expected`.

    `system_id`: the system that it is for from now on, if another one.
    """

    delivery_id: DeliveryId
    expected: State
    to: State
    at: datetime
    or_expected: State | None = None  #: where it may stand as well without any difference to the decision
    system_id: str | None = None


class Reported(Struct, frozen=True):
    """The recipient's own word about a delivery, shown beside it: `status_code` 01 … 16; stale unless `instead_of` is shown."""

    delivery_id: DeliveryId
    status_code: str
    instead_of: str | None = None


class Published(Struct, frozen=True):
    """The broker confirmed the order. `claimed_until`: the end of the claim that this is about; it says nothing of another."""

    order_id: OrderId
    at: datetime
    claimed_until: datetime | None = None


class Finished(Struct, frozen=True):
    """The order is carried, or given up."""

    order_id: OrderId


class Postponed(Struct, frozen=True):
    """The order failed `attempts` times and waits until `due_at`."""

    order_id: OrderId
    attempts: int
    due_at: datetime
    error: str


class RefusedSubmission(Struct, frozen=True, kw_only=True):
    """A submission that was refused: who, when, why, and the digest of what was sent. `id` is its receipt's id too."""

    id: str
    at: datetime
    system_id: str
    code: str
    detail: str
    sha256: str
    size: int
    sender: str | None = None
    document_id: str | None = None
    faults: tuple[Fault, ...] = ()


class Room(Struct, frozen=True):
    """What the system of a package may have stored: `most` bytes. It had `stored` with all events up to the number `up_to`."""

    stored: int
    up_to: int
    most: int


class Changes(Struct, frozen=True, kw_only=True):
    """One unit of work. Order within `moves` and `events` is kept.

    Deliveries without `package` are added to one that is there; `content` beside them is its content, which may have been purged.
    `are_orders_claimed`: `orders` belong to the relay of this process until they are due (`hub.own_orders`).
    """

    package: Package | None = None
    room: Room | None = None  #: that `package` must find; None: as much as it needs
    content: Content | None = None
    deliveries: tuple[Delivery, ...] = ()
    orders: tuple[Order, ...] = ()
    are_orders_claimed: bool = False
    moves: tuple[Move, ...] = ()
    reported: tuple[Reported, ...] = ()
    order_changes: tuple[Published | Finished | Postponed, ...] = ()
    events: tuple[EventRecord, ...] = ()
    refused: RefusedSubmission | None = None


class Duplicate(Exception):
    """The sender already has a package with this key."""

    def __init__(self, package_id: PackageId) -> None:
        super().__init__(package_id)
        self.package_id = package_id


class Full(Exception):
    """The system of the package has `stored` of `most` bytes by now, and the package needs more than is left."""

    def __init__(self, stored: int, most: int) -> None:
        super().__init__(stored, most)
        self.stored = stored
        self.most = most


class Stale(Exception):
    """A delivery is no longer as it was when the decision was made, or one that was to be added is there already."""
