"""Which orders a decision puts into the outbox: deliveries to their recipients, receipts and statuses home to the sender.

There is one mechanism for both. Systems that are called (webhook) or fed (amqp) are told; systems that ask (pull, the
national SDK) read their feed, and an order for them would carry nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from hub.delivery import Delivery
from hub.events import Event
from hub.ids import OrderId, uuid7
from hub.order import Order, Purpose
from hub.package import Package
from hub.record import EventRecord
from hub.trouble import Defect
from routing.directory import Directory
from routing.values import Binding, Lane, System

_TOLD_BINDINGS = frozenset({Binding.WEBHOOK, Binding.AMQP})
#: The sender gets the acceptance or rejection in the answer to its submission.
_ANSWERED = frozenset({Event.SUBMISSION_ACCEPTANCE, Event.SUBMISSION_REJECTION})


def consign(delivery: Delivery, system: System | None, package: Package) -> Order:
    """Return the order that carries a delivery to its recipient's system; it is due at once."""
    if system is None:
        raise Defect("defect", detail=f"delivery {delivery.id} is routed to unknown system {delivery.system_id}")
    return Order(
        id=OrderId(uuid7()),
        purpose=Purpose.CONSIGN,
        system_id=delivery.system_id,
        binding=system.binding,
        lane=delivery.lane,
        due_at=package.accepted_at,
        delivery_id=delivery.id,
    )


def tell(directory: Directory, events: Iterable[EventRecord]) -> tuple[Order, ...]:
    """Return the orders that bring receipted events home to senders whose systems are called."""
    orders: list[Order] = []
    for event in events:
        if event.jws is None or event.event in _ANSWERED or event.sender_system is None:
            continue
        system = directory.system(event.sender_system)
        if system is not None and system.is_active and system.binding in _TOLD_BINDINGS:
            orders.append(
                Order(
                    id=OrderId(uuid7()),
                    purpose=Purpose.TELL,
                    system_id=system.id,
                    binding=system.binding,
                    lane=Lane.NORMAL,
                    due_at=event.at,
                    event_id=event.id,
                )
            )
    return tuple(orders)
