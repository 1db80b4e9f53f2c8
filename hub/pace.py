"""How fast the one system that sends most may go while others send: what it leaves free is what keeps the others quick.

A hub whose every moment is taken answers late, however fairly it takes turns. So while other systems send, too, the one that
sends more than all of them together gets its next turn only when this process has rested enough: of the time that passes it may
keep the process busy for a share (`limits.busy_share`), with everything that a package causes, not its examination alone. Alone
nobody is held back, nor where no system sends more than all others: then turns are fair as they are.

The measure is a bucket of CPU seconds, filled by the share of the time that passes and emptied by what the process uses.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

WINDOW = 5.0  #: seconds; who sends most is counted over one to two of them
FLOOD = 50  #: turns in that time from which a system may be said to flood
DEEPEST = 0.05  #: seconds of CPU that the bucket may lack
LONGEST = 0.1  #: seconds that a system waits for one turn at most, whatever keeps the process busy


class Pace:
    """Counts turns by system; says how long the busiest one has to wait.

    Args:
        share: of the time, between 0 and 1, that one system may keep this process busy beside others; 0: no limit.
        seconds: a clock that never goes back.
        used: the CPU seconds that this process has used.
    """

    def __init__(
        self,
        share: float,
        seconds: Callable[[], float] = time.monotonic,
        used: Callable[[], float] = time.process_time,
    ) -> None:
        self._share = share
        self._seconds = seconds
        self._used = used
        self._now: Counter[str] = Counter()
        self._before: Counter[str] = Counter()
        self._turn_at = seconds()
        self._left = 0.0
        self._looked_at = (self._turn_at, used())

    def took(self, name: str) -> None:
        """Count a turn."""
        now = self._seconds()
        if now - self._turn_at >= WINDOW:
            is_recent = now - self._turn_at < 2 * WINDOW
            self._before = self._now if is_recent else Counter()
            self._now = Counter()
            self._turn_at = now
        self._now[name] += 1

    def wait(self, name: str) -> float:
        """Return how many seconds `name` has to wait before it asks again for a turn; 0.0: it may have one."""
        if not self._share or not self._floods(name):
            return 0.0
        self._fill()
        return 0.0 if self._left >= 0 else min(-self._left / self._share, LONGEST)

    def _floods(self, name: str) -> bool:
        own = self._now[name] + self._before[name]
        if own < FLOOD:
            return False
        others = self._now.total() + self._before.total() - own
        return 0 < others < own

    def _fill(self) -> None:
        now, used = self._seconds(), self._used()
        was_at, was_used = self._looked_at
        self._looked_at = (now, used)
        self._left += self._share * (now - was_at) - (used - was_used)
        self._left = max(-DEEPEST, min(self._left, 0.0))
