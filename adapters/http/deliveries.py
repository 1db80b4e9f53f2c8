"""Deliveries: looking at one, taking its content, and the recipient's word about it."""

from __future__ import annotations

import hashlib
from typing import Annotated

from aiohttp import web
from msgspec import Meta, Struct

from adapters.http import views
from adapters.http.answers import json_answer
from adapters.http.bodies import json_body
from adapters.http.contents import content_answer
from adapters.http.context import caller_of, remember, services_of
from adapters.http.idempotency import bind_key
from adapters.http.packages import Sentence
from adapters.http.paths import id_in
from adapters.http.showing import delivery_view
from hub.handover import Concluded
from signing.receipt import Reason


class AckRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An acknowledgement says nothing more than that."""


class RejectRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """Why the recipient's system cannot take a delivery; the sender reads it."""

    reason: Sentence
    reason_code: Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")] = "refused-by-recipient"


async def show(request: web.Request) -> web.Response:
    """Show one delivery."""
    delivery_id = id_in(request, "delivery_id")
    _, delivery = await services_of(request).library.delivery(caller_of(request), delivery_id)
    return json_answer(delivery_view(delivery))


async def content(request: web.Request) -> web.StreamResponse:
    """Hand out the package bytes to the recipient's system."""
    delivery_id = id_in(request, "delivery_id")
    await services_of(request).admission.taking(caller_of(request))
    package, _, data = await services_of(request).library.delivery_content(caller_of(request), delivery_id)
    remember(request, package_id=package.id)
    return await content_answer(request, package, data)


async def acknowledge(request: web.Request) -> web.Response:
    """Record the handover; a repeat gets the same receipt."""
    delivery_id = id_in(request, "delivery_id")
    _, data = await json_body(request, AckRequest, is_optional=True)
    await bind_key(request, hashlib.sha256(data).hexdigest())
    await services_of(request).admission.taking(caller_of(request))
    concluded = await services_of(request).handover.acknowledge(caller_of(request), delivery_id)
    return _answer(request, concluded)


async def reject(request: web.Request) -> web.Response:
    """Record that the recipient's system cannot take the delivery."""
    delivery_id = id_in(request, "delivery_id")
    body, data = await json_body(request, RejectRequest)
    await bind_key(request, hashlib.sha256(data).hexdigest())
    reason = Reason(code=body.reason_code, text=body.reason.strip())
    await services_of(request).admission.taking(caller_of(request))
    concluded = await services_of(request).handover.reject(caller_of(request), delivery_id, reason)
    return _answer(request, concluded)


def _answer(request: web.Request, concluded: Concluded) -> web.Response:
    remember(request, package_id=concluded.package.id, delivery_id=concluded.delivery.id)
    return json_answer(views.Concluded(delivery_view(concluded.delivery), concluded.receipt.jws or ""))
