"""All routes of the API: what they are called, what serves them, who may use them. The application and the tests read it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from aiohttp import web
from msgspec import Struct

from adapters.http import agencies, deliveries, feed, health, inbox, packages, query, receipts
from hub.accounts import Role

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_SYSTEMS = frozenset({Role.SYSTEM})
_READERS = frozenset({Role.SYSTEM, Role.AUDITOR, Role.OPERATOR, Role.ADMIN})
_PUBLIC: frozenset[Role] = frozenset()


class Route(Struct, frozen=True):
    """One route. No `roles`: public. `has_head`: asking for it changes nothing, so HEAD may ask too."""

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role]
    asked: type[Struct] = query.Nothing
    has_head: bool = False
    works_while_stopping: bool = False


def _get(
    path: str, handler: Handler, roles: frozenset[Role], asked: type[Struct] = query.Nothing, *, has_head: bool = True
) -> Route:
    return Route("GET", path, handler, roles, asked, has_head=has_head)


def _post(path: str, handler: Handler, roles: frozenset[Role]) -> Route:
    return Route("POST", path, handler, roles)


def _watch(path: str, handler: Handler, asked: type[Struct] = query.Nothing) -> Route:
    return Route("GET", path, handler, _PUBLIC, asked, has_head=True, works_while_stopping=True)


ROUTES: tuple[Route, ...] = (
    _post("/v1/packages", packages.submit, _SYSTEMS),
    _post("/v1/packages/validate", packages.validate, _SYSTEMS),
    _get("/v1/packages", packages.find, _READERS, query.PackagesAsked),
    _get("/v1/packages/{package_id}", packages.show, _READERS),
    _get("/v1/packages/{package_id}/content", packages.content, _READERS),
    _get("/v1/packages/{package_id}/events", packages.events, _READERS, query.StoryAsked),
    _get("/v1/packages/{package_id}/receipts", packages.receipts, _READERS, query.StoryAsked),
    _post("/v1/packages/{package_id}/recall", packages.recall, _SYSTEMS),
    # Collecting leases what it returns, so no HEAD.
    _get("/v1/inbox", inbox.collect, _SYSTEMS, query.InboxAsked, has_head=False),
    _get("/v1/deliveries/{delivery_id}", deliveries.show, _READERS),
    _get("/v1/deliveries/{delivery_id}/content", deliveries.content, _SYSTEMS),
    _post("/v1/deliveries/{delivery_id}/ack", deliveries.acknowledge, _SYSTEMS),
    _post("/v1/deliveries/{delivery_id}/reject", deliveries.reject, _SYSTEMS),
    _get("/v1/feed", feed.read, _SYSTEMS, query.FeedAsked, has_head=False),
    _get("/v1/receipts", receipts.find, _READERS, query.ReceiptsAsked),
    _get("/v1/receipts/{receipt_id}", receipts.show, _READERS),
    _get("/v1/refusals", receipts.find_refusals, _READERS, query.RefusalsAsked),
    _get("/v1/agencies", agencies.find, _READERS, query.AgenciesAsked),
    _get("/v1/agencies/{code}", agencies.show, _READERS),
    _watch("/livez", health.alive),
    _watch("/readyz", health.ready, query.ReadinessAsked),
    _watch("/metrics", health.metrics),
    _watch("/openapi.yaml", health.specification),
    _watch("/asyncapi.yaml", health.queues),
)

#: What a process answers that serves no callers: those who watch it.
WATCHED: tuple[Route, ...] = tuple(route for route in ROUTES if route.works_while_stopping)

BY_HANDLER: Mapping[Handler, Route] = MappingProxyType({route.handler: route for route in ROUTES})
