"""What another axis hands in: whose word counts, whom it goes to, and what goes in a circle."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec.structs import replace

from hub.accounts import Register, Snapshot
from hub.examine import Examined, Rules, Window, examine
from hub.package import SignatureResult
from hub.trouble import Refusal
from routing.values import Agency, Binding, SignaturePolicy, System
from schemas.edxml.compose import new_document
from schemas.edxml.document import TraceHeader
from schemas.edxml.encoding import encode
from schemas.edxml.times import WrittenTime
from signing.certificates import TrustAnchors
from signing.lab import LabPki
from signing.sign import sign
from signing.verify import RegisteredCertificate
from tests.unit.hub.values import NOW

UPSTREAM = System("up", "Trục trên", Binding.UPSTREAM, SignaturePolicy.TRANSPORT, reaches=("*",))
OWN = System("own", "Hệ thống", Binding.PULL)
AGENCIES = (
    Agency("H99.01", "Sở Một", system_id="own", old_codes=("000.00.01.H99",)),
    Agency("H99.02", "Sở Hai", system_id="own"),
    Agency("H99.03", "Sở Ba", system_id="own", is_suspended=True),
    Agency("G22", "Bộ", system_id="up"),
)
PKI = LabPki.create(NOW)
SIGNER = PKI.agency("G22", "Bộ")
FINGERPRINT = SIGNER.certificate.fingerprint(SHA256()).hex()


def document(sender: str = "G22", recipients: tuple[str, ...] = ("H99.01", "H99.02", "G23"), hop: str = "") -> bytes:
    draft = new_document(
        sender=sender, recipients=recipients, subject="Thử", number="1", notation="BC", sent_at=NOW - timedelta(hours=1)
    )
    envelope = draft.envelope
    if hop:
        envelope = replace(envelope, trace=(*envelope.trace, TraceHeader(WrittenTime.of(NOW), hop)))
    return encode(envelope, {})


def examined(
    data: bytes,
    recipient: str | None = "H99.01",
    system: System = UPSTREAM,
    certificates: tuple[RegisteredCertificate, ...] = (),
) -> Examined:
    rules = Rules(
        snapshot=Snapshot.of(Register(1, (system, OWN), AGENCIES, certificates, (), (), {})),
        anchors=TrustAnchors([PKI.root.certificate]),
        window=Window(),
        hub_code="H99",
    )
    return examine(data, system=system, rules=rules, at=NOW, recipient=recipient)


def refusal(data: bytes, recipient: str | None = "H99.01", **given) -> Refusal:
    with pytest.raises(Refusal) as caught:
        examined(data, recipient, **given)
    return caught.value


def test_it_goes_to_the_one_recipient_that_the_axis_listed_it_for():
    """The axis lists one copy for each recipient; this one is for one agency."""
    assert [each.recipient for each in examined(document()).routes] == ["H99.01"]
    assert [each.recipient for each in examined(document(), "H99.02").routes] == ["H99.02"]


def test_an_old_code_means_the_same_agency():
    """The axis may list it under another code than the message names."""
    assert [each.recipient for each in examined(document(recipients=("000.00.01.H99", "G23"))).routes] == ["H99.01"]


@pytest.mark.parametrize("listed", [None, "H99", ""])
def test_without_a_telling_code_it_goes_to_all_on_this_side(listed):
    """An axis may list it for the system as a whole; whom it reaches itself is left to it."""
    assert [each.recipient for each in examined(document(), listed).routes] == ["H99.01", "H99.02"]


def test_the_axis_answers_for_agencies_that_are_not_listed():
    """A sender behind the axis need not stand in the directory."""
    found = examined(document(sender="G23.05", recipients=("H99.01",)))
    assert found.sender == "G23.05"
    assert found.signature.result is SignatureResult.ABSENT


def test_a_signature_of_somebody_unknown_proves_nothing():
    """It is accepted on the word of the axis, and said to be unverifiable; nobody else may hand in such a thing."""
    signed = sign(document(), SIGNER.key, SIGNER.chain)
    assert examined(signed).signature.result is SignatureResult.UNVERIFIABLE
    required = replace(UPSTREAM, policy=SignaturePolicy.REQUIRED)
    assert refusal(signed, system=required).code == "certificate-untrusted"


def test_a_registered_signature_is_verified():
    """Who registers the certificates of agencies beyond the axis gets their signatures checked."""
    registered = (RegisteredCertificate(FINGERPRINT, "G22", b""),)
    signed = sign(document(), SIGNER.key, SIGNER.chain)
    assert examined(signed, certificates=registered).signature.result is SignatureResult.VALID
    forged = signed.replace("Thử".encode(), "Giả".encode())
    assert refusal(forged, certificates=registered).code == "signature-invalid"


def test_a_registered_signature_of_another_agency_is_refused():
    """A certificate of G22 cannot sign for an agency that the directory does not list."""
    registered = (RegisteredCertificate(FINGERPRINT, "G22", b""),)
    signed = sign(document(sender="G23"), SIGNER.key, SIGNER.chain)
    assert refusal(signed, certificates=registered).code == "certificate-untrusted"


@pytest.mark.parametrize(
    "data, recipient",
    [
        (document(sender="H99.02", recipients=("H99.01",)), "H99.01"),
        (document(recipients=("G23",)), "G23"),
        (document(hop="H99"), "H99.01"),
    ],
    ids=["own-sender", "back-to-the-axis", "own-hop"],
)
def test_what_goes_in_a_circle_is_refused(data, recipient):
    """Our own sender, a recipient behind that very axis, or this hub among the hops."""
    assert refusal(data, recipient).code == "relay-loop"


def test_a_recipient_who_cannot_be_reached_is_refused_alone():
    """The copy for a suspended agency is refused; that for another one is not."""
    both = document(recipients=("H99.01", "H99.03"))
    assert refusal(both, "H99.03").code == "recipient-unknown"
    assert [each.recipient for each in examined(both).routes] == ["H99.01"]
