"""An order: an outbox row that says "carry this there", and what came of carrying it.

An order waits in the outbox, is published to the broker (`queued`), and is done when its courier has concluded it. The
failed attempts and the time of the next one live here, not in the event log.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from hub.ids import DeliveryId, EventId, OrderId
from routing.values import Binding, Lane


class Purpose(StrEnum):
    """What an order carries."""

    CONSIGN = "consign"  #: a delivery to its recipient's system
    TELL = "tell"  #: a receipt or a status home to the sender's system


class Order(Struct, frozen=True, kw_only=True):
    """Carry one delivery, or tell one event, to one system. Exactly one of `delivery_id` and `event_id` is set."""

    id: OrderId
    purpose: Purpose
    system_id: str
    binding: Binding
    lane: Lane
    due_at: datetime
    delivery_id: DeliveryId | None = None
    event_id: EventId | None = None
    attempts: int = 0


class Consigned(Struct, frozen=True):
    """The courier placed it where the system can take it."""


class Relayed(Struct, frozen=True):
    """Another axis accepted it and answers for it from here on; `reference` is its own id of the message."""

    reference: str


class Rejected(Struct, frozen=True):
    """Another axis refused it for good, with its own code and words."""

    code: str
    text: str


class Failed(Struct, frozen=True):
    """It did not work this time. `retry_after` is the system's own wish, when it stated one."""

    reason: str
    retry_after: timedelta | None = None


class Hopeless(Struct, frozen=True):
    """It will never work this way: give up at once and let an operator look."""

    reason: str


class Gone(Hopeless, frozen=True):
    """The address itself is gone for good: the system is not called any more until it gets another one."""

    address: str = ""  #: as the directory has it


Outcome = Consigned | Relayed | Rejected | Failed | Hopeless
