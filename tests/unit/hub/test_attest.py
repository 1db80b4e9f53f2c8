"""What the hub signs can be opened by whoever gets it."""

from __future__ import annotations

from hub.attest import Attempt, Attestor
from signing.certificates import TrustAnchors
from signing.lab import LabPki
from signing.receipt import KeySealer, Reason, open_receipt
from tests.unit.hub.values import NOW

PKI = LabPki.create(NOW)
HUB = PKI.hub("H99")


def test_a_receipt_opens_however_long_its_reason():
    """Of a reason of a hundred thousand characters the beginning is signed and recorded; the receipt is one that is accepted."""
    attestor = Attestor("H99", KeySealer(HUB.key, HUB.chain))
    attempt = Attempt(sha256="0" * 64, size=1, system_id="own", sender=None, document_id=None)
    record = attestor.rejection(attempt, at=NOW, reason=Reason(code="recipient-unknown", text="ẩ" * 100_000))
    opened = open_receipt(record.jws or "", anchors=TrustAnchors([PKI.root.certificate])).receipt
    assert opened.reason == record.reason == Reason(code="recipient-unknown", text="ẩ" * 3999 + "…")
