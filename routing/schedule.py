"""When a failed attempt is repeated."""

from datetime import timedelta
from typing import Self

from msgspec import Struct

#: Standard Webhooks 1.0: at once, then after 5 s, 5 min, 30 min and 2, 5, 10, 14, 20, 24 hours.
_STANDARD = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)


class RetrySchedule(Struct, frozen=True):
    """How long to wait after each failed attempt, and when to give up: after one attempt more than there are `pauses`.

    `spread` is the share of a pause, 0 to 1, by which jitter may lengthen it, so that orders which failed together do
    not return together.
    """

    pauses: tuple[timedelta, ...] = tuple(timedelta(seconds=seconds) for seconds in _STANDARD)
    spread: float = 0.2

    def __post_init__(self) -> None:
        """Refuse pauses that lie in the past and spreads that are no share."""
        if any(pause < timedelta(0) for pause in self.pauses):
            raise ValueError("a pause is not negative")
        if not 0 <= self.spread <= 1:
            raise ValueError("spread is a share, 0 to 1")

    @classmethod
    def of_seconds(cls, *seconds: float, spread: float = 0.2) -> Self:
        """Build a schedule from pauses in seconds."""
        return cls(pauses=tuple(timedelta(seconds=pause) for pause in seconds), spread=spread)

    @property
    def attempts(self) -> int:
        """How many attempts are made in all."""
        return len(self.pauses) + 1

    def delay(self, attempt: int, jitter: float, at_least: timedelta = timedelta(0)) -> timedelta | None:
        """Return how long to wait after attempt number `attempt` (from 1) has failed; None means give up.

        `jitter` is a random number in [0, 1) that the caller draws; `at_least` is what the receiver asked for
        (Retry-After). Raises `ValueError` for numbers outside these ranges.
        """
        if attempt < 1:
            raise ValueError("attempts count from 1")
        if not 0 <= jitter < 1:
            raise ValueError("jitter lies in [0, 1)")
        if attempt > len(self.pauses):
            return None
        pause = self.pauses[attempt - 1]
        return max(pause + pause * (self.spread * jitter), at_least)
