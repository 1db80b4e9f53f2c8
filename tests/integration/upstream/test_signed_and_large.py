"""What must not change on the way: signatures, and large files."""

from __future__ import annotations

import json
import re
import shutil
import urllib.error
import urllib.request

import pytest

from tests.support.hub import HubProcess, axis
from tests.support.two_hubs import TwoHubs, collect, document, eventually, send

pytestmark = pytest.mark.timeout(400)  # hubs are started anew within a test, on machines that have other work


def signed(hub: HubProcess, data: bytes, code: str) -> bytes:
    """Return a document signed by an agency of a hub."""
    source, target = hub.folder / "unsigned.edxml", hub.folder / "signed.edxml"
    source.write_bytes(data)
    pki = hub.folder / "pki"
    key, certificate = pki / f"{code}.key.pem", pki / f"{code}.cert.pem"
    axis("sign", str(source), "--key", str(key), "--cert", str(certificate), "-o", str(target))
    return target.read_bytes()


def packages(hubs: TwoHubs, code: str, notation: str) -> list[dict]:
    """Return what an agency's hub shows to an auditor of a document."""
    hub = hubs.of(code)
    key = axis("key", "add", "--user", "auditor", "--config", str(hub.config), "--json").stdout
    request = urllib.request.Request(
        f"{hub.url}/v1/packages?notation={notation}", headers={"Authorization": f"Bearer {json.loads(key)['api_key']}"}
    )

    def asked() -> list[dict]:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)["items"]
        except urllib.error.HTTPError:  # a running hub takes a new key up within a second
            return []

    return eventually(asked)


def believe(upper: HubProcess, lower: HubProcess, code: str) -> None:
    """Make the upper hub trust the lower one's authority, and know the certificate of one of its agencies."""
    for name in ("root.cert.pem", "sub.cert.pem", "root.crl.pem", "sub.crl.pem"):
        shutil.copy(lower.folder / "pki" / name, upper.folder / "pki" / f"lower-{name}")
    text = upper.config.read_text(encoding="utf-8")
    for name, value in (
        ("anchors", '["pki/root.cert.pem", "pki/lower-root.cert.pem"]'),
        ("intermediates", '["pki/lower-sub.cert.pem"]'),
        ("crl", '["pki/root.crl.pem", "pki/sub.crl.pem", "pki/lower-root.crl.pem", "pki/lower-sub.crl.pem"]'),
    ):
        text = re.sub(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
    upper.config.write_text(text, encoding="utf-8")
    certificate = str(lower.folder / "pki" / f"{code}.cert.pem")
    axis("agency", "certify", code, certificate, "--config", str(upper.config))


def test_a_signature_that_the_upper_hub_can_check_is_checked(hubs, documents):
    """Where the upper hub knows the agency's certificate, the document is valid there, origin by signature."""
    hubs.upper.stop()
    believe(hubs.upper, hubs.lower, "H99.05")
    hubs.upper.start()
    data = signed(hubs.lower, document("H99.05", "G22.05", number="301"), "H99.05")
    send(documents("H99.05"), "H99.05", data)
    assert collect(documents("G22.05")) == [data]
    assert packages(hubs, "G22.05", "301/BC-SM")[0]["signature"]["result"] == "valid"


def test_a_signature_of_somebody_unknown_comes_down_whole(hubs, documents):
    """The lower hub cannot check it and says so; the recipient gets the very bytes."""
    data = signed(hubs.upper, document("G22.05", "H99.06", number="302"), "G22.05")
    send(documents("G22.05"), "G22.05", data)
    assert collect(documents("H99.06")) == [data]
    assert packages(hubs, "H99.06", "302/BC-SM")[0]["signature"]["result"] == "unverifiable"


def test_large_files_both_ways(hubs, documents):
    """A package of 50 MB goes up and another one down, byte for byte."""
    hubs.lower.stop()
    hubs.lower.launch({"AXIS_UPSTREAM__TIMEOUT": "60"})
    hubs.lower.wait_until_ready()
    size = 39_000_000
    for sender, recipient, number in (("H99.05", "G22.06", "303"), ("G22.06", "H99.05", "304")):
        data = document(sender, recipient, number=number, size=size)
        assert len(data) > 50_000_000
        send(documents(sender), sender, data)
        assert collect(documents(recipient)) == [data]
