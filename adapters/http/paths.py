"""Ids in paths: what cannot be an id is not found, like an id that nothing has."""

from __future__ import annotations

import re

from aiohttp import web

from hub.access import not_found

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def id_in(request: web.Request, name: str) -> str:
    """Return the id at `{name}` of the route, in lower case; raise `Refusal` not-found when it is none."""
    text = request.match_info[name].lower()
    if _UUID.fullmatch(text) is None:
        raise not_found()
    return text
