"""Who shows wrong credentials again and again: counted by address, and after some of them answered late and with 429.

Guessing a key of 190 bits is hopeless; this keeps the noise of those who try, or of a client with an old key, from costing
the others anything, and shows it to operators. Only wrong credentials are answered so: right ones are let in from the same
address at any time, for many systems may stand behind it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from ipaddress import IPv6Address, ip_address

from msgspec import Struct

from hub.measures import Measure

WINDOW = 60.0  #: seconds
_MOST = 10_000  #: addresses remembered; the one that came first is forgotten first


class _Record(Struct):
    since: float
    failures: int = 0


class Strangers:
    """Counts failed attempts by address and minute. `seconds` is a clock that never goes back; `limit` 0: no limit."""

    def __init__(self, limit: int, seconds: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._seconds = seconds
        self._records: dict[str, _Record] = {}

    def failed(self, address: str) -> float:
        """Count a failed attempt; return after how many seconds it may be repeated, 0.0 while few have failed."""
        now = self._seconds()
        record = self._record(_origin(address), now)
        record.failures += 1
        return record.since + WINDOW - now if self._is_over(record) else 0.0

    def measure(self) -> Iterable[Measure]:
        """Return the gauge: how many addresses are over the limit now."""
        now = self._seconds()
        over = sum(self._is_over(record) and now - record.since < WINDOW for record in self._records.values())
        yield Measure("axis_strangers", "Addresses whose wrong credentials are answered with 429 now.", over)

    def _is_over(self, record: _Record) -> bool:
        return 0 < self._limit < record.failures

    def _record(self, origin: str, now: float) -> _Record:
        record = self._records.get(origin)
        if record is None or now - record.since >= WINDOW:
            self._records.pop(origin, None)
            record = self._records[origin] = _Record(now)
            while len(self._records) > _MOST:
                del self._records[next(iter(self._records))]
        return record


def _origin(address: str) -> str:
    """Return what counts as one: an IPv4 address, the /64 of an IPv6 one (whoever has one address there has all)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address  # a unix socket
    return f"{int(parsed) >> 64:x}/64" if isinstance(parsed, IPv6Address) else address
