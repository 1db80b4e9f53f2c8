"""What a caller may still ask for, as header fields (draft-ietf-httpapi-ratelimit-headers-10).

`RateLimit-Policy` names the limit: `q` requests at once, there again after `w` seconds. `RateLimit` says how many of them are
left (`r`) and how many seconds to wait (`t`): until all are there again, or, with none left, until the next one is.
"""

from __future__ import annotations

import math
from datetime import timedelta

from aiohttp import web

from adapters.http.context import RATE, caller_of, services_of
from hub.rates import Allowance
from hub.trouble import Deferral

#: A refused request is answered only after this many seconds, so that a caller that repeats at once is slow by itself.
HOLD = 0.5
_NAME = '"caller"'


def count(request: web.Request) -> None:
    """Count the request of an authenticated caller; raise `Deferral` rate-limited when it has asked too often."""
    allowance = services_of(request).admission.allowance(caller_of(request))
    if allowance is None:
        return
    request[RATE] = fields(allowance)
    if not allowance.is_granted:
        raise Deferral("rate-limited", retry_after=timedelta(seconds=allowance.wait))


def fields(allowance: Allowance) -> dict[str, str]:
    """Return the header fields of an allowance."""
    window = max(1, round(allowance.window))
    wait = math.ceil(allowance.full_in if allowance.is_granted and allowance.remaining else allowance.wait or 1)
    return {
        "RateLimit-Policy": f"{_NAME};q={allowance.burst};w={window}",
        "RateLimit": f"{_NAME};r={allowance.remaining};t={wait}",
    }
