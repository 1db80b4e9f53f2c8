"""What a caller may still ask for, as header fields (draft-ietf-httpapi-ratelimit-headers-10).

`RateLimit-Policy` names the limit: `q` requests at once, there again after `w` seconds. `RateLimit` says how many of them are
left (`r`) and how many seconds to wait (`t`): until all are there again, or, with none left, until the next one is.
"""

from __future__ import annotations

import asyncio
import math
import random
from datetime import timedelta

from aiohttp import web

from adapters.http.context import RATE, caller_of, services_of
from hub.rates import Allowance
from hub.trouble import Deferral

#: A refused request is answered only after so many seconds, so that a caller that repeats at once is slow by itself; drawn at
#: random, so that many of its requests do not come back together.
HOLD = (0.3, 0.7)
_NAME = '"caller"'


async def pace(request: web.Request) -> None:
    """Count the request of an authenticated caller and slow it down to its rate; raise `Deferral` rate-limited beyond that."""
    allowance = services_of(request).admission.allowance(caller_of(request))
    if allowance is None:
        return
    request[RATE] = fields(allowance)
    if not allowance.is_granted:
        raise Deferral("rate-limited", retry_after=timedelta(seconds=allowance.wait))
    if allowance.wait:
        await asyncio.sleep(allowance.wait)


async def hold() -> None:
    """Wait before a refusal for speed is answered."""
    await asyncio.sleep(random.uniform(*HOLD))  # noqa: S311 - spreads answers in time, keeps no secret


def fields(allowance: Allowance) -> dict[str, str]:
    """Return the header fields of an allowance."""
    window = max(1, round(allowance.window))
    wait = math.ceil(allowance.full_in if allowance.remaining else max(1.0, allowance.wait))
    return {
        "RateLimit-Policy": f"{_NAME};q={allowance.burst};w={window}",
        "RateLimit": f"{_NAME};r={allowance.remaining};t={wait}",
    }
