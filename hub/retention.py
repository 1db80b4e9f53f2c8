"""How long contents are kept: until every delivery has ended and a number of days after, then they are purged.

What stays for ever are the package's facts, its digest, its events and receipts: they prove what was exchanged without the
content. A hub is not the archive: the issuer keeps the original (NĐ 30/2020, article 19.2) and files go to the agency's archive
within a year after the work has ended (article 30.2). A hold keeps the content of a package whatever the policy says.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from hub.measures import Measure
from hub.ports import Clock

BATCH = 200  #: packages looked at in one transaction
MOST_BATCHES = 500  #: in one turn, so that a large backlog leaves room for other chores


class Purged(Struct, frozen=True):
    """What one batch did: packages looked at, contents purged, and the time of acceptance up to which all were looked at."""

    looked_at: int
    contents: int
    reached_at: datetime | None


class Purger(Protocol):
    """Where contents are kept."""

    async def purge(self, keep_for: timedelta, limit: int, now: datetime) -> Purged:
        """Look at packages that may be due and purge the contents of those that are."""


class Standing(Struct, frozen=True):
    """What decides about one package's content."""

    is_held: bool
    open_until: datetime | None  #: the last deadline of deliveries that have not ended; None: all have
    ended_at: datetime  #: the last end of a delivery; of a package without any, its acceptance


class Later(Struct, frozen=True):
    """Look again at `at`; None: when the hold is released."""

    at: datetime | None


def decide(standing: Standing, keep_for: timedelta, now: datetime) -> Later | None:
    """Return when to look at a package again; None: its content is due."""
    if standing.is_held:
        return Later(None)
    if standing.open_until is not None:
        return Later(max(standing.open_until, now) + keep_for)
    due_at = standing.ended_at + keep_for
    return None if due_at <= now else Later(due_at)


class Retention:
    """Purges contents by the policy, a batch after the other."""

    def __init__(self, purger: Purger, keep_for: timedelta, clock: Clock) -> None:
        self._purger = purger
        self._keep_for = keep_for
        self._clock = clock
        self._purged = 0
        self._reached_at: datetime | None = None

    async def purge(self) -> int:
        """Purge what is due; return how many contents went."""
        gone = 0
        for _ in range(MOST_BATCHES):
            batch = await self._purger.purge(self._keep_for, BATCH, self._clock())
            gone += batch.contents
            self._purged += batch.contents
            self._reached_at = batch.reached_at or self._reached_at
            if not batch.looked_at:
                break
        return gone

    def measure(self) -> Iterable[Measure]:
        """Say how far the purge has come, in metrics of the process that did it last."""
        yield Measure("axis_contents_purged", "Contents purged by this process since it started.", self._purged)
        if self._reached_at is not None:
            reached = self._reached_at.timestamp()
            yield Measure(
                "axis_purge_reached_timestamp_seconds", "Packages accepted before this were looked at.", reached
            )
