"""What a caller may still ask for, as header fields."""

from adapters.http.rates import fields
from hub.rates import Rates
from hub.settings import LimitSettings

LIMITS = LimitSettings(requests_per_second=2, burst=20)


def test_some_left():
    """With requests left, `t` says when all of them are there again."""
    assert fields(Rates().take("a", LIMITS, 0.0)) == {
        "RateLimit-Policy": '"caller";q=20;w=10',
        "RateLimit": '"caller";r=19;t=1',
    }


def test_none_left():
    """With none left, `t` says when to come again; it is never 0."""
    rates = Rates()
    for _ in range(30):
        refused = rates.take("a", LIMITS, 0.0)
    assert not refused.is_granted
    assert fields(refused)["RateLimit"] == '"caller";r=0;t=1'
