from datetime import UTC, datetime, timedelta

import pytest

from adapters.webhook.answer import LONGEST_WAIT, outcome_of, retry_after
from hub.order import Consigned, Failed, Hopeless

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_taken(status):
    """2xx is a consignment."""
    assert outcome_of(status, {}, NOW) == Consigned()


def test_gone():
    """410 ends the address."""
    outcome = outcome_of(410, {}, NOW)
    assert isinstance(outcome, Hopeless)
    assert outcome.reason.startswith("gone")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect(status):
    """A redirect is a failure."""
    outcome = outcome_of(status, {"Location": "http://127.0.0.1/"}, NOW)
    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith("redirect")


@pytest.mark.parametrize("status", [400, 401, 404, 500, 502])
def test_failure(status):
    """Other answers are failures that wish nothing."""
    assert outcome_of(status, {"Retry-After": "9"}, NOW).retry_after is None


@pytest.mark.parametrize("status", [429, 503])
def test_wish(status):
    """429 and 503 say when to come back."""
    assert outcome_of(status, {"Retry-After": "120"}, NOW) == Failed(
        f"http-{status}: the receiver answered {status}", timedelta(minutes=2)
    )


@pytest.mark.parametrize(
    "value, wait",
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("0", timedelta()),
        ("99999999999999999999", LONGEST_WAIT),
        ("Fri, 20 Nov 2026 08:01:00 GMT", timedelta(minutes=1)),
        ("Fri, 20 Nov 2026 07:00:00 GMT", timedelta()),
        ("Fri, 20 Nov 2036 08:00:00 GMT", LONGEST_WAIT),
        ("Fri, 20 Nov 2026 08:01:00", None),
    ],
)
def test_retry_after(value, wait):
    """Retry-After is read as seconds or as a date, and never beyond the longest wait."""
    assert retry_after(value, NOW) == wait
