"""Hop 1 of a package: check its headers, then stream its bytes into the spool while they are hashed and counted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiohttp import hdrs, web

from adapters.http.bodies import broken_bodies, chunks_of, patience, refuse_encoding, refuse_length
from adapters.http.context import caller_of, services_of
from adapters.http.digests import require_digest
from adapters.http.idempotency import bind_key
from hub.accounts import Caller
from hub.services import Services
from hub.spool import Spooled
from hub.trouble import Refusal

CONTENT_TYPES = frozenset({"application/xml", "text/xml", "application/edxml+xml"})

Answer = TypeVar("Answer")


async def taken_in(request: web.Request, use: Callable[[Caller, Spooled], Awaitable[Answer]]) -> Answer:
    """Return what `use` makes of the caller's package in the request's body; remove what is left of it afterwards.

    Raises what `use` raises; before the body is read `Deferral` rate-limited; and `Refusal`: content-type-unsupported,
    content-encoding-unsupported, body-too-large, request-timeout, protocol-error, content-digest-mismatch,
    idempotency-key-reused.
    """
    services = services_of(request)
    refuse_type(request.headers.get(hdrs.CONTENT_TYPE))
    refuse_encoding(request)
    refuse_length(request, services.settings.intake.max_bytes)
    services.admission.require_place(caller_of(request))
    spooled = await _receive(request, services)
    try:
        # A list field: several lines of it are one (RFC 9110 section 5.3).
        require_digest(", ".join(request.headers.getall("Content-Digest", ())), spooled.sha256)
        await bind_key(request, spooled.sha256)
        return await use(caller_of(request), spooled)
    finally:
        await services.spool.discard(spooled)


def refuse_type(content_type: str | None) -> None:
    """Raise `Refusal` content-type-unsupported unless it is one of XML in UTF-8."""
    if content_type in CONTENT_TYPES:
        return
    media_type, _, parameters = (content_type or "").lower().partition(";")
    if media_type.strip() in CONTENT_TYPES and _charset(parameters) == "utf-8":
        return
    raise Refusal("content-type-unsupported")


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "charset":
            return value.strip().strip('"')
    return "utf-8"


async def _receive(request: web.Request, services: Services) -> Spooled:
    try:
        with broken_bodies():
            async with patience(request):
                return await services.spool.receive(chunks_of(request), services.settings.intake.max_bytes)
    except TimeoutError as error:
        raise Refusal("request-timeout") from error
