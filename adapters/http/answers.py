"""Answers in the one form that all routes share."""

from __future__ import annotations

import msgspec
from aiohttp import web

JSON = "application/json"

#: On every answer: nothing guesses types, nothing keeps copies, nothing learns versions.
BASE_HEADERS = {"Server": "axis-hub", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}

_ENCODE = msgspec.json.Encoder().encode
_JSON_HEADERS = {**BASE_HEADERS, "Content-Type": JSON}


def json_answer(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """Return `value` as JSON."""
    return web.Response(
        body=_ENCODE(value), status=status, headers=_JSON_HEADERS | headers if headers else _JSON_HEADERS
    )


def body_answer(body: bytes, content_type: str, *, headers: dict[str, str] | None = None) -> web.Response:
    """Return bytes of a type."""
    return web.Response(body=body, headers={**BASE_HEADERS, "Content-Type": content_type, **(headers or {})})


def list_answer(request: web.Request, value: object, following: dict[str, str] | None) -> web.Response:
    """Return a list, with the `Link` to its next page (RFC 8288) when `following` says what to ask there."""
    if not following:
        return json_answer(value)
    link = request.rel_url.update_query(following)
    return json_answer(value, headers={"Link": f'<{link}>; rel="next"'})
