"""From recipients to routes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.resolve import NoRoute, Route, resolve
from routing.values import Binding

from . import entries

DIRECTORY = entries.small()
DAY = date(2026, 4, 1)
BEFORE_MERGER = date(2026, 3, 1)

REACHABLE = ("H37", "000.00.00.H37", "H37.01", "000.00.01.H37", "H37.81", "H37.10", "H37.08")
UNREACHABLE = {
    "H99": "unknown",
    "000.00.99.H37": "unknown",
    "H37.02": "closed",
    "H37.03": "closed",
    "H37.04": "suspended",
    "H37.05": "no-system",
    "H37.06": "system-inactive",
    "H37.07": "no-system",
}


def refusal(*recipients, on=DAY):
    with pytest.raises(NoRoute) as caught:
        resolve(DIRECTORY, recipients, on)
    return caught.value.unroutable


def test_route():
    """A route names the agency's current code, its system, and how that receives."""
    assert resolve(DIRECTORY, ("000.00.01.H37",), DAY) == (Route("H37.01", "sys-office", Binding.PULL),)


def test_order_of_first_mention():
    """Routes keep the order of the recipients."""
    routes = resolve(DIRECTORY, ("H37.10", "H37.01", "H37"), DAY)
    assert [route.recipient for route in routes] == ["H37.10", "H37.01", "H37"]


def test_two_codes_of_one_agency():
    """An agency addressed by two of its codes gets one copy."""
    assert len(resolve(DIRECTORY, ("H37.01", "000.00.01.H37", "H37.81", "H37.01"), DAY)) == 1


@pytest.mark.parametrize("code,reason", UNREACHABLE.items())
def test_reason(code, reason):
    """A recipient that cannot be reached is named as the sender wrote it, with the reason, in both languages."""
    (unroutable,) = refusal(code)
    assert (unroutable.code, unroutable.reason) == (code, reason)
    for sentence in (unroutable.vi, unroutable.en):
        assert code in sentence
        assert sentence.endswith(".")


def test_all_or_none():
    """One recipient that cannot be reached refuses the package for all; each such one is named, once, in order."""
    found = refusal("H37.05", "H37.01", "H99", "H37.05", "H37.04")
    assert [each.code for each in found] == ["H37.05", "H99", "H37.04"]


def test_message():
    """The error says in English what is wrong with each recipient."""
    with pytest.raises(NoRoute, match=r"code H98: .* code H99: "):
        resolve(DIRECTORY, ("H98", "H99"), DAY)


def test_last_day():
    """An agency receives on its last day."""
    assert resolve(DIRECTORY, ("H37.02",), BEFORE_MERGER)[0].recipient == "H37.02"


def test_first_day():
    """An agency receives from its first day on."""
    assert refusal("H37.03", on=date(2026, 5, 31))[0].reason == "closed"
    assert resolve(DIRECTORY, ("H37.03",), date(2026, 6, 1))[0].recipient == "H37.03"


def test_not_yet_open_names_the_day():
    """A recipient that is not open yet is refused with its first day."""
    (unroutable,) = refusal("H37.03")
    assert "01/06/2026" in unroutable.vi
    assert "2026-06-01" in unroutable.en


def test_closed_names_the_successor():
    """A closed recipient is refused, never silently redirected, and its successor named."""
    (unroutable,) = refusal("H37.02")
    assert "Sở Tài chính và Đầu tư (H37.10)" in unroutable.vi
    assert "H37.10" in unroutable.en


@given(st.lists(st.sampled_from(REACHABLE + tuple(UNREACHABLE)), max_size=8))
def test_every_recipient_is_routed_or_named(recipients):
    """Whatever the mixture: all recipients have a route, or exactly those that cannot be reached are named."""
    bad = [code for code in dict.fromkeys(recipients) if code in UNREACHABLE]
    if bad:
        assert [each.code for each in refusal(*recipients)] == bad
    else:
        routes = resolve(DIRECTORY, tuple(recipients), DAY)
        assert [route.recipient for route in routes] == list(dict.fromkeys(map(DIRECTORY.canonical, recipients)))
