"""What the hub needs from the outside, as small protocols: a store, a broker, couriers, a clock.

Adapters implement them; one contract suite holds every implementation of the same port to the same behaviour.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from hub.changes import Changes, RefusedSubmission
from hub.delivery import Delivery
from hub.events import Event
from hub.ids import DeliveryId, EventId, OrderId, PackageId
from hub.lifecycle import State
from hub.order import Order, Outcome
from hub.package import Package
from hub.queries import (
    Bytes,
    DispatchItem,
    DispatchQuery,
    Errand,
    InboxItem,
    Original,
    PackageQuery,
    Page,
    ReceiptQuery,
    RefusalQuery,
    Standing,
    Ticket,
    TrayItem,
    TrayQuery,
)
from hub.record import EventRecord
from routing.values import Binding, Lane

Clock = Callable[[], datetime]  #: the present, aware UTC


class Recorder(Protocol):
    """Where use cases write."""

    async def record(self, changes: Changes) -> None:
        """Write `changes` durably, all or nothing; return only after the commit.

        Raises `Duplicate`, `Stale`, `Full`, or `Deferral` (storage-unavailable, storage-full, overloaded).
        """


class Reader(Protocol):
    """What use cases and queries read."""

    async def package(self, package_id: PackageId) -> Package | None:
        """Return one package."""

    async def deliveries(self, package_id: PackageId) -> tuple[Delivery, ...]:
        """Return the deliveries of a package in the order of its recipients."""

    async def standings(self, package_ids: Sequence[PackageId]) -> tuple[Standing, ...]:
        """Return for each of these packages, in their order, what is shown beside it: in one read, however many."""

    async def delivery(self, delivery_id: DeliveryId) -> tuple[Package, Delivery] | None:
        """Return one delivery with its package, in one read."""

    async def held(self, delivery_id: DeliveryId) -> tuple[Package, Delivery, Bytes | None] | None:
        """Return one delivery with its package and the content of it, as `content` does, in one read."""

    async def originals(self, senders: Sequence[str], document_ids: Sequence[str]) -> tuple[Original, ...]:
        """Return the documents (not statuses) of a sender with any of these ids, oldest first, with their deliveries.

        `senders`: the codes that it has or had.
        """

    async def of_content(self, sha256: str) -> tuple[Original, ...]:
        """Return the packages that are these very bytes, oldest first, with their deliveries."""

    async def still_waiting(self, order_ids: Sequence[OrderId]) -> frozenset[OrderId]:
        """Return those of these orders that are neither published nor done."""

    async def errands(self, order_ids: Sequence[OrderId]) -> tuple[Errand, ...]:
        """Return what couriers need for these orders; orders that are done or unknown are left out."""

    async def event(self, event_id: EventId) -> EventRecord | None:
        """Return one event."""

    async def event_of(
        self, event: Event, *, package_id: PackageId, delivery_id: DeliveryId | None
    ) -> EventRecord | None:
        """Return the first such event of a package (with `delivery_id` None: of the package itself) or of one delivery."""

    async def events(
        self, package_id: PackageId, after: EventId | None = None, limit: int | None = None
    ) -> tuple[EventRecord, ...]:
        """Return the story of a package in commit order: what came after an event of it, up to `limit`; whole without both."""

    async def packages(self, query: PackageQuery) -> Page[Package]:
        """Return a page of packages, newest first; it ends early where they have very many recipients or attachments."""

    async def receipts(self, query: ReceiptQuery) -> Page[EventRecord]:
        """Return a page of receipted events, newest first."""

    async def refusals(self, query: RefusalQuery) -> Page[RefusedSubmission]:
        """Return a page of refused submissions, newest first."""

    async def feed(self, system_id: str, after: int, limit: int) -> tuple[tuple[int, EventRecord], ...]:
        """Return receipted events of the system's packages and deliveries with a position above `after`, in commit order."""

    async def content(self, sha256: str) -> Bytes | None:
        """Return the bytes of a package or where they lie."""

    async def overdue(self, now: datetime, limit: int) -> tuple[tuple[Package, Delivery], ...]:
        """Return deliveries that are not final and whose deadline has passed."""

    async def in_state(
        self, state: State, system_id: str | None, limit: int, after: str = ""
    ) -> tuple[tuple[Package, Delivery], ...]:
        """Return deliveries in one state, oldest first, those behind the delivery `after`."""

    async def unfinished(self) -> Mapping[tuple[str, Lane, State], int]:
        """Return how many deliveries are not final, by system, lane and state."""


class Mailbox(Protocol):
    """The recipient's side of consigned deliveries."""

    async def lease(
        self, system_id: str, lane: Lane | None, limit: int, now: datetime, lease_for: timedelta
    ) -> tuple[InboxItem, ...]:
        """Lease and return consigned deliveries of a system that nobody holds: urgent first, then oldest."""


class Trays(Protocol):
    """The in-tray and out-tray of systems that list everything and acknowledge one by one, without leases."""

    async def with_consigned(self, system_ids: Collection[str]) -> frozenset[str]:
        """Return those of these systems for which anything waits, in one read."""

    async def consigned(self, query: TrayQuery) -> tuple[TrayItem, ...]:
        """Return consigned deliveries, whoever holds a lease: urgent first, then oldest."""

    async def count_consigned(self, query: TrayQuery) -> int:
        """Return how many there are, whatever the page."""

    async def dispatched(self, query: DispatchQuery) -> tuple[DispatchItem, ...]:
        """Return what was sent, one item per recipient."""

    async def marks(self, delivery_id: DeliveryId) -> tuple[Event, ...]:
        """Return the words of the recipient on the way to the handover of a delivery, oldest first."""


class Outbox(Protocol):
    """Orders on their way to the broker."""

    async def claim(self, limit: int, now: datetime, until: datetime) -> tuple[Order, ...]:
        """Return due orders, urgent first, and keep others from claiming them before `until`."""

    async def next_due(self) -> datetime | None:
        """Return when the next waiting order falls due; None when none waits."""

    async def count_due(self, now: datetime, at_most: int) -> int:
        """Return how many orders are due and nobody has claimed; it stops counting at `at_most`."""

    async def overdue_at_broker(self, published_before: datetime) -> frozenset[str]:
        """Return the systems that have orders which were published before that time and are not done."""

    async def unpublish(self, system_id: str | None, published_before: datetime) -> int:
        """Make published orders waiting again (their broker lost them); return how many."""

    async def remind(self, system_id: str | None, carried_before: datetime) -> int:
        """Make orders waiting again that brought consigned deliveries into queues which systems consume themselves.

        Deliveries that were handed over need none; return how many orders there are.
        """


class Keys(Protocol):
    """Idempotency keys (draft-ietf-httpapi-idempotency-key-header)."""

    async def bind_key(self, system_id: str, key: str, fingerprint: str, at: datetime) -> str:
        """Bind `key` to `fingerprint` unless it is bound already; return the fingerprint that it is bound to."""

    async def forget_keys(self, bound_before: datetime) -> int:
        """Forget the keys that were bound before a time; return how many."""


class Store(Recorder, Reader, Mailbox, Trays, Outbox, Keys, Protocol):
    """The database: the truth."""


class Broker(Protocol):
    """Queues between the outbox and the couriers, one pair (urgent, normal) per system; at least once."""

    async def publish(self, orders: Sequence[Order]) -> tuple[OrderId, ...]:
        """Publish and return the orders that the broker confirmed; raise `Deferral` when it cannot be reached."""

    async def take(self, limit: int, busy: frozenset[str], ailing: frozenset[str] = frozenset()) -> tuple[Ticket, ...]:
        """Return up to `limit` tickets for each system that is not in `busy`, urgent first; empty when nothing waits.

        Of those in `ailing` only one each: it is to be seen whether they are well again.
        """

    async def keep(self, tickets: Sequence[Ticket]) -> tuple[Ticket, ...]:
        """Return these tickets as they are held from now on; those that others have taken meanwhile are left out.

        Who works on tickets for long calls this once in a minute at least, or they may be handed out again.
        """

    async def settle(self, tickets: Sequence[Ticket]) -> None:
        """Forget these tickets: what they stand for is recorded."""

    async def release(self, tickets: Sequence[Ticket]) -> None:
        """Give these tickets back to be taken again."""

    async def holding(self, systems: Collection[str]) -> frozenset[str]:
        """Return those of `systems` for which anything is queued or taken; raise `Deferral` when that cannot be known."""


class ProbedBroker(Broker, Protocol):
    """A broker outside, which may be away."""

    async def probe(self) -> str:
        """Say how it is; raise `Deferral` while it is away or takes nothing."""


class Courier(Protocol):
    """Carries errands to systems of one binding."""

    binding: Binding

    async def carry(self, errand: Errand) -> Outcome:
        """Carry one errand within the courier's own time limit; never raises for trouble on the way to one system.

        Raises `Deferral` when nothing can be carried to anybody: it counts as nobody's failed attempt.
        """
