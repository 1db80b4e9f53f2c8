"""Where one recipient's copy of a package stands, and how it may move.

This is the transport layer only: what the recipient says about its own work (statuses 01 to 16) is another layer and never
moves a delivery. A table of arrows decides; the store repeats the guard (`UPDATE … WHERE state = expected`).

Some arrows need a word. A consignment may be concluded while the delivery still reads `accepted`: the broker can hand an
order to a courier before the relay has recorded that the broker confirmed it. `dead` is not final: an operator may
re-drive it, and a sender may still recall it. A delivery that goes on to another axis is never consigned here: the
acceptance of that axis (RelayAcceptance) is the handover, for the axis is the recipient's system as far as this hub can see;
that the agency behind it has the document is for that axis to attest.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from hub.events import Event
from hub.trouble import Defect


class State(StrEnum):
    """Where a delivery stands."""

    ACCEPTED = "accepted"  #: recorded; its order waits in the outbox
    QUEUED = "queued"  #: the broker has confirmed it in the system's queue
    CONSIGNED = "consigned"  #: the recipient's system can take it
    HANDED_OVER = "handed_over"  #: the recipient's system says it has it (final)
    WITHDRAWN = "withdrawn"  #: recalled before the handover (final)
    REFUSED = "refused"  #: the recipient's system says it cannot take it (final)
    EXPIRED = "expired"  #: the deadline passed before the handover (final)
    DEAD = "dead"  #: attempts exhausted; an operator may re-drive it

    @property
    def is_final(self) -> bool:
        """Whether no arrow leads out of this state."""
        return self in _FINAL


_FINAL = frozenset({State.HANDED_OVER, State.WITHDRAWN, State.REFUSED, State.EXPIRED})


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.ACCEPTED, Event.QUEUING): State.QUEUED,
        (State.ACCEPTED, Event.CONTENT_CONSIGNMENT): State.CONSIGNED,
        (State.ACCEPTED, Event.CONTENT_CONSIGNMENT_FAILURE): State.DEAD,
        (State.ACCEPTED, Event.WITHDRAWAL): State.WITHDRAWN,
        (State.ACCEPTED, Event.EXPIRY): State.EXPIRED,
        (State.QUEUED, Event.CONTENT_CONSIGNMENT): State.CONSIGNED,
        (State.QUEUED, Event.CONTENT_CONSIGNMENT_FAILURE): State.DEAD,
        (State.QUEUED, Event.WITHDRAWAL): State.WITHDRAWN,
        (State.QUEUED, Event.EXPIRY): State.EXPIRED,
        **{
            (waiting, event): to
            for waiting in (State.ACCEPTED, State.QUEUED)
            for event, to in (
                (Event.RELAY_ACCEPTANCE, State.HANDED_OVER),
                (Event.RELAY_REJECTION, State.REFUSED),
                (Event.RELAY_FAILURE, State.DEAD),
            )
        },
        (State.CONSIGNED, Event.CONTENT_HANDOVER): State.HANDED_OVER,
        (State.CONSIGNED, Event.CONTENT_HANDOVER_FAILURE): State.REFUSED,
        (State.CONSIGNED, Event.WITHDRAWAL): State.WITHDRAWN,
        (State.CONSIGNED, Event.EXPIRY): State.EXPIRED,
        (State.DEAD, Event.REDRIVE): State.ACCEPTED,
        (State.DEAD, Event.WITHDRAWAL): State.WITHDRAWN,
        (State.DEAD, Event.EXPIRY): State.EXPIRED,
    }
)

#: What may end a delivery.
ENDINGS = frozenset(event for (_, event), to in TRANSITIONS.items() if to.is_final)


class IllegalTransition(Defect):
    """No arrow of the delivery's lifecycle leads there."""


def may(state: State, event: Event) -> bool:
    """Return whether `event` may happen to a delivery in `state`."""
    return (state, event) in TRANSITIONS


def advance(state: State, event: Event) -> State:
    """Return the state after `event`; raise `IllegalTransition` when no arrow leads there."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition("defect", detail=f"{event} while {state}") from None
