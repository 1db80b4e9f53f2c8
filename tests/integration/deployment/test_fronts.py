"""Hubs behind the proxies whose configurations the project gives, run by the real programs."""

import asyncio
import json
import time
from contextlib import suppress
from datetime import UTC, datetime
from http.client import RemoteDisconnected

import pytest

from adapters.storage.opening import open_storage
from hub.accounts import SystemCertificate
from hub.compose import located
from hub.configuration import load
from signing.keys import facts, pem_of_certificates, pem_of_key
from signing.lab import KeyKind, LabPki
from tests.integration.deployment.fronts import LIMIT, Front, haproxy, nginx, running
from tests.support.hub import HubProcess, free_port

SYSTEM = "sys-h99-01"
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def pki():
    return LabPki.create(NOW, kind=KeyKind.EC_P256)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, pki):
    """The files that both proxies name: their certificate with its key, and the authorities of clients."""
    place = tmp_path_factory.mktemp("tls")
    server = pki.subordinate.issue(pki.root.certificate.subject, pki.validity)
    (place / "axis.pem").write_bytes(pem_of_certificates(*server.chain) + pem_of_key(server.key))
    (place / "clients.pem").write_bytes(pem_of_certificates(pki.root.certificate, pki.subordinate.certificate))
    (place / "ca.pem").write_bytes(pem_of_certificates(pki.root.certificate))
    return place


@pytest.fixture(scope="module")
def client(pki, folder):
    """A system's client certificate."""
    identity = pki.agency("a", SYSTEM)
    (folder / "client.pem").write_bytes(pem_of_key(identity.key) + pem_of_certificates(*identity.chain))
    return identity


@pytest.fixture(scope="module")
def hub(tmp_path_factory, client):
    """A hub that believes what proxies on 127.0.0.1 say."""
    environment = {"AXIS_LISTEN__TRUSTED_PROXIES": '["127.0.0.1/32"]'}
    process = HubProcess.create(tmp_path_factory.mktemp("behind") / "hub", environment)
    asyncio.run(bind(process, client))
    yield process.start()
    process.stop()


async def bind(hub, identity):
    settings, base_dir = load(hub.config)
    known = facts(identity.certificate)
    bound = SystemCertificate(
        sha256=known.sha256,
        system_id=SYSTEM,
        subject=known.subject,
        not_before=known.not_before,
        not_after=known.not_after,
        added_at=NOW,
    )
    async with open_storage(located(settings.storage, base_dir), inline_bytes=0) as storage:
        await storage.registers.add_system_certificate(bound)


@pytest.fixture(scope="module", params=[haproxy, nginx], ids=["haproxy", "nginx"])
def front(request, folder, hub):
    """A proxy of each kind before the hub."""
    port = free_port()
    command = request.param(folder, port, hub.port)
    with running(command, port, folder / "front.log"):
        yield Front(port, folder / "ca.pem")


def key(hub):
    return {"Authorization": "Bearer " + next(s["api_key"] for s in hub.credentials["systems"] if s["id"] == SYSTEM)}


def until(front, path, status, **asked):
    """Ask until the answer has that status: a proxy looks at its servers every now and then."""
    deadline = time.monotonic() + LIMIT
    while (answer := front.ask(path, **asked))[0] != status:
        assert time.monotonic() < deadline, answer
        time.sleep(0.1)
    return answer


def test_callers_come_through(front, hub):
    """A key is credential enough, and the descriptions need none; what only operators may see is not shown."""
    until(front, "/v1/inbox", 200, headers=key(hub))
    assert [front.ask(path)[0] for path in ("/livez", "/openapi.yaml", "/asyncapi.yaml")] == [200, 200, 200]
    assert front.ask("/no/such/place")[0] == 404


def test_the_national_sdk_comes_through(front, hub):
    """Its requests, doubled slashes included, are answered by the hub, in its envelope."""
    until(front, "/v1/inbox", 200, headers=key(hub))
    for path in ("/vxp/getReceivedEdocList", "/vxp//countReceiveEdoc", "/vxp/no-such-operation"):
        _, headers, body = front.ask(path)
        assert headers["Content-Type"] == "application/json"
        assert json.loads(body)["ErrorCode"] in {"10", "15"}
    assert front.ask("/vxp/downloadEdoc")[2] == b""


def test_header_of_a_client_is_removed(front, hub, client):
    """A client that names a certificate by itself is nobody: the proxy takes the field away."""
    from base64 import b64encode

    from signing.keys import der_of

    until(front, "/v1/inbox", 200, headers=key(hub))
    claimed = f":{b64encode(der_of(client.certificate)).decode()}:"
    assert front.ask("/v1/inbox", headers={"Client-Cert": claimed})[0] == 401


@pytest.fixture
def before(folder, hub):
    """HAProxy, which passes certificates on, before the hub."""
    port = free_port()
    with running(haproxy(folder, port, hub.port), port, folder / "haproxy.log"):
        yield Front(port, folder / "ca.pem")


def test_client_certificate(before, folder, client):
    """HAProxy passes a client's certificate on as RFC 9440 says: it names the system."""
    status, _, body = until(before, "/v1/inbox", 200, certificate=folder / "client.pem")
    assert (status, json.loads(body)) == (200, {"items": []})


def test_health_is_not_for_the_world(before, hub):
    """HAProxy asks `/readyz` itself, and shows it and the metrics to nobody."""
    until(before, "/v1/inbox", 200, headers=key(hub))
    assert [before.ask(path)[0] for path in ("/readyz", "/metrics")] == [404, 404]


def test_nobody_is_ready(before, hub):
    """While no hub process is there HAProxy says what one would say: a problem, to be repeated soon."""
    until(before, "/v1/inbox", 200, headers=key(hub))
    hub.stop()
    try:
        _, headers, body = until(before, "/v1/inbox", 503, headers=key(hub))
        assert (headers["Content-Type"], headers["Retry-After"]) == ("application/problem+json", "5")
        assert json.loads(body)["type"] == "urn:axis:problem:shutting-down"
    finally:
        hub.start()
    until(before, "/v1/inbox", 200, headers=key(hub))


def test_nobody_is_ready_for_the_national_sdk(front, hub):
    """While no hub process is there, both proxies answer in its envelope, and with nothing where a document is awaited."""
    until(front, "/v1/inbox", 200, headers=key(hub))
    hub.stop()
    try:
        _, headers, body = until(front, "/vxp/getReceivedEdocList", 503)
        envelope = json.loads(body)
        assert headers["Content-Type"] == "application/json"
        assert (envelope["status"], envelope["ErrorCode"], envelope["DocId"]) == ("FAIL", "20", "")
        assert body.isascii()
        with suppress(RemoteDisconnected):  # which is as good: nothing becomes the document
            assert front.ask("/vxp/downloadEdoc")[2] == b""
    finally:
        hub.start()
    until(front, "/v1/inbox", 200, headers=key(hub))
