"""Rows 26 to 29 of the bad inputs: who calls, and what it may see."""

from __future__ import annotations

import pytest

from adapters.http.routes import ROUTES
from hub.accounts import Role
from hub.ids import uuid7
from hub.keys import make
from tests.integration.http.client import Api
from tests.integration.http.conftest import TRANSPORT, A, B

CALLERS = {A: Role.SYSTEM, "operator": Role.OPERATOR, "auditor": Role.AUDITOR, "admin": Role.ADMIN}


def test_row_26_sender(world, watch):
    """Row 26: a system cannot send in the name of an agency that it does not act for, though the signature is good."""
    answer = world.api(A).submit(world.signed(sender="H99.02", recipients=["H99.01"], signer="H99.02"))
    watch.refused(answer, 403, "sender-mismatch")


def test_row_26_unsigned_sender(world, watch):
    """Row 26: a system that need not sign can send for its own agencies only."""
    answer = world.api(TRANSPORT).submit(world.letter(sender="H99.06"))
    watch.refused(answer, 403, "sender-mismatch")


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer axk_unknown_key",
        "Basic YXhpczpheGlz",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJzeXMtaDk5LTAxIn0.",
        "Bearer " + "a" * 8000,
    ],
)
def test_row_27_credentials(world, watch, authorization):
    """Row 27: without a good key nothing is taken, and the answer says how to authenticate."""
    headers = {"Authorization": authorization} if authorization is not None else {}
    answer = Api(world.hub.port).submit(world.signed(), **headers)
    watch.refused(answer, 401, "authentication-failed", is_recorded=False)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_row_27_wrong_secret(world, watch):
    """Row 27: a known key id with another secret is as unknown as any."""
    key_id = world.keys[A].split("_")[1]
    answer = Api(world.hub.port, f"axk_{key_id}_{make().secret}").submit(world.signed())
    watch.refused(answer, 401, "authentication-failed", is_recorded=False)


def test_row_27_forwarded_certificate(world, watch):
    """Row 27: a header that claims a client certificate is nothing but a header."""
    answer = Api(world.hub.port).submit(world.signed(), X_Client_Cert="CN=sys-h99-01", X_SSL_Client_Verify="SUCCESS")
    watch.refused(answer, 401, "authentication-failed", is_recorded=False)


def test_row_28_suspended_agency(world, watch):
    """Row 28: a suspended agency cannot send."""
    answer = world.api(B).submit(world.signed(sender="H99.04", recipients=["H99.01"], signer="H99.02"))
    watch.refused(answer, 403, "not-authorised")


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.roles], ids=lambda route: f"{route.method} {route.path}"
)
def test_row_28_matrix(world, watch, route, caller):
    """Row 28: each role may use exactly the routes that the table gives it."""
    path = route.path.replace("{code}", "H99.01")
    for name in ("package_id", "delivery_id", "receipt_id"):
        path = path.replace(f"{{{name}}}", uuid7())
    answer = world.api(caller).request(route.method, path)
    if CALLERS[caller] in route.roles:
        assert answer.status not in {401, 403}
    else:
        watch.refused(answer, 403, "not-authorised", is_recorded=False)


@pytest.mark.parametrize(
    "route", [route for route in ROUTES if route.roles], ids=lambda route: f"{route.method} {route.path}"
)
def test_row_27_every_route(world, route):
    """Row 27: no route that needs a key answers without one."""
    path = route.path.replace("{code}", "H99.01")
    for name in ("package_id", "delivery_id", "receipt_id"):
        path = path.replace(f"{{{name}}}", uuid7())
    assert world.api(None).request(route.method, path).status == 401


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/v1/packages/{package}"),
        ("GET", "/v1/packages/{package}/content"),
        ("GET", "/v1/packages/{package}/events"),
        ("GET", "/v1/packages/{package}/receipts"),
        ("POST", "/v1/packages/{package}/recall"),
        ("GET", "/v1/deliveries/{delivery}"),
        ("GET", "/v1/deliveries/{delivery}/content"),
        ("POST", "/v1/deliveries/{delivery}/ack"),
        ("POST", "/v1/deliveries/{delivery}/reject"),
        ("GET", "/v1/receipts/{receipt}"),
    ],
)
def test_row_29_of_others(world, method, path):
    """Row 29: what belongs to others looks like what does not exist: same status, same words."""
    package = world.accepted()
    receipt = world.api().get(f"/v1/packages/{package['id']}/receipts").json["items"][0]["id"]
    others = path.format(package=package["id"], delivery=package["deliveries"][0]["id"], receipt=receipt)
    nothing = path.format(package=uuid7(), delivery=uuid7(), receipt=uuid7())
    body = {"reason": "x"} if method == "POST" and not path.endswith("/ack") else None
    third = world.api("H99.06")
    answers = [third.request(method, each) if body is None else third.post(each, body) for each in (others, nothing)]
    first, second = (answer.problem for answer in answers)
    assert (first.type, first.title, first.detail, first.fix) == (second.type, second.title, second.detail, second.fix)
    assert first.status == 404


def test_row_29_lists(world):
    """Row 29: lists of a third system show nothing of it."""
    package = world.accepted()
    third = world.api("H99.06")
    for path in (
        f"/v1/packages?document_id={package['document_id']}",
        f"/v1/receipts?package={package['id']}",
        "/v1/feed",
        "/v1/inbox",
    ):
        assert package["id"] not in third.get(path).body.decode()


def test_row_29_recipient_sees_its_own_copy(world):
    """Row 29: of two recipients each sees its own delivery only."""
    package = world.accepted(recipients=["H99.02", "H99.06"])
    (seen,) = world.api("H99.06").get(f"/v1/packages/{package['id']}").json["deliveries"]
    assert seen["recipient"] == "H99.06"
