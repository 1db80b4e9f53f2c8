"""Which certificates are believed, at which moment, and for how long the answer is remembered."""

from datetime import timedelta

import pytest

from signing.certificates import TrustAnchors
from signing.errors import Untrusted
from signing.keyinfo import Embedded
from signing.keys import KeyUnreadable, der_of, fingerprint, is_intermediate, load_certificates
from signing.lab import Authority, Identity, KeyKind, LabPki, Validity, distinguished_name
from signing.memo import Memo
from signing.sign import sign
from signing.verify import verify
from tests.unit.signing.conftest import Registrations
from tests.unit.signing.pkix import code_of, verify_by
from tests.vectors.signatures.documents import package
from tests.vectors.signatures.forge import parse


def test_an_expired_certificate_has_its_own_code(pki, anchors, now):
    """A certificate that ended before the receipt is refused as expired."""
    identity = pki.agency("H99.01", "Sở Mẫu", validity=Validity.ended_before(now))
    assert code_of(identity, anchors, now) == "certificate-expired"


def test_a_certificate_of_tomorrow_has_its_own_code(pki, anchors, now):
    """A certificate that begins after the receipt is refused as not yet valid."""
    identity = pki.agency("H99.01", "Sở Mẫu", validity=Validity.beginning_after(now))
    assert code_of(identity, anchors, now) == "certificate-not-yet-valid"


@pytest.mark.parametrize(
    "usage", [frozenset({"key_encipherment"}), frozenset(), frozenset({"key_agreement", "crl_sign"})]
)
def test_a_certificate_for_something_else_has_its_own_code(usage, pki, anchors, now):
    """Without digitalSignature or nonRepudiation a certificate signs no package."""
    assert code_of(pki.agency("H99.01", "Sở Mẫu", usage=usage), anchors, now) == "certificate-usage"


@pytest.mark.parametrize("usage", ["digital_signature", "content_commitment"])
def test_either_signing_usage_is_enough(usage, pki, anchors, now):
    """DigitalSignature alone or nonRepudiation alone is enough."""
    assert verify_by(pki.agency("H99.01", "Sở Mẫu", usage=frozenset({usage})), anchors, now)


def test_an_authority_signs_no_package(pki, anchors, now):
    """The certificate of an authority is refused as a seal."""
    authority = pki.subordinate
    assert code_of(Identity(authority.key, authority.chain), anchors, now) == "certificate-usage"


def test_a_self_signed_certificate_is_not_trusted(pki, anchors, now):
    """A registered but self-signed certificate leads to no anchor."""
    assert code_of(pki.self_signed("H99.01", "Sở Mẫu"), anchors, now) == "certificate-untrusted"


def test_a_certificate_of_another_authority_is_not_trusted(anchors, now):
    """A registered certificate under an unknown root leads to no anchor."""
    stranger = LabPki.create(now, kind=KeyKind.EC_P256).agency("H99.01", "Sở Mẫu")
    assert code_of(stranger, anchors, now) == "certificate-untrusted"


def test_an_issuer_of_the_same_name_with_another_key_is_not_trusted(pki, anchors, now):
    """A chain whose authority only carries the right name is refused."""
    double = Authority.root("Trục liên thông - Lab Root CA", pki.validity, KeyKind.EC_P256)
    subordinate = double.subordinate("Trục liên thông - Lab Sub CA", pki.validity)
    identity = subordinate.issue(distinguished_name("Sở Mẫu", "H99.01"), pki.validity)
    assert code_of(identity, anchors, now) == "certificate-untrusted"


def test_the_path_length_of_an_authority_is_kept(pki, anchors, now):
    """Below an authority that may issue leaves only, another authority is worth nothing."""
    deeper = pki.subordinate.subordinate("Too deep", pki.validity)
    identity = deeper.issue(distinguished_name("Sở Mẫu", "H99.01"), pki.validity)
    assert code_of(identity, anchors, now) == "certificate-untrusted"


def test_a_leaf_cannot_issue(pki, agency_ec, anchors, now):
    """A certificate issued with an agency's own key is worth nothing."""
    false_authority = Authority(agency_ec.key, agency_ec.certificate, agency_ec.chain)
    identity = false_authority.issue(distinguished_name("Sở Giả", "H99.01"), pki.validity)
    assert code_of(identity, anchors, now) == "certificate-untrusted"


def test_an_expired_authority_ends_its_leaves(pki, anchors, now):
    """A valid leaf below an expired authority is refused as expired."""
    old = pki.root.subordinate("Old CA", Validity.ended_before(now))
    identity = old.issue(distinguished_name("Sở Mẫu", "H99.01"), pki.validity)
    assert code_of(identity, anchors, now) == "certificate-expired"


def test_an_authority_of_tomorrow_has_no_leaves_today(pki, anchors, now):
    """A valid leaf below an authority that is not valid yet is refused as not yet valid."""
    new = pki.root.subordinate("New CA", Validity.beginning_after(now))
    identity = new.issue(distinguished_name("Sở Mẫu", "H99.01"), pki.validity)
    assert code_of(identity, anchors, now) == "certificate-not-yet-valid"


def test_a_missing_intermediate_is_not_trusted_unless_configured(pki, agency_ec, anchors, now):
    """A package with the leaf alone verifies only where the intermediate is configured."""
    alone = agency_ec.chain[:1]
    assert code_of(agency_ec, anchors, now, chain=alone) == "certificate-untrusted"
    configured = TrustAnchors([pki.root.certificate], intermediates=[pki.subordinate.certificate])
    assert verify_by(agency_ec, configured, now, chain=alone)


def test_a_suspended_registration_is_not_trusted(agency_ec, anchors, now):
    """A certificate whose registration is suspended signs no package."""
    registry = Registrations()
    registry.add(agency_ec, is_suspended=True)
    data = sign(package().replace("{SIG}", "").encode(), agency_ec.key, agency_ec.chain)
    with pytest.raises(Untrusted, match="suspended"):
        verify(parse(data), registry=registry, anchors=anchors, at=now)


def test_errors_of_the_registry_pass_through(agency_ec, anchors, now):
    """A registry that cannot answer is no verdict on the package."""

    class Broken:
        def registered(self, certificate_sha256):
            raise ConnectionError("the store is down")

    data = sign(package().replace("{SIG}", "").encode(), agency_ec.key, agency_ec.chain)
    with pytest.raises(ConnectionError):
        verify(parse(data), registry=Broken(), anchors=anchors, at=now)


# --- the memory of paths ---


def load(anchors, identity):
    return [anchors.load(Embedded(der_of(one), fingerprint(one))) for one in identity.chain]


def test_a_checked_path_is_remembered_for_its_lifetime(agency_ec, anchors, now):
    """Within a minute the same chain gives the very same path; after it the path is built anew."""
    leaf, above = load(anchors, agency_ec)
    first = anchors.check(leaf, (above,), at=now)
    assert anchors.check(leaf, (above,), at=now + timedelta(seconds=59)) is first
    later = anchors.check(leaf, (above,), at=now + timedelta(seconds=60))
    assert later is not first
    assert later.chain == first.chain


def test_a_remembered_path_says_nothing_about_the_past(agency_ec, anchors, now):
    """A moment before the remembered check is checked for itself."""
    leaf, above = load(anchors, agency_ec)
    anchors.check(leaf, (above,), at=now)
    with pytest.raises(Untrusted, match="valid only from"):
        anchors.check(leaf, (above,), at=now - timedelta(days=30))


def test_a_remembered_path_ends_with_its_certificates(pki, anchors, now):
    """A certificate that expires within the lifetime of the memory is refused from that second on."""
    short = Validity(now - timedelta(days=1), now + timedelta(seconds=30))
    leaf, above = load(anchors, pki.agency("H99.01", "Sở Mẫu", validity=short))
    path = anchors.check(leaf, (above,), at=now)
    assert path.not_after == short.not_after
    with pytest.raises(Untrusted, match="expired"):
        anchors.check(leaf, (above,), at=now + timedelta(seconds=30))


def test_the_path_runs_from_the_leaf_to_the_anchor(pki, agency_ec, anchors, now):
    """A path holds every certificate that was believed on the way."""
    leaf, above = load(anchors, agency_ec)
    path = anchors.check(leaf, (above,), at=now)
    assert path.chain == tuple(map(der_of, (*agency_ec.chain, pki.root.certificate)))


def test_a_refusal_is_not_remembered_as_trust(pki, agency_ec, now):
    """A chain refused without its intermediate is accepted when it comes with it."""
    anchors = TrustAnchors([pki.root.certificate])
    leaf, above = load(anchors, agency_ec)
    with pytest.raises(Untrusted):
        anchors.check(leaf, (), at=now)
    assert anchors.check(leaf, (above,), at=now)


def test_a_memo_forgets_its_oldest_entry():
    """A memo never holds more than its capacity."""
    memo = Memo(2)
    for number in range(4):
        memo.put(number, number)
    memo.put(2, 20)
    memo.put(5, 5)
    assert [memo.get(number) for number in range(6)] == [None, None, 20, None, None, 5]


def test_a_file_without_a_certificate_is_a_mistake():
    """A file of certificates that holds none is refused when it is read."""
    with pytest.raises(KeyUnreadable):
        load_certificates(b"not a certificate")


def test_who_stands_between(pki, agency_ec):
    """Only an authority that another one certified stands between a certificate and a root."""
    assert is_intermediate(pki.subordinate.certificate)
    assert not is_intermediate(pki.root.certificate)
    assert not is_intermediate(agency_ec.certificate)
