"""Which orders a decision puts into the outbox: deliveries to their recipients, receipts and statuses home to the sender.

There is one mechanism for both. Systems that are called (webhook) or fed (amqp) are told; systems that ask (pull, the
national SDK) read their feed, and an order for them would carry nothing. A recipient that is fed holds the document in its
own queue, out of the hub's reach: it alone must be told too that a delivery has ended without it.
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
_FED_BINDINGS = frozenset({Binding.AMQP})
#: What ends a delivery without its recipient's doing.
_ENDS = frozenset({Event.WITHDRAWAL, Event.EXPIRY})
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
    """Return the orders that bring receipted events home to senders whose systems are told, and ends to queues they concern."""
    orders: list[Order] = []
    for event in events:
        if event.jws is None or event.event in _ANSWERED:
            continue
        system = _told(directory, event.sender_system, _TOLD_BINDINGS)
        if system is not None:
            orders.append(_telling(event, system))
        if event.event in _ENDS and event.recipient_system != event.sender_system:
            system = _told(directory, event.recipient_system, _FED_BINDINGS)
            if system is not None:
                orders.append(_telling(event, system))
    return tuple(orders)


def _told(directory: Directory, system_id: str | None, bindings: frozenset[Binding]) -> System | None:
    system = None if system_id is None else directory.system(system_id)
    return system if system is not None and system.is_active and system.binding in bindings else None


def _telling(event: EventRecord, system: System) -> Order:
    return Order(
        id=OrderId(uuid7()),
        purpose=Purpose.TELL,
        system_id=system.id,
        binding=system.binding,
        lane=Lane.NORMAL,
        due_at=event.at,
        event_id=event.id,
    )
