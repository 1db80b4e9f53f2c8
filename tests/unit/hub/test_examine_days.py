"""On which day an agency receives: days begin at midnight in Viet Nam, when it is still yesterday in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from hub.accounts import Register, Snapshot
from hub.examine import Examined, Rules, Window, examine
from hub.trouble import Refusal
from routing.values import Agency, Binding, SignaturePolicy, System
from schemas.edxml.compose import new_document
from signing.certificates import TrustAnchors
from signing.lab import LabPki

SYSTEM = System("own", "Hệ thống", Binding.PULL, SignaturePolicy.TRANSPORT)
DAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  #: at which that day begins in Viet Nam
JUST_BEFORE = MIDNIGHT - timedelta(seconds=1)


@pytest.fixture(scope="module")
def anchors() -> TrustAnchors:
    return TrustAnchors([LabPki.create(MIDNIGHT).root.certificate])


def sent_to(agency: Agency, at: datetime, anchors: TrustAnchors) -> Examined:
    sender = Agency("H99.01", "Sở Một", system_id=SYSTEM.id)
    register = Register(1, (SYSTEM,), (sender, agency), (), (), (), {})
    rules = Rules(snapshot=Snapshot.of(register), anchors=anchors, window=Window())
    draft = new_document(
        sender=sender.code, recipients=(agency.code,), subject="Thử", number="1", notation="BC", sent_at=at
    )
    return examine(draft.encode(), system=SYSTEM, rules=rules, at=at)


def test_first_day(anchors):
    """An agency receives from midnight of its first day on."""
    agency = Agency("H99.02", "Sở Hai", system_id=SYSTEM.id, valid_from=DAY)
    assert [each.recipient for each in sent_to(agency, MIDNIGHT, anchors).routes] == [agency.code]
    with pytest.raises(Refusal, match="receives from 2026-11-23 on"):
        sent_to(agency, JUST_BEFORE, anchors)


def test_last_day(anchors):
    """An agency receives until midnight of its last day."""
    agency = Agency("H99.02", "Sở Hai", system_id=SYSTEM.id, valid_to=DAY - timedelta(days=1))
    assert [each.recipient for each in sent_to(agency, JUST_BEFORE, anchors).routes] == [agency.code]
    with pytest.raises(Refusal, match="was closed after 2026-11-22"):
        sent_to(agency, MIDNIGHT, anchors)
