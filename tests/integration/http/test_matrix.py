"""Rows 27 to 29 of the bad inputs, whole: every route by every kind of caller, about a package that A sent to B."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import Struct

from adapters.http.routes import ROUTES
from adapters.storage.opening import open_storage
from hub import keys
from hub.accounts import ApiKey
from hub.compose import located
from hub.configuration import load
from hub.ids import uuid7
from routing.values import Binding, System
from tests.integration.http.client import Answer, Api
from tests.integration.http.conftest import A, B, World
from tests.support.two_hubs import eventually

CALLERS = ("nobody", "A", "B", "stranger", "suspended", "auditor", "operator", "admin")

OPEN = (200,) * 8  #: whoever asks
SYSTEMS = (401, 200, 200, 200, 403, 403, 403, 403)  #: any system that is not suspended, about its own
EVERYONE = (401, 200, 200, 200, 403, 200, 200, 200)  #: the same, and people who may read
PARTIES = (401, 200, 200, 404, 403, 200, 200, 200)  #: sender, recipient, people who may read
SENDER = (401, 200, 404, 404, 403, 200, 200, 200)
SENDING = (401, 200, 404, 404, 403, 403, 403, 403)
RECEIVING = (401, 404, 200, 404, 403, 403, 403, 403)

#: Route -> status for each of `CALLERS`.
EXPECTED: dict[tuple[str, str], tuple[int, ...]] = {
    ("POST", "/v1/packages"): (401, 201, 403, 403, 403, 403, 403, 403),
    ("POST", "/v1/packages/validate"): (401, 200, 403, 403, 403, 403, 403, 403),
    ("GET", "/v1/packages"): EVERYONE,
    ("GET", "/v1/packages/{package_id}"): PARTIES,
    ("GET", "/v1/packages/{package_id}/content"): PARTIES,
    ("GET", "/v1/packages/{package_id}/events"): PARTIES,
    ("GET", "/v1/packages/{package_id}/receipts"): PARTIES,
    ("POST", "/v1/packages/{package_id}/recall"): SENDING,
    ("GET", "/v1/inbox"): SYSTEMS,
    ("GET", "/v1/deliveries/{delivery_id}"): PARTIES,
    ("GET", "/v1/deliveries/{delivery_id}/content"): RECEIVING,
    ("POST", "/v1/deliveries/{delivery_id}/ack"): RECEIVING,
    ("POST", "/v1/deliveries/{delivery_id}/reject"): RECEIVING,
    ("GET", "/v1/feed"): SYSTEMS,
    ("GET", "/v1/receipts"): EVERYONE,
    ("GET", "/v1/receipts/{receipt_id}"): SENDER,
    ("GET", "/v1/refusals"): EVERYONE,
    ("GET", "/v1/agencies"): EVERYONE,
    ("GET", "/v1/agencies/{code}"): EVERYONE,
    ("GET", "/livez"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/metrics"): OPEN,
    ("GET", "/openapi.yaml"): OPEN,
    ("GET", "/asyncapi.yaml"): OPEN,
}
CELLS = [
    pytest.param(method, path, caller, status, id=f"{method} {path} {caller}")
    for (method, path), statuses in EXPECTED.items()
    for caller, status in zip(CALLERS, statuses, strict=True)
]


class Exchange(Struct, frozen=True):
    """What A sent to B: ids by the name that paths give them."""

    package: dict[str, Any]
    receipt_id: str

    def fill(self, path: str) -> str:
        """Put the ids into a path."""
        values = {
            "package_id": self.package["id"],
            "delivery_id": self.package["deliveries"][0]["id"],
            "receipt_id": self.receipt_id,
            "code": "H99.01",
        }
        return path.format(**values)


class Matrix(Struct, frozen=True):
    """The hub, a caller of each kind, and one exchange that nobody changes."""

    world: World
    keys: dict[str, str | None]
    exchange: Exchange

    def ask(self, method: str, path: str, caller: str, exchange: Exchange | None) -> Answer:
        """Ask about an exchange, or about nothing that exists."""
        api = Api(self.world.hub.port, self.keys[caller])
        ids = {name: uuid7() for name in ("package_id", "delivery_id", "receipt_id")}
        filled = exchange.fill(path) if exchange else path.format(**ids, code="H99.01")
        if method == "POST" and path.startswith("/v1/packages") and "{" not in path:
            return api.submit(self.world.signed(), filled)
        if path.endswith(("/recall", "/reject")):
            return api.post(filled, {"reason": "thử"})
        return api.request(method, filled)

    def sent(self) -> Exchange:
        """Let A send something to B that has arrived there."""
        package = self.world.accepted()
        self.world.collected(package)
        receipts = self.world.api(A).get(f"/v1/packages/{package['id']}/receipts").json["items"]
        return Exchange(package, next(each["id"] for each in receipts if each["event"] == "SubmissionAcceptance"))


@pytest.fixture(scope="module")
def matrix(world) -> Matrix:
    made = asyncio.run(add_systems(world, {"stranger": True, "suspended": False}))
    known = {"nobody": None, "A": world.keys[A], "B": world.keys[B], **made}
    known |= {name: world.keys[name] for name in ("auditor", "operator", "admin")}
    wait_until_known(world, made)
    unsent = Matrix(world, known, Exchange({}, ""))
    return Matrix(world, known, unsent.sent())


async def add_systems(world: World, systems: dict[str, bool]) -> dict[str, str]:
    """Add systems, active or suspended, to the register; return their keys."""
    settings, base_dir = load(world.hub.config)
    made = {name: keys.make() for name in systems}
    async with open_storage(located(settings.storage, base_dir), inline_bytes=0) as storage:
        for name, is_active in systems.items():
            await storage.registers.add_system(System(f"sys-{name}", name, Binding.PULL, is_active=is_active))
            await storage.registers.add_api_key(
                ApiKey(
                    key_id=made[name].key_id,
                    secret_sha256=made[name].secret_sha256,
                    system_id=f"sys-{name}",
                    user_name=None,
                    created_at=datetime.now(UTC),
                )
            )
    return {name: key.text for name, key in made.items()}


def wait_until_known(world: World, made: dict[str, str]) -> None:
    """A running hub reads its register anew within a second or so."""
    for key in made.values():
        eventually(lambda key=key: Api(world.hub.port, key).get("/v1/inbox").status != 401)


def test_matrix_is_whole():
    """The matrix has exactly the routes of the table that the application is built from."""
    assert set(EXPECTED) == {(route.method, route.path) for route in ROUTES}


def test_matrix_is_the_table():
    """Whom the table of routes lets in is who the matrix says is not turned away."""
    roles = {"A": "system", "auditor": "auditor", "operator": "operator", "admin": "admin"}
    for route in ROUTES:
        statuses = dict(zip(CALLERS, EXPECTED[route.method, route.path], strict=True))
        assert (statuses["nobody"] == 401) == bool(route.roles)
        for caller, role in roles.items():
            assert (statuses[caller] == 403) == (bool(route.roles) and role not in route.roles)


@pytest.mark.parametrize("method, path, caller, status", CELLS)
def test_row_28_every_cell(matrix, method, path, caller, status):
    """Row 28: each kind of caller gets, on each route, exactly what the matrix says."""
    exchange = matrix.sent() if method == "POST" and "{" in path and status == 200 else matrix.exchange
    answer = matrix.ask(method, path, caller, exchange)
    assert answer.status == status, answer.body


@pytest.mark.parametrize("method, path, caller, status", [cell for cell in CELLS if cell.values[3] == 404])
def test_row_29_exactly_like_none(matrix, method, path, caller, status):
    """Row 29: what is not the caller's answers exactly like what does not exist: status, header fields, body."""
    others = matrix.ask(method, path, caller, matrix.exchange)
    nothing = matrix.ask(method, path, caller, None)
    assert others.status == nothing.status == status
    assert shown(others) == shown(nothing)


def shown(answer: Answer) -> tuple[dict[str, str], dict[str, Any]]:
    """Return what an answer shows but for what differs with every request: time, trace, remaining rate, its own address."""
    fields = {name: value for name, value in answer.headers.items() if name not in {"Date", "Trace-Id", "RateLimit"}}
    body = json.loads(answer.body)
    varying = {"trace_id": "", "instance": ""}
    fields["Content-Length"] = str(len(answer.body) - len(body["instance"]))
    return fields, {**body, **varying}


def test_row_28_head(matrix):
    """Row 28: HEAD lets in whom GET lets in, and changes nothing either."""
    for route in ROUTES:
        if not route.has_head:
            continue
        for caller, status in zip(CALLERS, EXPECTED["GET", route.path], strict=True):
            assert matrix.ask("HEAD", route.path, caller, matrix.exchange).status == status, (route.path, caller)
