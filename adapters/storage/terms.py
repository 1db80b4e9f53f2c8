"""Conditions that indexes and queries must spell alike.

SQLite uses a partial index only for a query that repeats its condition.
"""

from __future__ import annotations

import re

from sqlalchemy import TextClause, text

from hub.events import Event
from hub.lifecycle import State

ORDER_WAITING = "waiting"  #: in the outbox, until it is due or its claim runs out
ORDER_PUBLISHED = "published"  #: the broker has it
ORDER_DONE = "done"  #: carried, or given up

CONSIGNED = f"state = '{State.CONSIGNED}'"
# NOT IN, not IN: a planner that is offered a list of states goes from state to state and then sorts what it found.
UNFINISHED = f"state NOT IN ({', '.join(repr(state.value) for state in State if state.is_final)})"
WAITING = f"state = '{ORDER_WAITING}'"
PUBLISHED = f"state = '{ORDER_PUBLISHED}'"
OF_DELIVERY = "delivery_id IS NOT NULL"
RECEIPTED = "jws IS NOT NULL"
RECEIPTED_DELIVERY = f"{RECEIPTED} AND {OF_DELIVERY}"
#: Events that most packages have are found at once by walking from the newest; the others need an index.
COMMON_EVENTS = frozenset(
    {Event.SUBMISSION_ACCEPTANCE, Event.CONTENT_CONSIGNMENT, Event.CONTENT_HANDOVER, Event.QUEUING}
)
RARE_EVENT = f"event NOT IN ({', '.join(repr(event.value) for event in Event if event in COMMON_EVENTS)})"
RARE_RECEIPT = f"{RARE_EVENT} AND {RECEIPTED}"

_COLUMN = re.compile(r"\b(state|delivery_id|jws|event)\b")


def of(table: str, condition: str) -> TextClause:
    """Return `condition` about the columns of `table` (a table or an alias), for a query."""
    return text(_COLUMN.sub(rf"{table}.\1", condition))
