"""How fast a caller may ask: one token bucket for each.

A bucket holds `burst` tokens and gains `requests_per_second` of them each second; every request takes one. Each process keeps
buckets of its own, so with several processes on one port a caller may get that many times its rate.
"""

from __future__ import annotations

from msgspec import Struct

from hub.settings import LimitSettings


class Allowance(Struct, frozen=True):
    """What a caller may still ask for. `wait`: seconds until the next request is allowed, 0 when this one was.

    `full_in`: seconds until the whole burst is there again.
    """

    burst: int
    window: float
    remaining: int
    full_in: float
    wait: float = 0.0

    @property
    def is_granted(self) -> bool:
        """Whether the request that asked may be served."""
        return self.wait == 0.0


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
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = _Bucket(float(burst), now)
        bucket.tokens = min(float(burst), bucket.tokens + (now - bucket.at) * rate)
        bucket.at = now
        wait = 0.0
        if bucket.tokens >= 1.0:
            bucket.tokens -= 1.0
        else:
            wait = (1.0 - bucket.tokens) / rate
        return Allowance(burst, burst / rate, int(bucket.tokens), (burst - bucket.tokens) / rate, wait)
