"""What a recipient's system sees and says."""

from __future__ import annotations

from msgspec import Struct

from adapters.http.views.packages import Delivery
from adapters.http.views.terms import Id, Jws, Sha256, Size, Time
from routing.values import Lane
from schemas.edxml import Kind


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
