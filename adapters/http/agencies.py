"""The directory of agencies."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from aiohttp import web

from adapters.http import views
from adapters.http.answers import json_answer, list_answer
from adapters.http.context import services_of
from adapters.http.query import AgenciesAsked, asked
from adapters.http.showing import agency_view
from hub.access import not_found
from hub.trouble import Refusal


async def find(request: web.Request) -> web.Response:
    """Search agencies by words of their name or code, with or without Vietnamese marks."""
    form = asked(request, AgenciesAsked)
    after = None if form.cursor is None else _code_of(form.cursor)
    found = services_of(request).register.snapshot.directory.search(form.q, form.parent, after, form.limit + 1)
    shown = found[: form.limit]
    following = {"cursor": _cursor_of(shown[-1].code)} if len(found) > form.limit else None
    return list_answer(request, views.Agencies(tuple(map(agency_view, shown))), following)


async def show(request: web.Request) -> web.Response:
    """Show the agency of a current or old code."""
    agency = services_of(request).register.snapshot.directory.agency(request.match_info["code"])
    if agency is None:
        raise not_found()
    return json_answer(agency_view(agency))


def _cursor_of(code: str) -> str:
    return urlsafe_b64encode(code.encode()).decode().rstrip("=")


def _code_of(cursor: str) -> str:
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError as error:
        raise Refusal("cursor-invalid") from error
