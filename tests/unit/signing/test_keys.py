"""Reading keys and certificates, and saying what is wrong with them."""

from base64 import encodebytes

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from signing.keys import (
    KeyUnreadable,
    der_of,
    facts,
    fingerprint,
    load_certificates,
    load_private_key,
    pem_of_certificates,
    pem_of_key,
)


def test_a_key_survives_its_pem_form(agency_ec, agency_rsa):
    """A key written as PEM is read as the same key."""
    for identity in (agency_ec, agency_rsa):
        again = load_private_key(pem_of_key(identity.key))
        assert again.public_key() == identity.key.public_key()


def test_certificates_survive_their_pem_form(agency_ec):
    """A chain written as PEM is read in the same order."""
    assert load_certificates(pem_of_certificates(*agency_ec.chain)) == agency_ec.chain


@pytest.mark.parametrize("pem", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_key_is_reported_as_unreadable(pem):
    """Bytes that are no key raise `KeyUnreadable` and nothing else."""
    with pytest.raises(KeyUnreadable):
        load_private_key(pem)


def test_a_locked_key_needs_its_password(agency_ec):
    """An unlocked key with a password, and the reverse, are refused with a sentence."""
    with pytest.raises(KeyUnreadable):
        load_private_key(pem_of_key(agency_ec.key), b"password")


def test_an_edwards_key_does_not_sign_here():
    """Only RSA and elliptic curves of the policy sign packages and receipts."""
    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(KeyUnreadable, match="RSA or an elliptic curve"):
        load_private_key(pem)


def test_a_certificate_of_an_unknown_version_is_reported_as_unreadable(agency_ec):
    """X.509 knows versions 1 to 3; what calls itself another is refused like any damaged file."""
    der = der_of(agency_ec.certificate).replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)
    pem = b"-----BEGIN CERTIFICATE-----\n" + encodebytes(der) + b"-----END CERTIFICATE-----\n"
    with pytest.raises(KeyUnreadable):
        load_certificates(pem)


def test_the_facts_of_a_certificate_are_readable(agency_ec, agency_rsa):
    """Facts name subject, issuer, serial number, validity and kind of key."""
    known = facts(agency_ec.certificate)
    assert known.sha256 == fingerprint(agency_ec.certificate)
    assert "CN=Sở Mẫu" in known.subject
    assert "Lab Sub CA" in known.issuer
    assert int(known.serial, 16) == agency_ec.certificate.serial_number
    assert known.not_before < known.not_after
    assert known.key == "EC secp256r1"
    assert facts(agency_rsa.certificate).key == "RSA-2048"
