"""Beyond the secret: networks and client certificates that a system is bound to, secrets that end, and rotation."""

import asyncio
import http.client
import json
import time
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from adapters.storage.opening import open_storage
from adapters.vxp.signature import format_timestamp, signed_headers
from hub.accounts import SystemCertificate
from hub.compose import located
from hub.configuration import load
from hub.shared_secrets import VxpTerms
from signing.keys import der_of, facts
from signing.lab import KeyKind, LabPki
from tests.support.hub import axis
from tests.support.vxp import EDOC, A, B, C, found, secret_of

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def pki():
    return LabPki.create(NOW, kind=KeyKind.EC_P256)


@pytest.fixture(scope="module")
def world(tmp_path_factory, pki):
    """A hub behind a proxy on this machine: A may call from one network, B must show its certificate."""
    made = found(tmp_path_factory.mktemp("terms") / "hub", {"AXIS_LISTEN__TRUSTED_PROXIES": '["127.0.0.1/32"]'})
    identities = {code: pki.agency(code, code) for code in (B, C)}
    asyncio.run(_bind(made.hub, identities))
    made.hub.start()
    yield made, identities
    assert made.hub.stop() == 0


async def _bind(hub, identities):
    settings, base_dir = load(hub.config)
    async with open_storage(located(settings.storage, base_dir), inline_bytes=0) as storage:
        await storage.registers.set_vxp_terms(A, VxpTerms(networks=("10.37.0.0/16",)))
        await storage.registers.set_vxp_terms(B, VxpTerms(needs_certificate=True))
        for code, identity in identities.items():
            known = facts(identity.certificate)
            await storage.registers.add_system_certificate(
                SystemCertificate(
                    sha256=known.sha256,
                    system_id=code,
                    subject=known.subject,
                    not_before=known.not_before,
                    not_after=known.not_after,
                    added_at=NOW,
                )
            )


def asked(world, code, **headers):
    """Ask as a system through the proxy; return the envelope."""
    parameters = {"systemid": code, "timestamp": format_timestamp(NOW), "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", world[0].hub.port, timeout=10)
    fields = dict(signed_headers(parameters, secret_of(code))) | headers
    connection.request("POST", "/vxp/getReceivedEdocList", headers=fields | {"Content-Length": "0"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


def shown(identity):
    return {"Client-Cert": f":{b64encode(der_of(identity.certificate)).decode()}:"}


@pytest.mark.parametrize(
    "forwarded, status",
    [("10.37.4.2", "OK"), ("1.2.3.4, 10.37.4.2", "OK"), ("10.37.4.2, 1.2.3.4", "FAIL"), ("x", "FAIL"), (None, "FAIL")],
)
def test_a_system_is_bound_to_its_networks(world, forwarded, status):
    """What the proxy has seen counts, and of several entries only the proxy's own."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    answer = asked(world, A, **headers)
    assert answer["status"] == status
    if status == "FAIL":
        assert (answer["ErrorCode"], "địa chỉ" in answer["ErrorDesc"]) == ("15", True)


def test_a_system_is_bound_to_its_certificate(world):
    """Its own certificate is needed beside the secret; another system's is refused, also where none is needed."""
    certificates = world[1]
    assert asked(world, B, **shown(certificates[B]))["status"] == "OK"
    for headers in ({}, shown(certificates[C])):
        answer = asked(world, B, **headers)
        assert (answer["status"], answer["ErrorCode"]) == ("FAIL", "15")
    assert asked(world, C)["status"] == "OK"
    assert asked(world, C, **shown(certificates[B]))["ErrorCode"] == "15"


def test_a_secret_is_rotated_without_a_break(tmp_path):
    """During the overlap both are good; a revoked one is refused at once, also for a poll that was proved before."""
    made = found(tmp_path / "hub")
    made.hub.start()
    config = ("--config", str(made.hub.config))
    try:
        with made.sdk(A) as old:
            documents = old.documents()
            assert documents.get_received_edoc_list(EDOC).status == "OK"
            new = json.loads(axis("key", "vxp", "rotate", A, "--json", *config).stdout)["vxp_secret"]
            with made.sdk(A, secret=new) as renewed:
                until(lambda: renewed.documents().get_received_edoc_list(EDOC).status == "OK")
                assert documents.get_received_edoc_list(EDOC).status == "OK"
                listed = json.loads(axis("key", "vxp", "list", "--system", A, "--json", *config).stdout)
                assert new not in str(listed)
                (first,) = [each["id"] for each in listed if each["expires_at"] is not None]
                axis("key", "vxp", "revoke", first, *config)
                until(lambda: documents.get_received_edoc_list(EDOC).code == "15")
                assert renewed.documents().get_received_edoc_list(EDOC).status == "OK"
    finally:
        assert made.hub.stop() == 0


def test_a_suspended_system_is_told_so(tmp_path):
    """A rightly signed request of a suspended system gets a reason."""
    made = found(tmp_path / "hub")
    axis("system", "suspend", A, "--config", str(made.hub.config))
    made.hub.start()
    try:
        with made.sdk(A) as sdk:
            refused = sdk.documents().get_received_edoc_list(EDOC)
        assert (refused.code, "đình chỉ" in refused.text) == ("15", True)
    finally:
        assert made.hub.stop() == 0


def until(is_so):
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
