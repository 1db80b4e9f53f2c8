"""The one middleware: trace, admission, and the translation of every trouble into an answer."""

from __future__ import annotations

import asyncio
import errno
from datetime import timedelta
from functools import partial

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from adapters.http import rates
from adapters.http.annexes import Annex, Annexes, annex_answer
from adapters.http.auth import Presented, authenticate
from adapters.http.context import CALLER, FACTS, LIFETIME, TRACE_ID, common_headers, remember, services_of
from adapters.http.framing import require_plain
from adapters.http.guard import bytes_of, peer_behind
from adapters.http.lifetime import Lifetime
from adapters.http.peers import CLIENT_CERT, Peer, address_behind, certificate_of
from adapters.http.problems import problem_answer
from adapters.http.query import Nothing, asked
from adapters.http.repeats import Repeats
from adapters.http.request_log import RequestLog
from adapters.http.routes import BY_HANDLER, Route
from adapters.http.tracing import trace_id_of
from hub.annex import Standing, Visitor
from hub.trouble import Defect, Deferral, Refusal, Trouble

ANNEXES = web.AppKey("annexes", Annexes)
REPEATS = web.AppKey("repeats", Repeats)
REQUEST_LOG = web.AppKey("request_log", RequestLog)

_log = structlog.get_logger()

#: What aiohttp's router and parser say, in our words. Anything else of theirs is a broken request.
_CODES = {404: "not-found", 405: "method-not-allowed", 413: "body-too-large"}


@web.middleware
async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through to its handler, and answer for whatever goes wrong on the way."""
    trace_id = trace_id_of(request.headers.get("traceparent"))
    request[TRACE_ID] = trace_id
    structlog.contextvars.bind_contextvars(trace_id=trace_id)
    response = await _answered(request, handler)
    response.headers.update(common_headers(request))
    return response


async def _answered(request: web.Request, handler: Handler) -> web.StreamResponse:
    lifetime = request.app[LIFETIME]
    annex = request.app[ANNEXES].at(request.rel_url.raw_path)
    with lifetime.working():
        try:
            require_plain(request)
            if annex is not None:
                return await _visit(annex, request, lifetime)
            await _admit(request, BY_HANDLER.get(request.match_info.handler), lifetime)
            return await handler(request)
        except Trouble as trouble:
            return await _refused(trouble, request, annex)
        except web.HTTPException as error:
            return _misdirected(error, request)
        except ConnectionError:
            raise  # the answer was cut short: nobody is left to be told
        except (MemoryError, OSError) as error:
            return await _refused(_exhausted(error), request, annex)
        except asyncio.CancelledError:
            _log.info("request-abandoned", method=request.method, **request.get(FACTS, {}))
            raise  # the client is gone, so there is no answer and no other line
        except Exception as error:  # noqa: BLE001 - the border: whatever it is, the caller gets a clean 500
            _log.exception("defect", route=request.path, kind=type(error).__name__)
            return _told(Defect("defect"), request, annex)


def _exhausted(error: MemoryError | OSError) -> Trouble:
    """Return what it means that the machine gave no memory or no file: to be tried later, when it is that and nothing else."""
    if isinstance(error, MemoryError) or error.errno in {errno.EMFILE, errno.ENFILE, errno.ENOMEM}:
        _log.error("resources-exhausted", kind=type(error).__name__, detail=str(error))
        return Deferral("overloaded", detail="The hub has no memory or no file left for this request at present.")
    _log.error("defect", kind=type(error).__name__, exc_info=error)
    return Defect("defect")


async def _visit(annex: Annex, request: web.Request, lifetime: Lifetime) -> web.StreamResponse:
    request[FACTS] = {"route": f"/{annex.name}"}
    peer = peer_behind(request)
    visitor = Visitor(
        address=address_behind(request, peer),
        certificate_sha256=_certificate_sha256(request, peer),
        is_stopping=lifetime.is_stopping,
        remember=partial(remember, request),
        offer=partial(_offer, request, peer),
    )
    return await annex.answer(request, visitor)


def _offer(request: web.Request, peer: Peer, standing: Standing) -> None:
    """Remember an answer that stands for as long as this request is repeated; one that tells of its own trace is read anew."""
    if "traceparent" not in request.headers and CLIENT_CERT not in request.headers:
        request.app[REPEATS].remember(bytes_of(request), peer, request, standing)


async def _admit(request: web.Request, route: Route | None, lifetime: Lifetime) -> None:
    """Raise `Trouble` unless the caller may use the route now."""
    if route is None:
        return  # no such path or method: the handler raises it
    request[FACTS] = {"route": route.path}
    if lifetime.is_stopping and not route.works_while_stopping:
        raise Deferral("shutting-down")
    if route.roles:
        await _let_in(request, route)
    if route.asked is Nothing:
        asked(request, Nothing)


async def _let_in(request: web.Request, route: Route) -> None:
    services = services_of(request)
    at = services.clock()
    presented = Presented(request.headers.get(hdrs.AUTHORIZATION), _certificate_sha256(request, peer_behind(request)))
    authenticated = authenticate(presented, services.register.known(), at)
    caller = authenticated.caller
    request[CALLER] = caller
    remember(request, caller=caller.name)
    services.credential_uses.note(authenticated.credentials, at)
    await rates.pace(request)
    if caller.role not in route.roles:
        raise Refusal(
            "not-authorised",
            detail=f"The role {caller.role} may not use this route.",
            detail_vi=f"Vai trò {caller.role} không được dùng đường dẫn này.",
        )


def _certificate_sha256(request: web.Request, peer: Peer) -> str | None:
    """Return the SHA-256 of the client certificate; raise `Refusal` authentication-failed for a revoked one."""
    certificate = certificate_of(request, peer)
    if certificate is None:
        return None
    services_of(request).client_certificates.require_good(certificate)
    return certificate.sha256


async def _refused(trouble: Trouble, request: web.Request, annex: Annex | None) -> web.Response:
    if trouble.code == "authentication-failed" and (annex is not None or hdrs.AUTHORIZATION in request.headers):
        trouble = _counted(trouble, request)
    if trouble.code == "rate-limited":
        await rates.hold()
    return _in_trouble(trouble, request, annex)


def _counted(trouble: Trouble, request: web.Request) -> Trouble:
    """Count wrong credentials against their address; after too many the answer is to come again later."""
    address = address_behind(request, peer_behind(request))
    wait = services_of(request).strangers.failed(address)
    if not wait:
        return trouble
    return Deferral(
        "rate-limited",
        retry_after=timedelta(seconds=wait),
        detail="Too many requests with wrong credentials came from this address; mend them and try again later.",
        detail_vi="Địa chỉ này đã gửi quá nhiều yêu cầu với thông tin xác thực sai; hãy sửa lại rồi thử lại sau.",
    )


def _in_trouble(trouble: Trouble, request: web.Request, annex: Annex | None) -> web.Response:
    if isinstance(trouble, Defect):
        _log.error("defect", detail=trouble.detail, exc_info=trouble)
    elif isinstance(trouble, Deferral) and trouble.code != "rate-limited":
        _log.warning("deferred", code=trouble.code, detail=trouble.detail)
    return _told(trouble, request, annex)


def _told(trouble: Trouble, request: web.Request, annex: Annex | None) -> web.Response:
    if annex is None:
        return problem_answer(trouble, request)
    return annex_answer(annex, request.rel_url.raw_path, trouble, request)


def _misdirected(error: web.HTTPException, request: web.Request) -> web.StreamResponse:
    """Answer for a path or method that no route has; OPTIONS is told which methods there are."""
    allow = error.headers.get(hdrs.ALLOW)
    if allow is not None and request.method == hdrs.METH_OPTIONS:
        return web.Response(status=204, headers={hdrs.ALLOW: f"{allow},OPTIONS", hdrs.SERVER: "axis-hub"})
    code = _CODES.get(error.status, "protocol-error")
    return problem_answer(Refusal(code), request, {hdrs.ALLOW: allow} if allow is not None else None)
