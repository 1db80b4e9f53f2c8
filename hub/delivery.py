"""A delivery: one recipient agency's copy of a package, with a life of its own."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from hub.ids import DeliveryId, PackageId
from hub.lifecycle import State
from routing.values import Lane


class Delivery(Struct, frozen=True, kw_only=True):
    """Where one recipient's copy stands. `attempts` counts failed tries of its order; `deadline_at` is when it expires."""

    id: DeliveryId
    package_id: PackageId
    recipient: str
    system_id: str
    lane: Lane
    state: State
    deadline_at: datetime
    business_status: str | None = None
    consigned_at: datetime | None = None
    handed_over_at: datetime | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    last_error: str | None = None
