"""What `axis track` says a recipient owes."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.cli.due import due
from adapters.client.values import DeliveryView, PackageView, SignatureView

THURSDAY = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
END_OF_THURSDAY = datetime(2026, 3, 5, 16, 59, 59, 999999, tzinfo=UTC)  # in Vietnam
END_OF_FRIDAY = END_OF_THURSDAY + timedelta(days=1)


def owed(*, kind="document", **changed):
    """What the recipient of one delivery owes, as a plain pair."""
    given = {"state": "handed_over", "lane": "normal", "consigned_at": THURSDAY, "business_status": None, **changed}
    delivery = DeliveryView(id="d", recipient="H99.02", system="s", **given)
    package = PackageView(
        id="p",
        document_id="x",
        kind=kind,
        business="new",
        sender="H99.01",
        notation="1/CV",
        subject="x",
        urgency=0,
        sha256="",
        size=1,
        accepted_at=THURSDAY,
        signature=SignatureView("valid", None, "required"),
        deliveries=(delivery,),
        receipt="",
    )
    found = due(package, delivery)
    return None if found is None else (found.status, found.at)


def test_first_the_arrival():
    """A recipient who has said nothing owes the notice of receipt, within the day."""
    assert owed() == owed(state="consigned") == ("01", END_OF_THURSDAY)


def test_then_the_registration():
    """Who has notified receipt owes the registration: within the next working day, in minutes when it is urgent."""
    assert owed(business_status="01") == ("03", END_OF_FRIDAY)
    assert owed(business_status="01", lane="urgent") == ("03", THURSDAY + timedelta(minutes=15))


@pytest.mark.parametrize(
    "change",
    [
        {"business_status": "02"},
        {"business_status": "03"},
        {"kind": "status"},
        {"state": "queued", "consigned_at": None},
        {"state": "withdrawn"},
        {"state": "expired"},
    ],
)
def test_nothing(change):
    """Nothing is owed for what was answered, was not there yet, or never arrived."""
    assert owed(**change) is None
