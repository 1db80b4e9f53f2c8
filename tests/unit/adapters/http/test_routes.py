"""The table of routes."""

from adapters.http.routes import BY_HANDLER, ROUTES
from hub.accounts import Role


def test_one_handler_per_route():
    """Each route has a handler of its own, so that the door knows the route by it."""
    assert len(BY_HANDLER) == len(ROUTES)


def test_only_watching_is_public():
    """Nothing below `/v1` is public, and nothing else needs a key."""
    assert {route.path for route in ROUTES if not route.roles} == {
        "/livez",
        "/readyz",
        "/metrics",
        "/openapi.yaml",
        "/asyncapi.yaml",
    }


def test_only_systems_change_anything():
    """Every POST is for systems only: people change nothing through this API."""
    assert {route.roles for route in ROUTES if route.method == "POST"} == {frozenset({Role.SYSTEM})}


def test_no_head_where_asking_changes_something():
    """Collecting the inbox leases deliveries, so HEAD cannot ask for it."""
    assert not [route for route in ROUTES if route.path == "/v1/inbox" and route.has_head]
