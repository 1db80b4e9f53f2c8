"""Health, metrics and the description of the API: for machines that watch, without authentication."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import msgspec
from aiohttp import web

from adapters.http import views
from adapters.http.answers import body_answer, json_answer
from adapters.http.context import LIFETIME, METRICS, services_of
from adapters.http.query import ReadinessAsked, asked

SPECIFICATION = Path(__file__).with_name("openapi.yaml")
QUEUES = Path(__file__).with_name("asyncapi.yaml")


async def alive(request: web.Request) -> web.Response:
    """Answer, whatever the dependencies do: a restart would not mend those."""
    return json_answer(views.Liveness("alive"))


async def ready(request: web.Request) -> web.Response:
    """Say whether this process can do its work: 200, or 503; `?verbose` names each dependency.

    Degraded is 200: without its broker the hub still accepts, and must not be taken out of service.
    """
    form = asked(request, ReadinessAsked)
    if request.app[LIFETIME].is_stopping:
        return json_answer(views.Readiness("shutting-down"), status=503)
    checks = await services_of(request).health.checks()
    is_ready = all(check.is_ok for check in checks if check.is_vital)
    is_whole = all(check.is_ok for check in checks)
    shown = tuple(views.Check(each.name, each.is_ok, each.detail) for each in checks)
    view = views.Readiness(
        "ready" if is_whole else "degraded" if is_ready else "not-ready",
        msgspec.UNSET if form.verbose is None else shown,
    )
    return json_answer(view, status=200 if is_ready else 503)


async def metrics(request: web.Request) -> web.Response:
    """Return the metrics of this process in the Prometheus text format."""
    services = services_of(request)
    text, content_type = await request.app[METRICS].scrape(services.store, datetime.now(UTC), services.measurings)
    return body_answer(text, content_type)


async def specification(request: web.Request) -> web.Response:
    """Return the OpenAPI description of this API."""
    return body_answer(_text(SPECIFICATION), "application/yaml")


async def queues(request: web.Request) -> web.Response:
    """Return the AsyncAPI description of the queues that systems consume themselves."""
    return body_answer(_text(QUEUES), "application/yaml")


@cache
def _text(file: Path) -> bytes:
    return file.read_bytes()
