"""Troubles as answers: `application/problem+json` (RFC 9457), in the caller's language, never with anything internal."""

from __future__ import annotations

import math

import msgspec
from aiohttp import hdrs, web

from adapters.http.answers import BASE_HEADERS
from adapters.http.context import TRACE_ID, remember
from adapters.http.language import Language, language_of
from adapters.http.showing import error_view
from adapters.http.views import Problem
from hub.problems import CATALOGUE, Words
from hub.problems import Problem as Row
from hub.submission import RefusedWithReceipt
from hub.trouble import Deferral, Refusal, Trouble

PROBLEM_JSON = "application/problem+json"
DEFAULT_RETRY_AFTER = 5  #: seconds
_LONGEST_INSTANCE = 300

#: After these the connection cannot be used again: the rest of the request was not read, or cannot be understood.
_CLOSING = frozenset({"body-too-large", "protocol-error", "request-timeout", "shutting-down"})
_HEADERS: dict[str, dict[str, str]] = {
    "authentication-failed": {hdrs.WWW_AUTHENTICATE: 'Bearer realm="axis-hub"'},
    "content-encoding-unsupported": {hdrs.ACCEPT_ENCODING: "identity"},
}
_ENCODE = msgspec.json.Encoder().encode


def problem_answer(trouble: Trouble, request: web.BaseRequest, headers: dict[str, str] | None = None) -> web.Response:
    """Return the answer to a trouble, and note its code for the log."""
    row = CATALOGUE.get(trouble.code, CATALOGUE["defect"])
    language = language_of(request.headers.get(hdrs.ACCEPT_LANGUAGE))
    remember(request, problem=trouble.code)
    response = web.Response(
        body=_ENCODE(_problem(trouble, row, request, language)),
        status=row.status,
        headers={
            **BASE_HEADERS,
            hdrs.CONTENT_TYPE: PROBLEM_JSON,
            hdrs.CONTENT_LANGUAGE: language,
            **_HEADERS.get(row.code, {}),
            **_retry_after(trouble, row),
            **(headers or {}),
        },
    )
    if row.code in _CLOSING:
        response.force_close()
    return response


def bare_problem(code: str, trace_id: str) -> bytes:
    """Return a problem document for a connection on which no request could be read."""
    row = CATALOGUE[code]
    return _ENCODE(
        Problem(
            type=row.type,
            title=row.title.vi,
            status=row.status,
            detail=row.cause.vi,
            fix=row.fix.vi,
            instance="/",
            trace_id=trace_id,
        )
    )


def _problem(trouble: Trouble, row: Row, request: web.BaseRequest, language: Language) -> Problem:
    receipt = trouble.receipt if isinstance(trouble, RefusedWithReceipt) else None
    return Problem(
        type=row.type,
        title=_in(language, row.title),
        status=row.status,
        detail=_detail(trouble, row, language),
        fix=_in(language, row.fix),
        instance=request.rel_url.raw_path[:_LONGEST_INSTANCE],
        trace_id=request.get(TRACE_ID, ""),
        errors=tuple(error_view(fault, language) for fault in trouble.faults) or msgspec.UNSET,
        refusal_id=receipt.id if receipt else msgspec.UNSET,
        receipt=receipt.jws or msgspec.UNSET if receipt else msgspec.UNSET,
    )


def _detail(trouble: Trouble, row: Row, language: Language) -> str:
    """Return what a refusal says about this very case; what deferrals and defects know is for the log only."""
    if isinstance(trouble, Refusal):
        detail = trouble.detail if language == "en" else trouble.detail_vi
        if detail:
            return detail
    return _in(language, row.cause)


def _retry_after(trouble: Trouble, row: Row) -> dict[str, str]:
    if not row.is_retryable:
        return {}
    wait = math.ceil(trouble.retry_after.total_seconds()) if isinstance(trouble, Deferral) else DEFAULT_RETRY_AFTER
    return {hdrs.RETRY_AFTER: str(max(1, wait))}


def _in(language: Language, words: Words) -> str:
    return words.en if language == "en" else words.vi
