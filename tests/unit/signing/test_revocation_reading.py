"""CRLs and OCSP responses from bytes: what is usable, and what is refused at reading."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from signing.lab import Authority, KeyKind
from signing.lab_revocation import crl, ocsp_answer
from signing.revocation import Revoked
from signing.revocation_reading import RevocationUnreadable, is_signed_by, read_crl, read_ocsp
from tests.unit.signing.pkix import HOUR, entry
from tests.unit.signing.test_revocation import distribution


def test_a_list_is_read_whole(pki, agency_ec, now):
    """Issuer, number, times, and every entry with its time and reason."""
    read = read_crl(crl(pki.subordinate, now, entry(agency_ec.certificate, now - HOUR, "superseded"), number=7))
    assert read.issuer_name == pki.subordinate.certificate.subject.rfc4514_string()
    assert (read.number, read.this_update, read.next_update) == (7, now, now + timedelta(days=7))
    assert read.entry(agency_ec.certificate.serial_number) == Revoked(now - HOUR, "superseded")
    assert read.entry(1) is None


def test_pem_and_der_are_the_same_list(pki, now):
    """A list in PEM form is read as the DER inside it."""
    der = crl(pki.root, now)
    pem = x509.load_der_x509_crl(der).public_bytes(Encoding.PEM)
    assert read_crl(pem).sha256 == read_crl(der).sha256


def test_an_entry_without_a_reason_is_revoked_all_the_same(pki, now):
    """RFC 5280 leaves the reason out rather than writing "unspecified"."""
    read = read_crl(crl(pki.root, now, {5: Revoked(now, "unspecified")}))
    assert read.entry(5) == Revoked(now, "unspecified")


def test_only_its_issuer_signed_a_list(pki, now):
    """The key of the authority that issued it, no other of whatever kind."""
    read = read_crl(crl(pki.subordinate, now))
    assert is_signed_by(read, pki.subordinate.key.public_key())
    assert not is_signed_by(read, pki.root.key.public_key())
    rsa = Authority.root("RSA", pki.validity, KeyKind.RSA_2048)
    assert not is_signed_by(read, rsa.key.public_key())


@pytest.mark.parametrize(
    "value, is_critical, sentence",
    [
        (x509.DeltaCRLIndicator(1), True, "delta"),
        (distribution(indirect_crl=True), True, "Indirect"),
        (distribution(only_contains_attribute_certs=True), True, "Indirect"),
        (
            x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00"),
            True,
            "unknown critical",
        ),
    ],
    ids=["delta", "indirect", "attributes", "unknown-duty"],
)
def test_a_list_of_another_kind_is_refused(value, is_critical, sentence, pki, now):
    """What speaks for others, or in part, or with an unknown duty, is not read as a complete list."""
    with pytest.raises(RevocationUnreadable, match=sentence):
        read_crl(crl(pki.root, now, extensions=((value, is_critical),)))


def test_an_unknown_remark_is_harmless(pki, now):
    """An unknown extension that is not critical changes nothing."""
    remark = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.1"), b"\x05\x00")
    assert read_crl(crl(pki.root, now, extensions=((remark, False),)))


def test_an_error_of_the_responder_is_no_answer():
    """`tryLater` says nothing about a certificate."""
    later = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    with pytest.raises(RevocationUnreadable, match="TRY_LATER"):
        read_ocsp(later.public_bytes(Encoding.DER))


def test_an_answer_is_read_whole(pki, agency_ec, now):
    """Serial number, times, and the revocation."""
    read = read_ocsp(ocsp_answer(pki.subordinate, agency_ec.certificate, now, Revoked(now - HOUR, "keyCompromise")))
    assert read.serial == agency_ec.certificate.serial_number
    assert read.revoked == Revoked(now - HOUR, "keyCompromise")
    assert read.next_update == now + timedelta(hours=12)


@pytest.mark.parametrize("read", [read_crl, read_ocsp])
@given(data=st.binary(max_size=200))
def test_garbage_is_refused_by_one_error(read, data):
    """Whatever the bytes, the error is the one that callers know."""
    with pytest.raises(RevocationUnreadable):
        read(data)


@given(position=st.integers(min_value=0), value=st.integers(min_value=1, max_value=255))
def test_a_changed_byte_is_refused_or_unsigned(position, value, samples):
    """Every list with one byte changed is unreadable, or not signed by its issuer any more."""
    authority, der = samples
    changed = bytearray(der)
    changed[position % len(der)] ^= value
    try:
        read = read_crl(bytes(changed))
    except RevocationUnreadable:
        return
    assert not is_signed_by(read, authority.key.public_key())


@pytest.fixture(scope="module")
def samples(pki, now):
    """An authority and a list of its."""
    return pki.subordinate, crl(pki.subordinate, now, {7: Revoked(now, "superseded")})
