"""What the hub signs can be opened by whoever gets it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.attest import Attempt, Attestor
from hub.trouble import Deferral
from signing.certificates import TrustAnchors
from signing.lab import LabPki
from signing.receipt import KeySealer, Reason, open_receipt
from tests.unit.hub.values import NOW, package

PKI = LabPki.create(NOW)
HUB = PKI.hub("H99")
MOMENT = timedelta(seconds=1)


def test_a_receipt_opens_however_long_its_reason():
    """Of a reason of a hundred thousand characters the beginning is signed and recorded; the receipt is one that is accepted."""
    attestor = Attestor("H99", KeySealer(HUB.key, HUB.chain))
    attempt = Attempt(sha256="0" * 64, size=1, system_id="own")
    record = attestor.rejection(attempt, at=NOW, reason=Reason(code="recipient-unknown", text="ẩ" * 100_000))
    opened = open_receipt(record.jws or "", anchors=TrustAnchors([PKI.root.certificate])).receipt
    assert opened.reason == record.reason == Reason(code="recipient-unknown", text="ẩ" * 3999 + "…")


def test_nothing_is_accepted_while_the_hubs_certificate_is_not_in_force():
    """An acceptance is deferred whose receipt nobody could verify: the certificate has ended, or does not hold yet."""
    begin, end = HUB.certificate.not_valid_before_utc, HUB.certificate.not_valid_after_utc
    attestor = Attestor("H99", KeySealer(HUB.key, HUB.chain), is_in_force=lambda at: begin <= at < end)
    for at in (begin - MOMENT, end):
        with pytest.raises(Deferral, match="not in force") as deferral:
            attestor.acceptance(package(accepted_at=at))
        assert deferral.value.code == "signing-unavailable"
    assert attestor.acceptance(package(accepted_at=end - MOMENT)).jws
