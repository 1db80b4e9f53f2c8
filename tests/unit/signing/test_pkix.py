"""Paths through hierarchies as they are in the field: cross-signed, rolled over, limited, weak; RFC 5280, section 6."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from signing.errors import Untrusted
from signing.lab import Authority, KeyKind, Validity, distinguished_name, new_key
from signing.lab_revocation import crl
from signing.sign import sign
from signing.verify import verify
from tests.unit.signing.conftest import Registrations
from tests.unit.signing.pkix import HOUR, anchored, code_of, entry, lists_of, required, verdict_of, verify_by
from tests.vectors.signatures.documents import package
from tests.vectors.signatures.forge import parse

UNKNOWN = x509.ObjectIdentifier("1.3.6.1.4.1.99999.1")


@pytest.fixture(scope="module")
def other(now):
    """A second hierarchy."""
    return Authority.root("Another Root CA", Validity.around(now), KeyKind.EC_P256)


def leaf_of(authority, pki, **choices):
    return authority.issue(distinguished_name("Sở Mẫu", "H99.01"), pki.validity, **choices)


# --- cross-signed ---


@pytest.fixture(scope="module")
def bridge(pki, other):
    """The certificate by which the other root vouches for our subordinate authority."""
    return other.cross_signed(pki.subordinate, pki.validity)


def test_a_cross_signed_authority_leads_to_either_anchor(agency_ec, pki, other, bridge, now):
    """Who believes the other root alone reaches it through the cross certificate, configured or sent along."""
    leaf, own = agency_ec.chain
    assert code_of(agency_ec, anchored(other), now) == "certificate-untrusted"
    assert verify_by(agency_ec, anchored(other, intermediates=[bridge]), now)
    assert verify_by(agency_ec, anchored(other), now, chain=[leaf, bridge])
    assert verify_by(agency_ec, anchored(other), now, chain=[leaf, own, bridge])


def test_a_revoked_cross_certificate_closes_one_way_only(agency_ec, pki, other, bridge, now):
    """With both roots believed, the way that stays open is taken."""
    both = anchored(pki.root, other, intermediates=[bridge])
    of_other = crl(other, now, entry(bridge, now - HOUR))
    assert verify_by(agency_ec, both, now, revocation=required(*lists_of(pki, now), of_other))
    alone = anchored(other, intermediates=[bridge])
    verdict = code_of(agency_ec, alone, now, revocation=required(*lists_of(pki, now), of_other))
    assert verdict == "certificate-revoked"


def test_a_revoked_leaf_is_revoked_on_every_way(agency_ec, pki, other, bridge, now):
    """The leaf on its issuer's list is refused as revoked, though nothing is known of the other way."""
    both = anchored(pki.root, other, intermediates=[bridge])
    lists = lists_of(pki, now, entry(agency_ec.certificate, now - HOUR))
    assert code_of(agency_ec, both, now, revocation=required(*lists)) == "certificate-revoked"


def test_missing_evidence_is_told_before_a_revoked_authority(agency_ec, pki, other, bridge, now):
    """One way ends at a revoked authority, of the other nothing is known: that may still come."""
    both = anchored(pki.root, other, intermediates=[bridge])
    of_root, of_subordinate = lists_of(pki, now, entry(pki.subordinate.certificate, now - HOUR))
    revocation = required(of_root, of_subordinate)
    assert code_of(agency_ec, both, now, revocation=revocation) == "revocation-unavailable"


# --- rolled over ---


def test_an_old_leaf_is_believed_by_the_new_root(pki, now):
    """After a root changed its key, the old key certified by the new one carries the old certificates."""
    old = Authority.root("Rolling Root CA", pki.validity, KeyKind.EC_P256)
    rolled = old.rolled_over(pki.validity)
    identity = leaf_of(old.subordinate("Sub CA", pki.validity), pki)
    assert code_of(identity, anchored(rolled.root), now) == "certificate-untrusted"
    assert verify_by(identity, anchored(rolled.root, intermediates=[rolled.old_by_new]), now)


def test_a_new_leaf_is_believed_by_the_old_root(pki, now):
    """Who still believes the old root reaches it through the new key certified by the old one."""
    old = Authority.root("Rolling Root CA", pki.validity, KeyKind.EC_P256)
    rolled = old.rolled_over(pki.validity)
    identity = leaf_of(rolled.root.subordinate("Sub CA", pki.validity), pki)
    assert code_of(identity, anchored(old), now) == "certificate-untrusted"
    assert verify_by(identity, anchored(old, intermediates=[rolled.new_by_old]), now)


def test_a_rolled_over_authority_signs_lists_with_its_new_key(pki, now):
    """A subordinate authority with a new key speaks for what it issued under the old one (RFC 5280, 5)."""
    old = pki.root.subordinate("Rolling CA", pki.validity)
    new = pki.root.subordinate("Rolling CA", pki.validity)
    identity = leaf_of(old, pki)
    of_root = crl(pki.root, now)
    anchors = anchored(pki.root, intermediates=[old.certificate, new.certificate])
    assert verify_by(identity, anchors, now, revocation=required(of_root, crl(new, now)))
    revoking = required(of_root, crl(new, now, entry(identity.certificate, now - HOUR)))
    assert code_of(identity, anchors, now, revocation=revoking) == "certificate-revoked"


# --- limits ---


def test_a_path_within_its_length_is_believed(pki, anchors, now):
    """Authorities as deep as each allows, and one deeper."""
    first = pki.root.subordinate("First", pki.validity, path_length=1)
    second = first.subordinate("Second", pki.validity, path_length=0)
    third = second.subordinate("Third", pki.validity, path_length=0)
    assert verify_by(leaf_of(second, pki), anchors, now)
    assert code_of(leaf_of(third, pki), anchors, now) == "certificate-untrusted"


def test_name_constraints_admit_what_lies_below_them(pki, anchors, now):
    """An authority limited to a branch of names issues inside it and not outside."""
    branch = x509.Name(list(distinguished_name("x"))[:2])  # country and organisation of the laboratory
    elsewhere = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Elsewhere")])
    inside = pki.root.subordinate("Inside", pki.validity, only_below=branch)
    outside = pki.root.subordinate("Outside", pki.validity, only_below=elsewhere)
    assert verify_by(leaf_of(inside, pki), anchors, now)
    assert code_of(leaf_of(outside, pki), anchors, now) == "certificate-untrusted"


def test_an_unknown_critical_extension_is_refused(pki, anchors, now):
    """A duty that nobody here understands cannot be met."""
    assert code_of(leaf_of(pki.subordinate, pki, duty=UNKNOWN), anchors, now) == "certificate-usage"


def test_an_unknown_duty_of_an_authority_is_refused(pki, anchors, now):
    """The same holds above the leaf."""
    key = new_key(KeyKind.EC_P256)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(distinguished_name("Dutiful CA"))
        .issuer_name(pki.root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(pki.validity.not_before)
        .not_valid_after(pki.validity.not_after)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.UnrecognizedExtension(UNKNOWN, b"\x05\x00"), critical=True)
        .sign(pki.root.key, pki.root.certificate.signature_hash_algorithm)
    )
    identity = leaf_of(Authority(key, certificate, (certificate,)), pki)
    assert code_of(identity, anchors, now) == "certificate-untrusted"


# --- strength ---


@pytest.mark.parametrize("place", ["root", "subordinate"])
def test_a_weak_key_anywhere_on_the_path_is_refused(place, pki, now):
    """RSA of 1024 bits in an intermediate or in the anchor itself is as weak as in the leaf."""
    root = Authority.root("Root", pki.validity, KeyKind.RSA_1024_WEAK if place == "root" else KeyKind.EC_P256)
    kind = KeyKind.RSA_1024_WEAK if place == "subordinate" else KeyKind.EC_P256
    identity = leaf_of(root.subordinate("Sub", pki.validity, kind), pki)
    assert code_of(identity, anchored(root), now) == "signature-algorithm-forbidden"


def test_an_authority_on_a_curve_outside_the_policy_is_refused(pki, now):
    """A path over secp256k1 holds mathematically and is refused by name."""
    strange = ec.generate_private_key(ec.SECP256K1())
    name = distinguished_name("Strange CA")
    template = Authority(pki.root.key, pki.root.certificate).cross_signed(
        Authority(strange, _named(name, strange, pki.validity)), pki.validity
    )
    identity = leaf_of(Authority(strange, template, (template,)), pki)
    verdict = verdict_of(identity, anchored(pki.root), now)
    assert verdict.code == "signature-algorithm-forbidden"
    assert "secp256k1" in verdict.detail_en


def _named(name, key, validity):
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity.not_before)
        .not_valid_after(validity.not_after)
        .sign(key, hashes.SHA256())
    )


# --- overlapping certificates of one agency ---


def test_two_certificates_of_one_agency_overlap(pki, anchors, now):
    """During a rotation both the old and the new seal are believed; each ends by itself."""
    old = pki.agency("H99.01", "Sở Mẫu", validity=Validity(now - timedelta(days=700), now + timedelta(days=20)))
    new = pki.agency("H99.01", "Sở Mẫu", validity=Validity(now - timedelta(days=1), now + timedelta(days=729)))
    for identity in (old, new):
        assert verify_by(identity, anchors, now).signer.agency_code == "H99.01"
    later = now + timedelta(days=30)
    assert code_of(old, anchors, later) == "certificate-expired"
    assert verify_by(new, anchors, later)


def test_a_renewed_certificate_for_the_same_key_must_be_registered_itself(pki, anchors, now):
    """The same key certified again is another certificate: its registration is its own."""
    first = pki.agency("H99.01", "Sở Mẫu")
    again = pki.subordinate.issue(first.certificate.subject, pki.validity, key=first.key)
    registry = Registrations()
    registry.add(first)
    data = sign(package().replace("{SIG}", "").encode(), again.key, again.chain)
    with pytest.raises(Untrusted, match="exactly one registered certificate"):
        verify(parse(data), registry=registry, anchors=anchors, at=now)
