"""What handlers find on the application and on the request."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from adapters.http.lifetime import Lifetime
from adapters.http.metrics import Metrics
from hub.accounts import Caller
from hub.services import Services

SERVICES = web.AppKey("services", Services)
LIFETIME = web.AppKey("lifetime", Lifetime)
METRICS = web.AppKey("metrics", Metrics)

CALLER = web.RequestKey("caller", Caller)
TRACE_ID = web.RequestKey("trace_id", str)
RATE = web.RequestKey("rate", dict[str, str])  #: the header fields that say what the caller may still ask for
FACTS = web.RequestKey("facts", dict[str, Any])  #: what the log line of this request says beside the obvious


def services_of(request: web.Request) -> Services:
    """Return the use cases."""
    return request.app[SERVICES]


def caller_of(request: web.Request) -> Caller:
    """Return who calls; only on routes that are not public."""
    return request[CALLER]


def remember(request: web.BaseRequest, **facts: Any) -> None:
    """Add facts to the log line of this request."""
    known = request.get(FACTS)
    if known is None:
        request[FACTS] = facts
    else:
        known.update(facts)


def common_headers(request: web.BaseRequest) -> dict[str, str]:
    """Return the header fields that every answer to this request carries."""
    return {"Trace-Id": request[TRACE_ID], **request.get(RATE, {})}
