"""Other protocols that are served on the same sockets, each under a path of its own.

The edge keeps the connection, the limits, the trace and the log; what is answered below the path is the annex's alone,
also to requests that break HTTP, come too late, or find the hub full. Doubled slashes before and after the path are one.
"""

from __future__ import annotations

import re
from typing import Protocol

from aiohttp import hdrs, web

from adapters.http.answers import BASE_HEADERS
from adapters.http.context import remember
from hub.annex import PlainAnswer, Visitor
from hub.trouble import Trouble

#: The path in the first bytes of a request, be it well-formed otherwise or not.
_TARGET = re.compile(rb"\s*[^\s/]{1,32} +(?:[A-Za-z]{1,8}://[^/\s]*)?(/[^\s?#]*)")
START = 512  #: bytes of a request in which its path is looked for


class Annex(Protocol):
    """A protocol of its own."""

    @property
    def name(self) -> str:
        """The first step of its paths."""

    async def answer(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        """Answer a request; troubles may be raised."""

    def in_trouble(self, path: str, trouble: Trouble) -> PlainAnswer:
        """Return the answer to a trouble under one of its paths."""


class Annexes:
    """Which annex a path belongs to."""

    def __init__(self, annexes: tuple[Annex, ...] = ()) -> None:
        self.all = annexes
        self._by_name = {each.name: each for each in annexes}

    def at(self, path: str) -> Annex | None:
        """Return the annex of a raw path; None for the paths of the edge itself."""
        return self._by_name.get(path.lstrip("/").partition("/")[0]) if self._by_name else None

    def behind(self, start: bytes) -> tuple[Annex, str] | None:
        """Return the annex and path of a request of which only the first bytes may have come."""
        found = _TARGET.match(start) if self._by_name else None
        if found is None:
            return None
        path = found[1].decode("ascii", "replace")
        annex = self.at(path)
        return None if annex is None else (annex, path)


def annex_answer(annex: Annex, path: str, trouble: Trouble, request: web.BaseRequest) -> web.Response:
    """Return an annex's answer to a trouble, and note its code for the log. The connection ends with it."""
    remember(request, problem=trouble.code)
    plain = annex.in_trouble(path, trouble)
    headers = {**BASE_HEADERS, **plain.headers}
    if plain.body:
        headers[hdrs.CONTENT_TYPE] = plain.content_type
    response = web.Response(body=plain.body, status=plain.status, headers=headers)
    response.force_close()
    return response
