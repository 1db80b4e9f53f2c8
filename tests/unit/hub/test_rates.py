"""How fast a caller may ask."""

import pytest

from hub.rates import PATIENCE, Rates
from hub.settings import LimitSettings

LIMITS = LimitSettings(requests_per_second=10, burst=5)


def taken(rates, count, now, limits=LIMITS, name="a"):
    return [rates.take(name, limits, now) for _ in range(count)]


def test_burst_at_once():
    """The whole burst is granted at once, and counted down."""
    allowances = taken(Rates(), 5, 0.0)
    assert [(each.is_granted, each.wait, each.remaining) for each in allowances] == [
        (True, 0.0, left) for left in (4, 3, 2, 1, 0)
    ]


def test_a_little_too_fast():
    """Behind the burst, requests are granted tokens to come, one after the other, as far as patience goes."""
    after = taken(Rates(), 12, 0.0)[5:]
    granted = [round(each.wait, 9) for each in after if each.is_granted]
    assert granted == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert max(granted) <= PATIENCE


def test_much_too_fast():
    """Who would have to wait longer is refused, takes nothing, and is told when to come again."""
    rates = Rates()
    refused = taken(rates, 12, 0.0)[-1]
    assert not refused.is_granted
    assert refused.wait == pytest.approx(0.1)
    assert rates.take("a", LIMITS, refused.wait).is_granted


def test_tokens_come_back():
    """A pause gives tokens back at the rate, never more than the burst."""
    rates = Rates()
    taken(rates, 5, 0.0)
    assert rates.take("a", LIMITS, 0.3).remaining == 2
    assert rates.take("a", LIMITS, 1000.0).remaining == 4


def test_callers_apart():
    """One caller's haste takes nothing from another."""
    rates = Rates()
    taken(rates, 100, 0.0)
    assert rates.take("b", LIMITS, 0.0).remaining == 4


def test_no_limit():
    """A rate of 0 is no limit."""
    assert taken(Rates(), 3, 0.0, LimitSettings(requests_per_second=0)) == [None, None, None]


def test_smallest_burst():
    """A burst of 0 still lets one request through at a time."""
    first = Rates().take("a", LimitSettings(requests_per_second=1, burst=0), 0.0)
    assert (first.is_granted, first.burst) == (True, 1)


def test_window():
    """The window says after how long the burst is there again; `full_in` when, from now."""
    first = Rates().take("a", LIMITS, 0.0)
    assert (first.window, first.full_in) == (0.5, pytest.approx(0.1))


def test_at_once_or_not_at_all():
    """Who may not wait takes a token that is there, of the same bucket, and leaves it alone otherwise."""
    rates = Rates()
    limits = LimitSettings(requests_per_second=1.0, burst=2)
    assert [rates.take_at_once("a", limits, 0.0) for _ in range(3)] == [True, True, False]
    allowance = rates.take("a", limits, 0.9)
    assert allowance is not None
    assert allowance.wait == pytest.approx(0.1)
    assert rates.take_at_once("a", LimitSettings(requests_per_second=0.0), 0.0)
