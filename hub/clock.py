"""The clock that receipts, claims and deadlines are timed by, and the doubt about it.

A receipt states a time, so the hub does nothing that is timed while its clock cannot be trusted: it says 503
(clock-unreliable) and its loops wait. There are two grounds for doubt:

* The wall clock stepped: it moved by more than the tolerance against the time since the machine was started. Steps below
  it are followed, as are the small corrections of a time service.
* It differs by more than the tolerance from the clock of the database's server, which all processes of a hub share.

A doubt ends when the clock goes back to where it was, or agrees with the server again. On the embedded database nobody
else can be asked: there a clock that kept its new course for a minute is believed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta

import structlog

from hub.measures import Measure
from hub.trouble import Deferral, Trouble

TOLERANCE = timedelta(minutes=1)
SETTLING = timedelta(minutes=1)
COMPARE_EVERY = 5.0  #: seconds

Reference = Callable[[], Awaitable[datetime | None]]  #: the time of somebody else's clock; None where there is none

_log = structlog.get_logger()


def since_boot() -> float:
    """Return seconds on a clock that nobody can set, and that counts on while the machine sleeps where there is such a one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class TrustedClock:
    """Gives the present, aware UTC; raises `Deferral` (clock-unreliable) while it is in doubt."""

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = since_boot,
        tolerance: timedelta = TOLERANCE,
        settling: timedelta = SETTLING,
    ) -> None:
        self._wall = wall
        self._steady = steady
        self._tolerance = tolerance.total_seconds()
        self._settling = settling.total_seconds()
        self._course = wall() - steady()  #: what the wall clock was ahead of the steady one when it was last trusted
        self._new_course: float | None = None  #: the same, since it is doubted
        self._doubted_at = 0.0
        self._is_refuted = False  #: the reference says otherwise
        self._has_reference = False

    def __call__(self) -> datetime:
        """Return the present."""
        at = self._wall()
        course = at - self._steady()
        if self._is_refuted or abs(course - self._course) > self._tolerance:
            self._doubt(course)
        self._course = course
        self._new_course = None
        return datetime.fromtimestamp(at, UTC)

    def measure(self) -> Iterable[Measure]:
        """Say whether the clock is in doubt, in metrics."""
        try:
            self()
        except Deferral:
            in_doubt = 1.0
        else:
            in_doubt = 0.0
        yield Measure("axis_clock_in_doubt", "Whether the clock is not believed; nothing is accepted then.", in_doubt)

    async def probe(self) -> str:
        """Say that the clock is trusted; raise `Deferral` when it is not."""
        return f"{self():%Y-%m-%d %H:%M:%S} UTC"

    async def watch(self, reference: Reference) -> None:
        """Compare with the reference for ever."""
        while True:
            try:
                self.compare(await reference())
            except Trouble as trouble:
                _log.info("clock-not-compared", code=trouble.code, detail=trouble.detail)
            await asyncio.sleep(COMPARE_EVERY)

    def compare(self, truth: datetime | None) -> None:
        """Take note of what a clock says that was read a moment ago."""
        if truth is None:
            return
        self._has_reference = True
        at = self._wall()
        off = at - truth.timestamp()
        was_refuted, self._is_refuted = self._is_refuted, abs(off) > self._tolerance
        if self._is_refuted and not was_refuted:
            _log.error("clock-differs", seconds=round(off, 1))
        elif not self._is_refuted:
            self._course = at - self._steady()

    def _doubt(self, course: float) -> None:
        """Raise `Deferral`, unless the new course has been kept for long enough to be believed."""
        now = self._steady()
        if self._new_course is None or abs(course - self._new_course) > self._tolerance:
            self._new_course, self._doubted_at = course, now
            if not self._is_refuted:
                _log.error("clock-stepped", seconds=round(course - self._course, 1))
        elif not self._has_reference and now - self._doubted_at >= self._settling:
            _log.warning("clock-believed", seconds=round(course - self._course, 1))
            return
        raise Deferral("clock-unreliable", detail=f"the clock moved by {course - self._course:+.0f} s, or differs")
