"""Whether a client certificate was revoked, by the evidence of the moment."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.client_certificates import ClientCertificate, ClientCertificates
from hub.trouble import Refusal
from signing.keys import der_of, fingerprint
from signing.lab import Identity, KeyKind, LabPki
from signing.lab_revocation import crl
from signing.revocation import Revocation, RevocationEvidence, Revoked
from signing.revocation_reading import read_crl

NOW = datetime.now(UTC)
PKI = LabPki.create(NOW, kind=KeyKind.EC_P256)
GOOD, BAD = PKI.agency("a", "A"), PKI.agency("b", "B")
NAMING = read_crl(crl(PKI.subordinate, NOW, {BAD.certificate.serial_number: Revoked(NOW - timedelta(1), "superseded")}))


def _certificate(identity: Identity) -> ClientCertificate:
    return ClientCertificate(fingerprint(identity.certificate), der_of(identity.certificate))


def _required(*lists) -> Revocation:
    return Revocation.required(RevocationEvidence.of(lists))


def test_a_list_that_names_it():
    """A certificate that a list of its issuer names is nobody's; the next one in that list's issuer's hands is good."""
    certificates = ClientCertificates(lambda: _required(NAMING))
    with pytest.raises(Refusal) as caught:
        certificates.require_good(_certificate(BAD))
    assert caught.value.code == "authentication-failed"
    certificates.require_good(_certificate(GOOD))


def test_new_evidence_counts_at_once():
    """What was said of a certificate is asked again as soon as there is other evidence."""
    held = [_required()]
    certificates = ClientCertificates(lambda: held[0])
    certificates.require_good(_certificate(BAD))
    held[0] = _required(NAMING)
    with pytest.raises(Refusal):
        certificates.require_good(_certificate(BAD))


def test_the_same_number_of_another_authority():
    """A serial number counts together with its issuer only."""
    other = LabPki.create(NOW, kind=KeyKind.EC_P256).root
    foreign = read_crl(crl(other, NOW, {BAD.certificate.serial_number: Revoked(NOW - timedelta(1), "superseded")}))
    assert str(other.certificate.subject) != str(PKI.subordinate.certificate.subject)
    ClientCertificates(lambda: _required(foreign)).require_good(_certificate(BAD))


@pytest.mark.parametrize("der", [b"", b"\x30\x80", b"\x30\x03\x02\x01\x01", bytes(100)])
def test_what_is_no_certificate_is_named_by_none(der):
    """Whatever a proxy passes on, asking about it never fails."""
    ClientCertificates(lambda: _required(NAMING)).require_good(ClientCertificate("0" * 64, der))


def test_without_evidence_nothing_is_asked():
    """Where revocation is not required nobody is kept out by it."""
    ClientCertificates(lambda: None).require_good(_certificate(BAD))
