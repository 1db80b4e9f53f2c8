"""The feed: everything that happened to the caller's packages and deliveries."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from adapters.http import views
from adapters.http.answers import list_answer
from adapters.http.context import LIFETIME, caller_of, services_of
from adapters.http.query import FeedAsked, asked
from adapters.http.showing import feed_item


async def read(request: web.Request) -> web.Response:
    """Return what happened after `after`, in commit order, waiting up to `wait` seconds for the first of it."""
    form = asked(request, FeedAsked)
    waiting = services_of(request).feed.read(
        caller_of(request), after=form.after, limit=form.limit, wait=timedelta(seconds=form.wait)
    )
    found = await request.app[LIFETIME].poll(waiting, otherwise=())
    items = tuple(feed_item(cursor, event) for cursor, event in found)
    return list_answer(request, views.FeedPage(items), {"after": str(items[-1].cursor)} if items else None)
