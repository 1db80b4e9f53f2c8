"""Hop 9: what came of carrying an order, decided and attested; no I/O."""

from __future__ import annotations

import random
from datetime import timedelta

from msgspec import structs

from hub.attest import Attestor
from hub.changes import Changes, Finished, Move, Postponed
from hub.events import Event
from hub.lifecycle import State, advance, may
from hub.order import Consigned, Failed, Hopeless, Outcome, Purpose, Rejected, Relayed
from hub.ports import Clock
from hub.queries import Errand
from hub.register import CurrentRegister
from hub.telling import tell
from routing.schedule import RetrySchedule
from routing.values import Binding
from signing.receipt import Reason

RELAYED = "relayed"  #: the text beside it is the other axis's id of the message
REJECTED = "relay-rejected"  #: the text beside it is what the other axis said
#: The relay's word that an order was queued comes after the order itself, and changes nothing about what became of it.
_QUEUED_MEANWHILE = {State.ACCEPTED: State.QUEUED}
_LONGEST_REST = timedelta(seconds=5)  #: a system that comes back is found within it, by one attempt each time
_LONGEST_PAUSE = timedelta(hours=12)  #: between attempts at what can be neither concluded nor given up


class Concluder:
    """Decides what an outcome changes."""

    def __init__(self, *, attestor: Attestor, schedule: RetrySchedule, register: CurrentRegister, clock: Clock) -> None:
        self._attestor = attestor
        self._schedule = schedule
        self._register = register
        self._clock = clock

    def is_wanted(self, errand: Errand) -> bool:
        """Whether carrying still makes sense: a delivery that was withdrawn, taken or moved meanwhile needs no courier."""
        if errand.order.purpose is Purpose.TELL:
            return errand.event is not None
        if errand.delivery is None or errand.delivery.system_id != errand.order.system_id:
            return False
        return may(errand.delivery.state, Event.CONTENT_CONSIGNMENT) or _is_reminder(errand)

    def is_suspended(self, system_id: str) -> bool:
        """Whether nothing may be carried to a system for now."""
        system = self._register.snapshot.directory.system(system_id)
        return system is not None and not system.is_active

    def conclude(self, errand: Errand, outcome: Outcome) -> Changes:
        """Return what to record: the delivery consigned or relayed, the order postponed, or given up."""
        if isinstance(outcome, Relayed) and _ended_meanwhile(errand):
            return self._relayed_too_late(errand, outcome)
        if not self.is_wanted(errand) or (errand.order.purpose is Purpose.TELL and isinstance(outcome, Consigned)):
            return Changes(order_changes=(Finished(order_id=errand.order.id),))
        if _is_reminder(errand) and not isinstance(outcome, Failed):
            return Changes(order_changes=(Finished(order_id=errand.order.id),))
        if isinstance(outcome, Consigned):
            return self._ended(errand, Event.CONTENT_CONSIGNMENT, None)
        if isinstance(outcome, Relayed):
            return self._ended(errand, Event.RELAY_ACCEPTANCE, _taken_over(outcome))
        if isinstance(outcome, Rejected):
            return self._ended(errand, Event.RELAY_REJECTION, Reason(code=REJECTED, text=_words(outcome)))
        attempts = errand.order.attempts + 1
        delay = self._delay(outcome, attempts)
        if delay is None:
            return self._given_up(errand, outcome, attempts)
        due_at = self._clock() + delay
        return Changes(
            order_changes=(Postponed(order_id=errand.order.id, attempts=attempts, due_at=due_at, error=outcome.reason),)
        )

    def postpone(self, errand: Errand, error: str) -> Postponed:
        """Return the order as waiting for its next attempt. There is always one: to give up would be a conclusion, too."""
        attempts = errand.order.attempts + 1
        delay = self._schedule.delay(attempts, 0.0) or _LONGEST_PAUSE
        return Postponed(order_id=errand.order.id, attempts=attempts, due_at=self._clock() + delay, error=error)

    def rest(self, failures: int) -> timedelta:
        """Return how long a system that failed so often in a row is left alone."""
        return min(self._schedule.delay(failures, 0.0) or _LONGEST_REST, _LONGEST_REST)

    def _delay(self, outcome: Failed | Hopeless, attempts: int) -> timedelta | None:
        if isinstance(outcome, Hopeless):
            return None
        jitter = random.random()  # noqa: S311 - spreads retries, guards nothing
        return self._schedule.delay(attempts, jitter, outcome.retry_after or timedelta(0))

    def _given_up(self, errand: Errand, outcome: Failed | Hopeless, attempts: int) -> Changes:
        last = Postponed(order_id=errand.order.id, attempts=attempts, due_at=self._clock(), error=outcome.reason)
        if errand.order.purpose is Purpose.TELL:
            return Changes(order_changes=(last, Finished(order_id=errand.order.id)))
        if _is_reminder(errand):
            return Changes(order_changes=(last, Finished(order_id=errand.order.id)))
        code = "undeliverable" if isinstance(outcome, Hopeless) else "attempts-exhausted"
        why = Reason(code=code, text=outcome.reason)
        is_relay = errand.order.binding is Binding.UPSTREAM
        event = Event.RELAY_FAILURE if is_relay else Event.CONTENT_CONSIGNMENT_FAILURE
        ended = self._ended(errand, event, why)
        return structs.replace(ended, order_changes=(last, *ended.order_changes))

    def _relayed_too_late(self, errand: Errand, outcome: Relayed) -> Changes:
        """Attest that the other axis has what was recalled or expired here while it was being carried: that must be known."""
        package, delivery = errand.package, errand.delivery
        if package is None or delivery is None:  # unreachable; keeps the types honest
            return Changes(order_changes=(Finished(order_id=errand.order.id),))
        record = self._attestor.happened(
            Event.RELAY_ACCEPTANCE,
            package,
            delivery,
            at=self._clock(),
            state=delivery.state,
            reason=_taken_over(outcome),
        )
        return Changes(
            order_changes=(Finished(order_id=errand.order.id),),
            events=(record,),
            orders=tell(self._register.snapshot.directory, (record,)),
        )

    def _ended(self, errand: Errand, event: Event, reason: Reason | None) -> Changes:
        package, delivery = errand.package, errand.delivery
        if package is None or delivery is None:  # unreachable for wanted deliveries; keeps the types honest
            return Changes(order_changes=(Finished(order_id=errand.order.id),))
        at = self._clock()
        to = advance(delivery.state, event)
        record = self._attestor.happened(event, package, delivery, at=at, state=to, reason=reason)
        return Changes(
            order_changes=(Finished(order_id=errand.order.id),),
            moves=(Move(delivery.id, delivery.state, to, at, or_expected=_QUEUED_MEANWHILE.get(delivery.state)),),
            events=(record,),
            orders=tell(self._register.snapshot.directory, (record,)),
        )


def _is_reminder(errand: Errand) -> bool:
    """Whether a system that consumes its own queue is sent again what it was consigned: it may have lost it."""
    is_consigned = errand.delivery is not None and errand.delivery.state is State.CONSIGNED
    return is_consigned and errand.order.binding is Binding.AMQP


def _ended_meanwhile(errand: Errand) -> bool:
    return errand.delivery is not None and errand.delivery.state in {State.WITHDRAWN, State.EXPIRED}


def _taken_over(outcome: Relayed) -> Reason:
    return Reason(code=RELAYED, text=outcome.reference)


def _words(rejected: Rejected) -> str:
    return f"{rejected.code}: {rejected.text}" if rejected.text else rejected.code
