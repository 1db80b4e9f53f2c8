"""Values of the hub as rows, and rows as values; the columns are those of `tables`, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement

from adapters.storage.tables import deliveries, events, orders, packages, refusals
from adapters.storage.terms import ORDER_WAITING
from adapters.storage.times import micros, micros_or_none, moment, moment_or_none
from hub.changes import RefusedSubmission
from hub.delivery import Delivery
from hub.events import Event
from hub.lifecycle import State
from hub.order import Order, Purpose
from hub.package import Details, Package, Signature, SignatureResult
from hub.record import EventRecord
from hub.trouble import Fault
from routing.values import Binding, Lane
from signing.receipt import Reason

Row = tuple[Any, ...]
Columns = tuple[ColumnElement[Any], ...]

_NO_DETAILS = Details()
_encode = msgspec.json.Encoder().encode
_details = msgspec.json.Decoder(Details).decode
_faults = msgspec.json.Decoder(tuple[Fault, ...]).decode

PACKAGE: Columns = tuple(packages.columns)
#: A delivery is read with its newest order beside it (`reads.beside_newest_order`).
DELIVERY: Columns = (
    deliveries.c.id,
    deliveries.c.package_id,
    deliveries.c.recipient,
    deliveries.c.system_id,
    deliveries.c.lane,
    deliveries.c.state,
    deliveries.c.deadline_at,
    deliveries.c.business_status,
    deliveries.c.consigned_at,
    deliveries.c.handed_over_at,
    orders.c.attempts,
    orders.c.due_at,
    orders.c.error,
    orders.c.state,
)
EVENT: Columns = tuple(column for column in events.columns if column.name != "seq")
EVENT_COLUMNS = tuple(column.name for column in EVENT)
ORDER: Columns = (
    orders.c.id,
    orders.c.purpose,
    orders.c.system_id,
    orders.c.binding,
    orders.c.lane,
    orders.c.due_at,
    orders.c.delivery_id,
    orders.c.event_id,
    orders.c.attempts,
)
REFUSAL: Columns = tuple(refusals.columns)


def package_row(package: Package) -> Row:
    """Return the row of `packages`."""
    signature = package.signature
    return (
        package.id,
        package.key,
        package.document_id,
        str(package.kind),
        str(package.business),
        package.sender,
        package.system_id,
        package.notation,
        package.subject,
        package.urgency,
        package.sha256,
        package.size,
        micros(package.accepted_at),
        str(signature.result),
        signature.signer,
        str(signature.policy),
        "" if package.details == _NO_DETAILS else _encode(package.details).decode(),
    )


def package_of(row: Sequence[Any]) -> Package:
    """Return the package of a row that begins with `PACKAGE`."""
    id_, key, document_id, kind, business, sender, system_id, notation, subject, urgency = row[:10]
    sha256, size, accepted_at = row[10:13]
    result, signer, policy, details = row[13:17]
    return Package(
        id=id_,
        key=key,
        document_id=document_id,
        kind=kind,
        business=business,
        sender=sender,
        system_id=system_id,
        notation=notation,
        subject=subject,
        urgency=urgency,
        sha256=sha256,
        size=size,
        accepted_at=moment(accepted_at),
        signature=Signature(SignatureResult(result), signer, policy),
        details=_details(details) if details else _NO_DETAILS,
    )


def delivery_row(delivery: Delivery, position: int) -> Row:
    """Return the row of `deliveries`; `position` is that of the recipient in the envelope."""
    return (
        delivery.id,
        delivery.package_id,
        position,
        delivery.recipient,
        delivery.system_id,
        delivery.lane.value,
        delivery.state.value,
        micros(delivery.deadline_at),
        delivery.business_status,
        micros_or_none(delivery.consigned_at),
        micros_or_none(delivery.handed_over_at),
        0,
    )


def delivery_of(row: Sequence[Any]) -> Delivery:
    """Return the delivery of a row that begins with `DELIVERY`."""
    id_, package_id, recipient, system_id, lane, state, deadline_at, status, consigned_at, handed_over_at = row[:10]
    attempts, due_at, error, order_state = row[10:14]
    return Delivery(
        id=id_,
        package_id=package_id,
        recipient=recipient,
        system_id=system_id,
        lane=Lane(lane),
        state=State(state),
        deadline_at=moment(deadline_at),
        business_status=status,
        consigned_at=moment_or_none(consigned_at),
        handed_over_at=moment_or_none(handed_over_at),
        attempts=attempts or 0,
        next_attempt_at=moment(due_at) if order_state == ORDER_WAITING else None,
        last_error=error,
    )


def event_row(record: EventRecord) -> Row:
    """Return the row of `events` without its number."""
    reason, state = record.reason, record.state
    return (
        record.id,
        record.event.value,
        micros(record.at),
        record.package_id,
        record.document_id,
        record.sender,
        record.sender_system,
        record.delivery_id,
        record.recipient,
        record.recipient_system,
        None if state is None else state.value,
        None if reason is None else reason.code,
        None if reason is None else reason.text,
        record.jws,
    )


def event_of(row: Sequence[Any]) -> EventRecord:
    """Return the event of a row that begins with `EVENT`."""
    (
        id_, event, at, package_id, document_id, sender, sender_system,
        delivery_id, recipient, recipient_system, state, reason_code, reason_text, jws,
    ) = row[:14]  # fmt: skip
    return EventRecord(
        id=id_,
        event=Event(event),
        at=moment(at),
        package_id=package_id,
        document_id=document_id,
        sender=sender,
        sender_system=sender_system,
        delivery_id=delivery_id,
        recipient=recipient,
        recipient_system=recipient_system,
        state=None if state is None else State(state),
        reason=None if reason_code is None else Reason(reason_code, reason_text),
        jws=jws,
    )


def order_row(order: Order) -> Row:
    """Return the row of `orders`: waiting, never published."""
    return (
        order.id,
        order.purpose.value,
        order.system_id,
        order.binding.value,
        order.lane.value,
        micros(order.due_at),
        order.delivery_id,
        order.event_id,
        order.attempts,
        ORDER_WAITING,
        None,
        None,
        0,
    )


def order_of(row: Sequence[Any]) -> Order:
    """Return the order of a row that begins with `ORDER`."""
    id_, purpose, system_id, binding, lane, due_at, delivery_id, event_id, attempts = row[:9]
    return Order(
        id=id_,
        purpose=Purpose(purpose),
        system_id=system_id,
        binding=Binding(binding),
        lane=Lane(lane),
        due_at=moment(due_at),
        delivery_id=delivery_id,
        event_id=event_id,
        attempts=attempts,
    )


def refusal_row(refused: RefusedSubmission) -> Row:
    """Return the row of `refusals`."""
    return (
        refused.id,
        micros(refused.at),
        refused.system_id,
        refused.code,
        refused.detail,
        refused.sha256,
        refused.size,
        refused.sender,
        refused.document_id,
        _encode(refused.faults).decode() if refused.faults else "",
    )


def refusal_of(row: Sequence[Any]) -> RefusedSubmission:
    """Return the refusal of a row that begins with `REFUSAL`."""
    id_, at, system_id, code, detail, sha256, size, sender, document_id, faults = row[:10]
    return RefusedSubmission(
        id=id_,
        at=moment(at),
        system_id=system_id,
        code=code,
        detail=detail,
        sha256=sha256,
        size=size,
        sender=sender,
        document_id=document_id,
        faults=_faults(faults) if faults else (),
    )
