"""What a later word about an earlier document does to it: a recall withdraws, a status is shown beside the delivery.

Both are packages of their own and travel like any other; this module only decides what they mean for the document that
they speak of. Arrival order is not guaranteed, so a status never moves the shown one backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct

from hub.attest import Attestor
from hub.changes import Move, Reported
from hub.delivery import Delivery
from hub.events import Event
from hub.lifecycle import State, advance, may
from hub.package import Package
from hub.queries import Original
from hub.record import EventRecord
from schemas.edxml import Business, Envelope, StatusCode, StatusEnvelope
from signing.receipt import Reason

#: How far a recipient's work has come; a status of lower rank that arrives late is recorded but not shown. 16 (the
#: recipient declines a recall) leaves the document as it was, 13 is a word of the sender.
_RANK = {"01": 1, "02": 2, "03": 3, "04": 4, "05": 5, "06": 6, "15": 7}

RECALLED = "recalled"


class Effects(Struct, frozen=True):
    """What happens to earlier deliveries."""

    moves: tuple[Move, ...] = ()
    reported: tuple[Reported, ...] = ()
    events: tuple[EventRecord, ...] = ()


def is_recall(envelope: Envelope) -> bool:
    """Whether the package asks to take an earlier document back (document type 1, or status 13)."""
    if isinstance(envelope, StatusEnvelope):
        return envelope.status_code is StatusCode.RECALL_ASKED
    return envelope.business is Business.RECALL


def speaks_of_earlier(envelope: Envelope) -> bool:
    """Whether the package has an effect on a document that was sent before."""
    return isinstance(envelope, StatusEnvelope) or is_recall(envelope)


def issuer_of_original(envelope: Envelope, sender: str, recipients: tuple[str, ...]) -> str:
    """Return the agency that sent the document this package speaks of: the sender itself, or a status's addressee."""
    return sender if is_recall(envelope) else recipients[0]


def effects_on(
    originals: Iterable[Original],
    envelope: Envelope,
    *,
    sender: str,
    recipients: tuple[str, ...],
    current: Callable[[str], str],
    at: datetime,
    attestor: Attestor,
) -> Effects:
    """Decide what `envelope` does to the first of `originals` in the order in which the message names them.

    `current` gives the code of today of an agency that may have been called otherwise when its delivery was recorded.
    """
    original = _first_named(tuple(originals), envelope.targets)
    if original is None:
        return Effects()
    reason = envelope.reason or RECALLED
    if is_recall(envelope):
        concerned = tuple(each for each in original.deliveries if current(each.recipient) in recipients)
        return recall_effects(original.package, concerned, reason=reason, at=at, attestor=attestor)
    if isinstance(envelope, StatusEnvelope):
        concerned = tuple(each for each in original.deliveries if current(each.recipient) == sender)
        return _status_effects(original.package, concerned, envelope, at=at, attestor=attestor)
    return Effects()


def recall_effects(
    package: Package, deliveries: tuple[Delivery, ...], *, reason: str, at: datetime, attestor: Attestor
) -> Effects:
    """Withdraw every delivery that was not handed over yet; a handed-over one only gets the word that it was recalled."""
    moves: list[Move] = []
    events: list[EventRecord] = []
    why = Reason(code=RECALLED, text=reason)
    for delivery in deliveries:
        if may(delivery.state, Event.WITHDRAWAL):
            to = advance(delivery.state, Event.WITHDRAWAL)
            moves.append(Move(delivery_id=delivery.id, expected=delivery.state, to=to, at=at))
            events.append(attestor.happened(Event.WITHDRAWAL, package, delivery, at=at, state=to, reason=why))
        elif delivery.state is State.HANDED_OVER:
            events.append(attestor.happened(Event.RECALL, package, delivery, at=at, state=delivery.state, reason=why))
    return Effects(moves=tuple(moves), events=tuple(events))


def _status_effects(
    package: Package,
    deliveries: tuple[Delivery, ...],
    envelope: StatusEnvelope,
    *,
    at: datetime,
    attestor: Attestor,
) -> Effects:
    code = str(envelope.status_code)
    what = Reason(code=code, text=envelope.reason)
    return Effects(
        reported=tuple(Reported(each.id, code, each.business_status) for each in deliveries if _is_news(each, code)),
        events=tuple(
            attestor.happened(Event.BUSINESS_STATUS, package, each, at=at, state=each.state, reason=what)
            for each in deliveries
        ),
    )


def _is_news(delivery: Delivery, code: str) -> bool:
    return _RANK.get(code, 0) > _RANK.get(delivery.business_status or "", 0)


def _first_named(originals: tuple[Original, ...], targets: tuple[str, ...]) -> Original | None:
    for target in targets:
        for original in originals:
            if original.package.document_id == target and original.package.business != Business.RECALL:
                return original
    return None
