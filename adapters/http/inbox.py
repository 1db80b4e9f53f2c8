"""The inbox: deliveries that wait for the calling system."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from adapters.http import views
from adapters.http.answers import json_answer
from adapters.http.context import LIFETIME, caller_of, services_of
from adapters.http.query import InboxAsked, asked
from adapters.http.showing import inbox_item


async def collect(request: web.Request) -> web.Response:
    """Lease deliveries to the caller, waiting up to `wait` seconds for the first one."""
    form = asked(request, InboxAsked)
    services = services_of(request)
    await services.admission.taking(caller_of(request))
    lease = services.settings.delivery.lease_seconds if form.lease is None else form.lease
    waiting = services.inbox.collect(
        caller_of(request),
        lane=form.lane,
        limit=form.limit,
        lease=timedelta(seconds=lease),
        wait=timedelta(seconds=form.wait),
    )
    items = await request.app[LIFETIME].poll(waiting, otherwise=())
    return json_answer(views.Inbox(tuple(map(inbox_item, items))))
