"""Failpoint K7: an answer that stops halfway. Part of the application only where that point is armed (`hub.failpoints`)."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

from hub.failpoints import reached

_SENT = 0.05  #: seconds in which the event loop has surely handed the first half to the kernel


@web.middleware
async def halfway(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Send an answer to a submission in two halves, with the failpoint between them."""
    response = await handler(request)
    if request.method != "POST" or not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return response
    body = response.body
    halves = web.StreamResponse(status=response.status, headers=response.headers)
    halves.content_length = len(body)
    await halves.prepare(request)
    await halves.write(body[: len(body) // 2])
    await asyncio.sleep(_SENT)
    reached("K7")
    await halves.write(body[len(body) // 2 :])
    return halves
