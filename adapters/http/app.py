"""The application: routes behind one door, with everything they need."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aiohttp import web

from adapters.http.annexes import Annex, Annexes
from adapters.http.bodies import expect_at_once, expect_later
from adapters.http.context import LIFETIME, METRICS, SERVICES
from adapters.http.door import ANNEXES, REPEATS, REQUEST_LOG, door
from adapters.http.halfway import halfway
from adapters.http.lifetime import Lifetime
from adapters.http.metrics import Metrics
from adapters.http.repeats import Repeats
from adapters.http.request_log import RequestLog
from adapters.http.routes import ROUTES, Route
from hub.failpoints import is_armed
from hub.services import Services

#: Variables that hold ids match ids only: `/v1/packages/validate` is no package.
_ID = re.compile(r"\{(\w+_id)\}")


def build(services: Services, routes: Iterable[Route] = ROUTES, annexes: tuple[Annex, ...] = ()) -> web.Application:
    """Return an application that serves `routes` and annexes.

    It counts its own answers and everything that the hub records.
    """
    middlewares = (halfway, door) if is_armed("K7") else (door,)
    app = web.Application(middlewares=middlewares, client_max_size=services.settings.intake.max_bytes)
    app[SERVICES] = services
    app[LIFETIME] = Lifetime()
    app[METRICS] = metrics = Metrics()
    app[REQUEST_LOG] = RequestLog(metrics)
    app[REPEATS] = Repeats(app[LIFETIME], metrics, app[REQUEST_LOG])
    services.commits.subscribe(metrics.observe)
    app[ANNEXES] = Annexes(annexes)
    for annex in annexes:
        # The door hands everything below to the annex; the route is there so that no body is waited for in vain.
        app.router.add_route(
            "*", rf"/{{_:/*}}{annex.name}{{__:(?:/.*)?}}", _never_reached, expect_handler=expect_at_once
        )
    for route in routes:
        path = _ID.sub(r"{\1:[0-9A-Fa-f-]{36}}", route.path)
        app.router.add_route(route.method, path, route.handler, expect_handler=expect_later)
        if route.has_head:
            app.router.add_route("HEAD", path, route.handler, expect_handler=expect_later)
    return app


async def _never_reached(request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound
