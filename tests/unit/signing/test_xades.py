"""XAdES properties: what they may be bound by, and what stands in those that others write."""

from __future__ import annotations

import hashlib
from base64 import b64encode

import asn1crypto.tsp
import asn1crypto.x509
import pytest

from signing.certificates import TrustAnchors
from signing.errors import Untrusted
from signing.keys import der_of
from signing.verify import Verified, verify
from tests.unit.signing.conftest import Registrations
from tests.vectors.signatures.forge import C14N_10, DS, Forge, c14n, parse
from tests.vectors.signatures.signers import Lab, xades


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab()


def verified(lab: Lab, forge: Forge) -> Verified:
    registry = Registrations()
    registry.add(lab.ec)
    anchors = TrustAnchors([lab.pki.root.certificate])
    return verify(parse(forge.sign(lab.template)), registry=registry, anchors=anchors, at=lab.at)


def code_of(lab: Lab, forge: Forge) -> str:
    with pytest.raises(Untrusted) as caught:
        verified(lab, forge)
    return caught.value.code


def test_an_empty_name_names_nothing(lab):
    """A reference to "#" covers no KeyInfo, also one without an identifier: no other verifier finds what is meant."""
    forge = xades(lab, with_key_info=True)
    whole = next(parse(forge.sign(lab.template)).iter(f"{{{DS}}}KeyInfo"))
    del whole.attrib["Id"]
    forge.key_info = c14n(whole).decode().replace(f' xmlns:ds="{DS}"', "")
    forge.references[-1].uri = "#"
    forge.references[-1].digest = b""
    placed = next(parse(forge.sign(lab.template)).iter(f"{{{DS}}}KeyInfo"))
    forge.references[-1].digest = hashlib.sha256(c14n(placed, C14N_10)).digest()
    assert code_of(lab, forge) == "signature-coverage"


def _old(serial: int) -> str:
    return (
        f"<x:IssuerSerial><ds:X509IssuerName>CN=Lab Sub CA</ds:X509IssuerName><ds:X509SerialNumber>{serial}"
        "</ds:X509SerialNumber></x:IssuerSerial>"
    )


def _new(serial: int, issuer: asn1crypto.x509.Name) -> str:
    name = asn1crypto.x509.GeneralName("directory_name", issuer)
    der = asn1crypto.tsp.IssuerSerial({"issuer": [name], "serial_number": serial}).dump()
    return f"<x:IssuerSerialV2>{b64encode(der).decode()}</x:IssuerSerialV2>"


def _named(lab: Lab, version: str, more: int = 0) -> Forge:
    certificate = lab.ec.certificate
    serial = certificate.serial_number + more
    if version == "old":
        return xades(
            lab,
            lambda text: text.replace("</x:CertDigest>", f"</x:CertDigest>{_old(serial)}").replace(
                "SigningCertificateV2", "SigningCertificate"
            ),
        )
    issuer = asn1crypto.x509.Certificate.load(der_of(certificate)).issuer
    return xades(lab, lambda text: text.replace("</x:CertDigest>", f"</x:CertDigest>{_new(serial, issuer)}"))


@pytest.mark.parametrize("version", ["old", "new"])
def test_the_issuer_and_serial_number_may_stand_beside_the_digest(version, lab):
    """SigningCertificate must name them (XAdES 1.3.2), SigningCertificateV2 may: most signers write them."""
    assert verified(lab, _named(lab, version)).signer.agency_code == "H99.01"


@pytest.mark.parametrize("version", ["old", "new"])
def test_the_serial_number_of_another_certificate_is_refused(version, lab):
    """What stands beside the digest is held against the same certificate."""
    assert code_of(lab, _named(lab, version, more=1)) == "signature-invalid"
