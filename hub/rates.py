"""How fast a caller may ask: one token bucket for each, with a little patience.

A bucket holds `burst` tokens and gains `requests_per_second` of them each second; every request takes one. When none is left,
the next few requests are promised the tokens to come and wait for them, so that a caller who is a little too fast is slowed
down to its rate and nobody sees a burst; who would have to wait longer than `PATIENCE` is refused. Each process keeps buckets of
its own, so with several processes on one port a caller may get that many times its rate.
"""

from __future__ import annotations

from msgspec import Struct

from hub.settings import LimitSettings

PATIENCE = 0.5  #: seconds


class Allowance(Struct, frozen=True):
    """What one request gets: served after `wait` seconds, or refused, to be repeated after `wait` seconds.

    `burst` requests may come at once and are there again after `window` seconds; `remaining` of them are left, and after
    `full_in` seconds all.
    """

    is_granted: bool
    wait: float
    burst: int
    window: float
    remaining: int
    full_in: float


class _Bucket(Struct):
    tokens: float
    at: float


class Rates:
    """The buckets of one process. Time is any clock of seconds that never goes back."""

    def __init__(self) -> None:
        self._buckets: dict[str, _Bucket] = {}

    def take(self, name: str, limits: LimitSettings, now: float) -> Allowance | None:
        """Take one token from the bucket of a caller; None when its rate has no limit."""
        rate = limits.requests_per_second
        if rate <= 0:
            return None
        burst = max(1, limits.burst)
        bucket = self._bucket(name, burst, rate, now)
        wait = max(0.0, (1.0 - bucket.tokens) / rate)
        is_granted = wait <= PATIENCE
        if is_granted:
            bucket.tokens -= 1.0
        return Allowance(
            is_granted=is_granted,
            wait=wait if is_granted else wait - PATIENCE,
            burst=burst,
            window=burst / rate,
            remaining=max(0, int(bucket.tokens)),
            full_in=(burst - bucket.tokens) / rate,
        )

    def take_at_once(self, name: str, limits: LimitSettings, now: float) -> bool:
        """Take one token if there is one, or if there is no limit."""
        rate = limits.requests_per_second
        if rate <= 0:
            return True
        bucket = self._bucket(name, max(1, limits.burst), rate, now)
        if bucket.tokens < 1.0:
            return False
        bucket.tokens -= 1.0
        return True

    def _bucket(self, name: str, burst: int, rate: float, now: float) -> _Bucket:
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = _Bucket(float(burst), now)
        bucket.tokens = min(float(burst), bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        return bucket
