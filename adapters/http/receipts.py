"""Receipts and refusals: what proves that something happened."""

from __future__ import annotations

from aiohttp import hdrs, web

from adapters.http import views
from adapters.http.answers import JSON, body_answer, json_answer, list_answer
from adapters.http.context import caller_of, services_of
from adapters.http.language import language_of, weight_of
from adapters.http.paths import id_in
from adapters.http.query import ReceiptsAsked, RefusalsAsked, asked
from adapters.http.showing import receipt_item, receipt_view, refusal_view
from hub.ids import PackageId
from hub.queries import ReceiptQuery, RefusalQuery

JOSE = "application/jose"


async def find(request: web.Request) -> web.Response:
    """List receipts, newest first: the caller's own, for auditors all."""
    form = asked(request, ReceiptsAsked)
    query = ReceiptQuery(
        system_id=None,
        event=form.event,
        package_id=PackageId(form.package.lower()) if form.package else None,
        agency=form.agency,
        also=_other_codes(request, form.agency),
        since=form.from_,
        until=form.to,
        cursor=form.cursor,
        limit=form.limit,
    )
    page = await services_of(request).library.receipts(caller_of(request), query)
    view = views.Receipts(tuple(map(receipt_item, page.items)))
    return list_answer(request, view, {"cursor": page.cursor} if page.cursor else None)


async def show(request: web.Request) -> web.Response:
    """Show one receipt: decoded, or when `Accept` prefers `application/jose` the JWS itself."""
    receipt_id = id_in(request, "receipt_id")
    record = await services_of(request).library.receipt(caller_of(request), receipt_id)
    if _prefers_jose(request.headers.get(hdrs.ACCEPT, "")):
        return body_answer((record.jws or "").encode(), JOSE, headers={hdrs.VARY: hdrs.ACCEPT})
    return json_answer(receipt_view(record), headers={hdrs.VARY: hdrs.ACCEPT})


async def find_refusals(request: web.Request) -> web.Response:
    """List refused submissions, newest first: the caller's own, for auditors and operators all."""
    form = asked(request, RefusalsAsked)
    query = RefusalQuery(
        system_id=None,
        code=form.code,
        sha256=form.sha256,
        since=form.from_,
        until=form.to,
        cursor=form.cursor,
        limit=form.limit,
    )
    page = await services_of(request).library.refusals(caller_of(request), query)
    language = language_of(request.headers.get(hdrs.ACCEPT_LANGUAGE))
    view = views.Refusals(tuple(refusal_view(each, language) for each in page.items))
    return list_answer(request, view, {"cursor": page.cursor} if page.cursor else None)


def _other_codes(request: web.Request, code: str | None) -> tuple[str, ...]:
    """Return what the agency of a current or old code is or was called besides; receipts name it as it was called then."""
    directory = services_of(request).register.snapshot.directory
    return () if code is None else tuple(each for each in directory.codes_of(code) if each != code)


def _prefers_jose(accept: str) -> bool:
    """Whether the JWS itself is asked for by name, and JSON not with more weight (RFC 9110 section 12.5.1)."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        media_range, _, parameters = part.partition(";")
        weights[media_range.strip()] = weight_of(parameters)
    decoded = next((weights[each] for each in (JSON, "application/*", "*/*") if each in weights), 0.0)
    return 0.0 < weights.get(JOSE, 0.0) >= decoded
