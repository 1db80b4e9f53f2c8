"""Packages: handing in, validating, looking up, recalling."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated

from aiohttp import hdrs, web
from msgspec import Meta, Struct

from adapters.http import views
from adapters.http.answers import json_answer, list_answer
from adapters.http.bodies import json_body
from adapters.http.contents import content_answer
from adapters.http.context import caller_of, remember, services_of
from adapters.http.idempotency import bind_key
from adapters.http.intake import taken_in
from adapters.http.language import language_of
from adapters.http.paths import id_in
from adapters.http.query import PackagesAsked, StoryAsked, asked
from adapters.http.showing import event_view, package_view, recall_view, receipt_item, report_view
from hub.queries import PackageQuery, StoryQuery

#: What XML can carry: a recall travels as a status.
Sentence = Annotated[
    str, Meta(min_length=1, max_length=1000, pattern=r"^[^\x00-\x20\x7f\ufffe\uffff][^\x00-\x1f\x7f\ufffe\uffff]*$")
]


class RecallRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a document is recalled; recipients read it."""

    reason: Sentence


async def submit(request: web.Request) -> web.Response:
    """Take a package in: 201 with the acceptance, 200 with the very same body for a repeat."""
    accepted = await taken_in(request, services_of(request).submission.submit)
    package = accepted.package
    remember(request, package_id=package.id, size=package.size)
    headers: dict[str, str] = {hdrs.LOCATION: f"/v1/packages/{package.id}"}
    if accepted.is_replay:
        headers["Idempotency-Replayed"] = "true"
    view = package_view(package, accepted.deliveries, accepted.receipt)
    return json_answer(view, status=200 if accepted.is_replay else 201, headers=headers)


async def validate(request: web.Request) -> web.Response:
    """Say what the hub reads in a package, or why it would refuse it; nothing is recorded."""
    report = await taken_in(request, services_of(request).submission.validate)
    return json_answer(report_view(report, language_of(request.headers.get(hdrs.ACCEPT_LANGUAGE))))


async def find(request: web.Request) -> web.Response:
    """List the caller's packages, newest first."""
    form = asked(request, PackagesAsked)
    query = PackageQuery(
        system_id=None,
        document_id=form.document_id,
        notation=form.notation,
        since=_later(form.from_, form.since),
        until=form.to,
        cursor=form.cursor,
        limit=form.limit,
    )
    page = await services_of(request).library.packages(caller_of(request), query)
    items = tuple(package_view(each.package, each.deliveries, each.receipt) for each in page.items)
    return list_answer(request, views.Packages(items), {"cursor": page.cursor} if page.cursor else None)


async def show(request: web.Request) -> web.Response:
    """Show one package with its deliveries."""
    package_id = id_in(request, "package_id")
    view = await services_of(request).library.package(caller_of(request), package_id)
    return json_answer(package_view(view.package, view.deliveries, view.receipt))


async def content(request: web.Request) -> web.StreamResponse:
    """Hand out the bytes as received."""
    package_id = id_in(request, "package_id")
    package, data = await services_of(request).library.content(caller_of(request), package_id)
    return await content_answer(request, package, data)


async def events(request: web.Request) -> web.Response:
    """Tell the story of a package."""
    package_id = id_in(request, "package_id")
    form = asked(request, StoryAsked)
    query = StoryQuery(cursor=form.cursor, limit=form.limit)
    page = await services_of(request).library.events(caller_of(request), package_id, query)
    view = views.Timeline(tuple(map(event_view, page.items)))
    return list_answer(request, view, {"cursor": page.cursor} if page.cursor else None)


async def receipts(request: web.Request) -> web.Response:
    """List the receipts of a package."""
    package_id = id_in(request, "package_id")
    form = asked(request, StoryAsked)
    query = StoryQuery(receipts_only=True, cursor=form.cursor, limit=form.limit)
    page = await services_of(request).library.events(caller_of(request), package_id, query)
    view = views.Receipts(tuple(map(receipt_item, page.items)))
    return list_answer(request, view, {"cursor": page.cursor} if page.cursor else None)


async def recall(request: web.Request) -> web.Response:
    """Take a document back, or ask those for it who already have it."""
    package_id = id_in(request, "package_id")
    remember(request, package_id=package_id)
    body, data = await json_body(request, RecallRequest)
    await bind_key(request, hashlib.sha256(data).hexdigest())
    outcomes = await services_of(request).recalls.recall(caller_of(request), package_id, body.reason.strip())
    return json_answer(recall_view(outcomes))


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other
