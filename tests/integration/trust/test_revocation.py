"""Rows 24 and 25 of the bad inputs at a running hub: certificates revoked, and a source that is down."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from signing.keys import fingerprint, load_certificates, load_private_key, pem_of_certificates
from signing.lab import Identity
from signing.revocation import Revoked
from tests.integration.trust.conftest import SENDER, World
from tests.support.enrolment import publish_crls
from tests.support.hub import axis


def revoked(seal: Identity, reason: str = "keyCompromise") -> dict[int, Revoked]:
    return {seal.certificate.serial_number: Revoked(datetime.now(UTC) - timedelta(hours=1), reason)}


def code_of(answer) -> str:
    return answer.body["type"].removeprefix("urn:axis:problem:")


def test_row_24_revoked(world: World):
    """Row 24: from the moment that its authority's new list is read, a revoked certificate is refused, in a clear sentence."""
    assert world.send().status == 201
    publish_crls(world.hub, world.pki, revoked(world.seal))
    answer = world.until(lambda each: each.status != 201)
    before = world.count()
    assert (answer.status, code_of(answer)) == (422, "certificate-revoked")
    assert "đã bị thu hồi" in answer.body["detail"]
    assert "lộ khóa" in answer.body["detail"]
    world.send()
    assert world.count() == before


def test_row_24_revoked_authority(world: World):
    """Row 24: when the authority itself is revoked, all that it issued is refused."""
    authority = {
        world.pki.subordinate.certificate.serial_number: Revoked(datetime.now(UTC) - timedelta(hours=1), "cACompromise")
    }
    publish_crls(world.hub, world.pki, authority)
    answer = world.until(lambda each: each.status != 201)
    assert (answer.status, code_of(answer)) == (422, "certificate-revoked")
    assert "tổ chức cấp trên" in answer.body["detail"]


def test_row_24_the_demo_shows_it(world: World):
    """Row 24: the demo's own revoked and expired seals are refused by name; its seals in force are not."""
    pki = world.hub.folder / "pki"
    first = world.hub.credentials["agencies"][0]
    keys = world.keys | {
        SENDER: next(each["api_key"] for each in world.hub.credentials["systems"] if each["id"] == first["system"])
    }
    demo = World(world.hub, world.pki, world.seal, keys)
    for name, wanted in ((first["code"], 201), ("revoked", "certificate-revoked"), ("expired", "certificate-expired")):
        key = load_private_key((pki / f"{name}.key.pem").read_bytes())
        seal = Identity(key, load_certificates((pki / f"{name}.cert.pem").read_bytes()))
        answer = demo.send(seal, sender=first["code"], recipient=world.hub.credentials["agencies"][1]["code"])
        assert wanted in {answer.status, answer.status == 422 and code_of(answer)}, answer


def test_row_25_source_down_beyond_grace(world: World):
    """Row 25: evidence beyond its grace is 503 with Retry-After, nothing is stored; with a new list the same hub goes on."""
    world.hub.stop()
    text = world.hub.config.read_text("utf-8")
    world.hub.config.write_text(re.sub(r"(?m)^grace_hours = .*$", "grace_hours = 0.001", text), "utf-8")
    publish_crls(world.hub, world.pki, {}, lifetime=timedelta(seconds=30))  # nextUpdate lies half a minute in the past
    world.hub.start()
    answer = world.until(lambda each: each.status == 503)
    assert code_of(answer) == "revocation-unavailable"
    assert int(answer.headers["Retry-After"]) >= 30
    assert "thu hồi" in answer.body["detail"]
    assert world.count() == 0
    ready = world.ask("GET", "/readyz?verbose").body
    (check,) = [each for each in ready["checks"] if each["name"] == "revocation"]
    assert check["detail"].startswith("degraded: ")
    assert "2 expired" in check["detail"]
    publish_crls(world.hub, world.pki, {})
    assert world.until(lambda each: each.status == 201).status == 201


def test_row_25_a_restart_without_the_source(world: World):
    """Row 25: a missing list is 503, too; nothing is accepted because a file is gone."""
    world.hub.stop()
    (world.hub.folder / "pki" / "lab-sub.crl").unlink()
    world.hub.start()
    answer = world.send()
    assert (answer.status, code_of(answer)) == (503, "revocation-unavailable")


def test_overlapping_certificates_rotate(world: World):
    """A second certificate is registered beside the first at a running hub; both sign, until the first is suspended."""
    new = world.pki.agency(SENDER, "Sở Gửi")
    assert (world.send(new).status, world.send().status) == (422, 201)
    file = world.hub.folder / "new.cert.pem"
    file.write_bytes(pem_of_certificates(new.certificate))
    axis("agency", "certify", SENDER, str(file), "--config", str(world.hub.config))
    world.until(lambda each: each.status == 201, new)
    assert world.send().status == 201
    axis("agency", "revoke", fingerprint(world.seal.certificate), "--config", str(world.hub.config))
    answer = world.until(lambda each: each.status == 422)
    assert code_of(answer) == "certificate-untrusted"
    assert world.send(new).status == 201
