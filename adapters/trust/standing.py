"""What is held of one source, how long it serves, and when the source is asked again."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from adapters.trust.sources import Source
from signing.revocation import OcspAnswer, RevocationList


class Standing(StrEnum):
    """How good the evidence of a source is at a moment."""

    FRESH = "fresh"  #: before its nextUpdate
    GRACE = "grace"  #: after it, within the grace time: serves, while the source is asked again and again
    EXPIRED = "expired"  #: beyond the grace time: packages that need it get 503 revocation-unavailable
    MISSING = "missing"  #: never had; the same answer


class Held(Struct, frozen=True, kw_only=True):
    """What is known of one source. `failures` counts in a row; `stamp` is a file's time of change."""

    source: Source
    due_at: datetime
    item: RevocationList | OcspAnswer | None = None
    checked_at: datetime | None = None
    failures: int = 0
    failure: str = ""
    stamp: float | None = None

    def standing(self, at: datetime, grace: timedelta) -> Standing:
        """Judge the evidence at a moment."""
        if self.item is None:
            return Standing.MISSING
        if at <= self.item.next_update:
            return Standing.FRESH
        return Standing.GRACE if at <= self.item.next_update + grace else Standing.EXPIRED


class Pace(Struct, frozen=True):
    """When sources are asked, and how long after nextUpdate their last word serves (`grace`).

    Every time is drawn 20 % about its middle, so that many hubs do not ask at once.
    """

    refresh: timedelta = timedelta(hours=1)
    first_retry: timedelta = timedelta(seconds=30)
    longest_retry: timedelta = timedelta(minutes=10)
    poll: timedelta = timedelta(seconds=2)
    grace: timedelta = timedelta(0)

    def after_success(self, item: RevocationList | OcspAnswer, at: datetime, draw: float) -> datetime:
        """Ask again after `refresh`, and ahead of nextUpdate: when 70 to 90 % of the item's time have passed.

        `draw` lies in [0, 1).
        """
        ahead = item.next_update - (item.next_update - item.this_update) * (0.1 + 0.2 * draw)
        soonest = at + self.first_retry * _spread(draw)
        return max(soonest, min(ahead, at + self.refresh * _spread(draw)))

    def after_failure(self, failures: int, at: datetime, draw: float) -> datetime:
        """Ask again ever more rarely; `failures` in a row, counted from 1."""
        wait = min(self.longest_retry, self.first_retry * float(2 ** min(failures - 1, 16)))
        return at + wait * _spread(draw)


def _spread(draw: float) -> float:
    return 0.8 + 0.4 * draw
