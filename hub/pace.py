"""How fast the one system that sends most may go while others send: what it leaves free is what keeps the others quick.

A hub whose every moment is taken answers late, however fairly it takes turns. So while other systems send, too, the turns of the
one whose packages cost several times as much as all of theirs together come one by one and evenly spaced: so far apart that they
keep this process busy for a share of the time (`limits.busy_share`), with everything that a package causes, from its first byte
to its receipts, not its examination alone. Alone nobody is held back, nor where no system costs that much more than all others:
then turns are fair as they are, and none of the hub's speed is left unused.

Packages are weighed, for a few large ones cost more than many small ones, and so is what a system asks for to take what waits
for it: a long queue that is taken as fast as it is answered is a flood, too. But only packages make a system one of those who
send. What a unit of weight costs is measured, as the CPU that the process used in the last second for all that it did. A system
begins to flood when what it sends and takes weighs `FLOOD` within a second or two, and `DOMINANT` times as much as that of all
others. While it is held back its pace makes it look modest, so it goes on to be, unless that weighs less than its share of all.

A turn that has begun cannot be interrupted: whoever asks meanwhile waits for it, then shares the interpreter and the commits
with what follows from it. So a turn that is due waits until nobody else has asked for `CALM`, though no longer than `YIELD`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable

WINDOW = 1.0  #: seconds; what weighs most is judged over one to two of them
PRESENCE = 10.0  #: seconds after its last package for which a system counts as one of those who send
BRIEFLY = 2.0  #: the same beside a system that only takes what waits for it: most that do keep up with what comes
FLOOD = 100  #: small packages, or as many bytes, in that time from which a system may be said to flood
DOMINANT = 4  #: times the weight of all others together
TAKING = 0.3  #: weight of a look into the inbox, a content, or a word about a delivery: estimated, 0.2 to 0.5 of a small package
HEAVY = 262_144  #: bytes that weigh as much as a small package more
COST = (0.002, 0.02)  #: seconds of CPU that a unit of weight costs at least and at most, whatever was measured
CALM = 0.01  #: seconds without a request of anybody else: small ones are answered in that time
YIELD = 0.03  #: seconds that a turn waits for such a moment at most: somebody may always ask
LONGEST = 0.5  #: seconds that a system waits for one turn at most


class Pace:
    """Weighs turns by system; says how long the one that floods has to wait.

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
        self._now: defaultdict[str, float] = defaultdict(float)
        self._before: defaultdict[str, float] = defaultdict(float)
        self._looked_at = (seconds(), used())
        self._cost = COST[1]
        self._last = ("", float("-inf"))  #: who had the last turn, and when
        self._other_at = float("-inf")  #: when somebody else had one
        self._held = ("", float("-inf"))  #: who floods, and when its next turn is due
        self._taken = ("", 0.0)  #: who took something last, and the weight of what it has not rested for yet
        self._asked_at = float("-inf")  #: when somebody else asked for anything

    def asked(self, name: str) -> None:
        """Take note that `name` asks for something, whatever it is, or is likely to: whoever got an answer goes on."""
        if name != self._held[0]:
            self._asked_at = self._seconds()

    def took(self, name: str, size: int = 0) -> None:
        """Count a turn for a package of `size` bytes."""
        now = self._seconds()
        weight = 1 + size // HEAVY
        self._look(now)
        self.asked(name)  # again, because the body may have been long on its way
        self._now[name] += weight
        last, last_at = self._last
        if name != last:
            self._other_at = last_at
        self._last = (name, now)
        if self.floods(name):
            self._rest(name, weight, now)

    def took_out(self, name: str) -> None:
        """Count a request by which `name` takes what waits for it. It is rested for when several weigh as much as a package."""
        now = self._seconds()
        self._look(now)
        self._now[name] += TAKING
        if not self.floods(name):
            return
        before, weight = self._taken
        weight = TAKING + (weight if name == before else 0.0)
        if weight >= 1.0:
            self._rest(name, weight, now)
            weight = 0.0
        self._taken = (name, weight)

    def holds(self, name: str) -> bool:
        """Tell whether `name` was the last to be held back, be it long ago; nobody else has to wait."""
        return self._held[0] == name

    def floods(self, name: str) -> bool:
        """Tell whether `name` is held to its share."""
        if not self._share:
            return False
        now = self._seconds()
        last, last_at = self._last
        if now - self._other_at > PRESENCE if name == last else now - last_at > BRIEFLY:
            return False  # it is alone
        own = self._now.get(name, 0.0) + self._before.get(name, 0.0)
        total = sum(self._now.values()) + sum(self._before.values())
        held, until = self._held
        if held == name and now - until < WINDOW:
            return own > self._share * total
        return own >= FLOOD and own > DOMINANT * (total - own)

    def wait(self, name: str) -> float:
        """Return how many seconds `name` has to wait before it asks again for a turn; 0.0: it may have one."""
        held, due_at = self._held
        if held != name or not self.floods(name):
            return 0.0
        now = self._seconds()
        if now < due_at:
            return due_at - now
        return max(0.0, min(self._asked_at + CALM, due_at + YIELD) - now)

    def _rest(self, name: str, weight: float, now: float) -> None:
        self._held = (name, now + min(weight * self._cost / self._share, LONGEST))

    def _look(self, now: float) -> None:
        """Begin a new window when the last one is over, and say what that has cost."""
        looked_at, used_then = self._looked_at
        if now - looked_at < WINDOW:
            return
        used = self._used()
        self._looked_at = (now, used)
        is_recent = now - looked_at < 2 * WINDOW
        if is_recent and (weighed := sum(self._now.values())):
            least, most = COST
            self._cost = min(max(least, (used - used_then) / weighed), most)
        self._before = self._now if is_recent else defaultdict(float)
        self._now = defaultdict(float)
