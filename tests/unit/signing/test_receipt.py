"""Receipts: one canonical form, one JWS that strangers can check, and no one else's word."""

import json
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import jwt
import msgspec
import pytest
import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey
from msgspec.structs import replace

from signing.certificates import TrustAnchors
from signing.errors import Untrusted
from signing.keys import KeyUnreadable, der_of, fingerprint
from signing.lab import KeyKind, LabPki, Validity
from signing.receipt import (
    _REGISTRY,
    MEDIA_TYPE,
    OPENING_STEPS,
    KeySealer,
    Origin,
    PackageReference,
    Reason,
    Receipt,
    canonical,
    open_receipt,
)

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
RECEIPTS = st.builds(
    Receipt,
    id=TEXT,
    event=TEXT,
    at=st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - zone given apart
    hub=TEXT,
    package=st.builds(PackageReference, id=TEXT, document_id=TEXT, sha256=TEXT, size=st.integers(0, 2**53 - 1)),
    sender=TEXT,
    origin=st.sampled_from(Origin),
    nonce=TEXT,
    recipient=st.none() | TEXT,
    delivery=st.none() | TEXT,
    signer_certificate_sha256=st.none() | TEXT,
    reason=st.none() | st.builds(Reason, code=TEXT, text=TEXT),
)


@pytest.fixture(scope="module")
def receipt(now):
    return Receipt(
        id="01943c7e-0000-7000-8000-000000000001",
        event="ContentHandover",
        at=now,
        hub="H99",
        package=PackageReference(
            "01943c7e-0000-7000-8000-000000000002", "H99.01,2026/12/01,125/BC-SM", "ab" * 32, 8075
        ),
        sender="H99.01",
        recipient="H99.02",
        delivery="01943c7e-0000-7000-8000-000000000003",
        origin=Origin.SIGNATURE,
        signer_certificate_sha256="cd" * 32,
        nonce="c2FsdA",
    )


@pytest.fixture(scope="module")
def sealed(receipt, hub):
    return KeySealer(hub.key, hub.chain).seal(receipt)


def refusal_of(sealed, anchors, at=None):
    with pytest.raises(Untrusted) as refusal:
        open_receipt(sealed, anchors=anchors, at=at)
    verdict = refusal.value
    assert len(verdict.report) == len(OPENING_STEPS)
    return verdict.code, OPENING_STEPS[verdict.step - 1]


@given(RECEIPTS)
def test_the_canonical_form_is_that_of_rfc_8785(receipt):
    """Our canonical bytes are those of a library written for nothing else."""
    assert canonical(receipt) == rfc8785.dumps(msgspec.to_builtins(receipt))


@given(RECEIPTS)
def test_a_receipt_survives_its_own_bytes(receipt):
    """Decoding the canonical bytes gives the same receipt and the same bytes again."""
    again = msgspec.json.decode(canonical(receipt), type=Receipt)
    assert again == receipt
    assert canonical(again) == canonical(receipt)


def test_a_receipt_has_exactly_the_fields_of_the_contract(receipt):
    """The field names are those that clients are written against, absent values are null."""
    fields = json.loads(canonical(receipt))
    assert set(fields) == {
        *("id", "event", "at", "hub", "package", "sender", "recipient", "delivery"),
        *("origin", "signer_certificate_sha256", "reason", "nonce"),
    }
    assert set(fields["package"]) == {"id", "document_id", "sha256", "size"}
    assert fields["reason"] is None
    assert fields["at"] == "2026-12-01T08:00:00Z"


def test_the_time_of_a_receipt_is_aware_utc(receipt):
    """A local or naive time is a mistake of the caller."""
    with pytest.raises(ValueError, match="UTC"):
        replace(receipt, at=datetime(2026, 12, 1))  # noqa: DTZ001 - the fault under test


def test_an_opened_receipt_says_what_was_sealed(sealed, receipt, anchors, hub):
    """Opening returns the receipt, the hub's certificate and a report of every step."""
    opened = open_receipt(sealed, anchors=anchors)
    assert opened.receipt == receipt
    assert opened.signer.sha256 == fingerprint(hub.certificate)
    assert [(step.step, step.name) for step in opened.report] == list(enumerate(OPENING_STEPS, 1))


def test_another_jose_library_verifies_a_receipt(sealed, receipt):
    """PyJWT, which did not sign it, verifies it with the certificate in its header."""
    header = jwt.get_unverified_header(sealed)
    certificate = x509.load_pem_x509_certificate(
        f"-----BEGIN CERTIFICATE-----\n{header['x5c'][0]}\n-----END CERTIFICATE-----".encode()
    )
    assert header["typ"] == MEDIA_TYPE
    assert jwt.api_jws.decode(sealed, certificate.public_key(), algorithms=["ES256"]) == canonical(receipt)


def test_the_time_of_the_header_is_that_of_the_receipt(sealed, receipt):
    """`iat` is the second of the receipt's own time."""
    assert jwt.get_unverified_header(sealed)["iat"] == int(receipt.at.timestamp())


def test_a_receipt_outlives_the_hubs_certificate(pki, receipt, anchors, now):
    """A receipt is judged at its own time unless another is asked for."""
    short = pki.hub("H99", validity=Validity(now - timedelta(days=1), now + timedelta(days=1)))
    sealed = KeySealer(short.key, short.chain).seal(receipt)
    assert open_receipt(sealed, anchors=anchors)
    assert refusal_of(sealed, anchors, now + timedelta(days=2)) == ("certificate-expired", "certificate")


def test_an_agency_cannot_write_receipts(agency_ec, receipt, anchors):
    """A certificate of the same authority that is not the hub's signs no receipt."""
    forged = KeySealer(agency_ec.key, agency_ec.chain).seal(receipt)
    assert refusal_of(forged, anchors) == ("certificate-untrusted", "entitlement")


def test_a_hub_cannot_write_receipts_of_another(pki, receipt, anchors):
    """The certificate must name the very hub that the receipt names."""
    other = pki.hub("H98")
    assert refusal_of(KeySealer(other.key, other.chain).seal(receipt), anchors)[1] == "entitlement"


def test_a_pinned_certificate_is_entitled_by_being_an_anchor(pki, receipt, now):
    """Where the hub's own certificate is the anchor, no alternative name is needed."""
    plain = pki.agency("H99", "Trục")
    sealed = KeySealer(plain.key, plain.chain).seal(receipt)
    assert open_receipt(sealed, anchors=TrustAnchors([plain.certificate]))


def test_an_unknown_authority_is_not_believed(sealed, now):
    """A receipt below another root is refused."""
    stranger = TrustAnchors([LabPki.create(now, kind=KeyKind.EC_P256).root.certificate])
    assert refusal_of(sealed, stranger) == ("certificate-untrusted", "certificate")


def test_no_changed_character_is_accepted(sealed, anchors):
    """Whatever character of a receipt is changed, it is refused: a receipt has one spelling."""
    for position, character in enumerate(sealed):
        other = "B" if character == "A" else "A"
        with pytest.raises(Untrusted):
            open_receipt(sealed[:position] + other + sealed[position + 1 :], anchors=anchors)


def resealed(hub, receipt, *, payload=None, **header):
    """Sign a receipt with a header of the test's choice."""
    chain = [b64encode(der_of(one)).decode() for one in hub.chain]
    fields = {"alg": "ES256", "typ": MEDIA_TYPE, "iat": int(receipt.at.timestamp()), "x5c": chain}
    fields.update(header)
    fields = {name: value for name, value in fields.items() if value is not None}
    head = urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=")
    body = urlsafe_b64encode(canonical(receipt) if payload is None else payload).rstrip(b"=")
    r, s = decode_dss_signature(hub.key.sign(head + b"." + body, ec.ECDSA(hashes.SHA256())))
    value = urlsafe_b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).rstrip(b"=")
    return b".".join((head, body, value)).decode()


@pytest.mark.parametrize(
    "header, code",
    [
        ({"alg": "none"}, "signature-algorithm-forbidden"),
        ({"alg": "HS256"}, "signature-algorithm-forbidden"),
        ({"alg": "ES384"}, "signature-algorithm-forbidden"),
        ({"typ": "JWT"}, "signature-invalid"),
        ({"typ": None}, "signature-invalid"),
        ({"iat": None}, "signature-invalid"),
        ({"iat": "x"}, "signature-invalid"),
        ({"iat": True}, "signature-invalid"),
        ({"x5c": None}, "signature-invalid"),
        ({"x5c": []}, "signature-invalid"),
        ({"x5c": ["*"]}, "signature-invalid"),
        ({"x5c": [1]}, "signature-invalid"),
        ({"x5c": ["QUJD"]}, "certificate-untrusted"),
        ({"x5c": ["QUJD"] * 6}, "signature-invalid"),
        ({"jwk": {"kty": "EC"}}, "signature-invalid"),
        ({"jku": "http://127.0.0.1:9/"}, "signature-invalid"),
        ({"crit": ["b64"], "b64": False}, "signature-invalid"),
    ],
)
def test_a_header_of_another_kind_is_refused(header, code, hub, receipt, anchors):
    """Only the header of a receipt opens: no other algorithm, type, key source or critical extension."""
    assert refusal_of(resealed(hub, receipt, **header), anchors) == (code, "header")


def test_the_honest_reseal_opens(hub, receipt, anchors):
    """The helper above makes a good receipt when nothing is changed: the refusals are about what was changed."""
    assert open_receipt(resealed(hub, receipt), anchors=anchors).receipt == receipt


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b"\xff", b'{"id":1}', b"null"])
def test_a_payload_that_is_no_receipt_is_refused(payload, hub, receipt, anchors):
    """The hub's signature over something else makes no receipt."""
    code, step = refusal_of(resealed(hub, receipt, payload=payload), anchors)
    assert (code, step) in {("signature-invalid", "statement"), ("signature-invalid", "form")}


def test_a_receipt_in_another_spelling_is_refused(hub, receipt, anchors):
    """The payload must be canonical, with the header's time, and no field beside those of the contract."""
    loose = json.dumps(json.loads(canonical(receipt))).encode()
    more = canonical(receipt).replace(b'{"at"', b'{"aa":1,"at"')
    for payload in (loose, more):
        assert refusal_of(resealed(hub, receipt, payload=payload), anchors) == ("signature-invalid", "statement")
    assert refusal_of(resealed(hub, receipt, iat=1), anchors) == ("signature-invalid", "statement")


@pytest.mark.parametrize(
    "sealed", ["", ".", "..", "a.b", "a.b.c.d", "a.b.c", "é.b.c", "A" * 70_000, "e30.e30." + "A" * 86]
)
def test_garbage_is_no_receipt(sealed, anchors):
    """Anything that is no compact JWS ends as a refusal."""
    assert refusal_of(sealed, anchors)[0] in {"signature-invalid", "signature-algorithm-forbidden"}


def test_joserfc_reads_its_own_receipt(sealed, hub, receipt):
    """The library that signed it verifies it too, given a registry that knows `iat`."""
    key = ECKey.import_key(hub.certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert jws.deserialize_compact(sealed, key, registry=_REGISTRY).payload == canonical(receipt)


def test_only_p256_seals(agency_rsa, agency_ec, hub):
    """Receipts are ES256: other keys and foreign certificates are refused when the hub starts."""
    with pytest.raises(KeyUnreadable, match="P-256"):
        KeySealer(agency_rsa.key, agency_rsa.chain)
    with pytest.raises(KeyUnreadable, match="does not belong"):
        KeySealer(hub.key, agency_ec.chain)
