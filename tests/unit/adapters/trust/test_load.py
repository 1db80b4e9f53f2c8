from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.trust import TrustFault, load_trust
from adapters.trust.errors import (
    CertificateUnusable,
    FileMissing,
    FileUnreadable,
    KeyExposed,
    KeyMismatch,
    KeyUnusable,
    NoAnchors,
)
from hub.settings import TrustSettings
from signing.keys import pem_of_certificates, pem_of_key
from signing.lab import KeyKind, LabPki, new_key
from signing.receipt import Origin, PackageReference, Receipt, open_receipt

NOW = datetime.now(UTC)
LAB = LabPki.create(NOW, kind=KeyKind.EC_P256)
HUB = LAB.hub("H99")


@pytest.fixture
def folder(tmp_path):
    pki = tmp_path / "pki"
    pki.mkdir()
    (pki / "root.cert.pem").write_bytes(pem_of_certificates(LAB.root.certificate))
    (pki / "sub.cert.pem").write_bytes(pem_of_certificates(LAB.subordinate.certificate))
    (pki / "hub.cert.pem").write_bytes(pem_of_certificates(HUB.certificate))
    write_key(pki / "hub.key.pem", HUB.key)
    return tmp_path


def write_key(path, key, mode=0o600):
    path.write_bytes(pem_of_key(key))
    path.chmod(mode)


def test_seals_receipts(folder):
    """What was loaded seals receipts that open against the loaded anchors."""
    trust = load_trust(TrustSettings(), folder)
    receipt = Receipt(
        id="1",
        event="SubmissionAcceptance",
        at=NOW,
        hub="H99",
        package=PackageReference("2", "3", "0" * 64, 4),
        sender="H99.01",
        origin=Origin.SIGNATURE,
        nonce="n",
    )
    assert open_receipt(trust.sealer.seal(receipt), anchors=trust.anchors).receipt == receipt
    assert trust.hub_certificate == HUB.certificate
    assert trust.hub_chain == (HUB.certificate, LAB.subordinate.certificate)


def test_chain_in_one_file(folder):
    """Certificates that stand in both files are taken once."""
    path = folder / "pki/hub.cert.pem"
    path.write_bytes(pem_of_certificates(HUB.certificate, LAB.subordinate.certificate))
    assert load_trust(TrustSettings(), folder).hub_chain == (HUB.certificate, LAB.subordinate.certificate)


def test_folder_of_anchors(folder):
    """A folder among the anchors stands for every PEM file in it."""
    anchors = folder / "anchors"
    anchors.mkdir()
    for name, authority in (("a", LAB.root), ("b", LabPki.create(NOW, kind=KeyKind.EC_P256).root)):
        (anchors / f"{name}.pem").write_bytes(pem_of_certificates(authority.certificate))
    assert len(load_trust(TrustSettings(anchors=(anchors,)), folder).anchors) == 2


@pytest.mark.parametrize("name", ["hub.key.pem", "hub.cert.pem", "sub.cert.pem", "root.cert.pem"])
def test_missing(folder, name):
    """A missing file is named."""
    (folder / "pki" / name).unlink()
    with pytest.raises(FileMissing, match=name):
        load_trust(TrustSettings(), folder)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660])
def test_exposed_key(folder, mode):
    """A key that others may read or change is refused, with the command that closes it."""
    (folder / "pki/hub.key.pem").chmod(mode)
    with pytest.raises(KeyExposed) as fault:
        load_trust(TrustSettings(), folder)
    assert "chmod 600" in fault.value.fix("en")
    assert f"{mode:03o}" in fault.value.what("vi")


def test_no_plain_file(folder):
    """A folder in the place of a key is refused."""
    (folder / "pki/hub.key.pem").unlink()
    (folder / "pki/hub.key.pem").mkdir()
    with pytest.raises(FileUnreadable):
        load_trust(TrustSettings(), folder)


def test_broken_key(folder):
    """A file that holds no key is refused."""
    path = folder / "pki/hub.key.pem"
    path.write_text("no key")
    with pytest.raises(KeyUnusable):
        load_trust(TrustSettings(), folder)


@pytest.mark.parametrize("key", [new_key(KeyKind.RSA_2048), ec.generate_private_key(ec.SECP384R1())])
def test_wrong_kind_of_key(folder, key):
    """Receipts are sealed with ES256: only a P-256 key will do."""
    write_key(folder / "pki/hub.key.pem", key)
    with pytest.raises(KeyUnusable, match="P-256"):
        load_trust(TrustSettings(), folder)


def test_other_key(folder):
    """A key that the certificate was not issued for is refused."""
    write_key(folder / "pki/hub.key.pem", new_key(KeyKind.EC_P256))
    with pytest.raises(KeyMismatch):
        load_trust(TrustSettings(), folder)


def test_broken_certificate(folder):
    """A file that holds no certificate is refused."""
    (folder / "pki/root.cert.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(CertificateUnusable):
        load_trust(TrustSettings(), folder)


def test_no_anchors(folder):
    """Without anchors nobody could be believed."""
    with pytest.raises(NoAnchors):
        load_trust(TrustSettings(anchors=()), folder)


@pytest.mark.parametrize("kind", TrustFault.__subclasses__())
def test_every_fault_says_what_and_how(kind, tmp_path):
    """Every fault has its two sentences in both languages."""
    fault = kind(tmp_path, error="e", mode="644", key="k")
    for language in ("vi", "en"):
        assert fault.what(language).strip()
        assert fault.fix(language).strip()
