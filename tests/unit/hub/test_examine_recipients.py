"""Whom a package may be addressed to: how very many that cannot be reached are told, and from which day to which."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from hub.accounts import Register, Snapshot
from hub.examine import Examined, Rules, Window, examine
from hub.trouble import Refusal
from routing.values import Agency, Binding, SignaturePolicy, System
from schemas.edxml.compose import new_document
from schemas.edxml.encoding import encode
from schemas.errors import MAX_VIOLATIONS
from signing.certificates import TrustAnchors

OWN = System("own", "Hệ thống", Binding.PULL, SignaturePolicy.TRANSPORT)
AGENCIES = (
    Agency("H99.01", "Sở Một", system_id="own"),
    Agency("H99.02", "Sở Mới", system_id="own", valid_from=date(2026, 12, 2)),
    Agency("H99.03", "Sở Cũ", system_id="own", valid_to=date(2026, 12, 1)),
)
NOON = datetime(2026, 12, 1, 5, tzinfo=UTC)
AFTER_MIDNIGHT = datetime(2026, 12, 1, 17, 30, tzinfo=UTC)  #: half past midnight of 2 December in Việt Nam


def examined(*recipients: str, at: datetime = NOON) -> Examined:
    draft = new_document(sender="H99.01", recipients=recipients, subject="Thử", number="1", notation="BC", sent_at=at)
    rules = Rules(
        snapshot=Snapshot.of(Register(1, (OWN,), AGENCIES, (), (), (), {})), anchors=TrustAnchors([]), window=Window()
    )
    return examine(encode(draft.envelope, {}), system=OWN, rules=rules, at=at)


def refusal(*recipients: str, at: datetime = NOON) -> Refusal:
    with pytest.raises(Refusal) as caught:
        examined(*recipients, at=at)
    return caught.value


def test_of_very_many_the_first_hundred_are_told():
    """Of three thousand unknown recipients a hundred are listed with their places; the sentence names ten and counts the rest."""
    found = refusal(*(f"X{number}" for number in range(3000)))
    assert found.code == "recipient-unknown"
    assert len(found.faults) == MAX_VIOLATIONS
    assert found.faults[-1].path.endswith("/To[100]/OrganId")
    assert found.detail.endswith(" And 2990 more.")
    assert found.detail_vi.endswith(" Và 2990 nơi nhận khác.")
    assert "X9:" in found.detail
    assert "X10:" not in found.detail
