"""What may be asked in a query string."""

from datetime import UTC, datetime

import pytest
from aiohttp.test_utils import make_mocked_request

from adapters.http.query import (
    AgenciesAsked,
    FeedAsked,
    InboxAsked,
    Nothing,
    PackagesAsked,
    ReadinessAsked,
    ReceiptsAsked,
    asked,
)
from hub.events import Event
from hub.trouble import Refusal
from routing.values import Lane


def ask(text, form):
    return asked(make_mocked_request("GET", f"/x?{text}"), form)


def faults(text, form):
    with pytest.raises(Refusal) as caught:
        ask(text, form)
    assert caught.value.code == "query-invalid"
    return {(fault.path, fault.rule) for fault in caught.value.faults}


def test_defaults():
    """Nothing asked is the first page of fifty."""
    assert ask("", PackagesAsked) == PackagesAsked(limit=50)


def test_inbox():
    """Numbers and names are read."""
    assert ask("wait=20&limit=5&lane=urgent&lease=60", InboxAsked) == InboxAsked(
        wait=20, limit=5, lane=Lane.URGENT, lease=60
    )


def test_empty_as_the_contract_writes_it():
    """The addresses that the contract prints can be asked as they stand: an empty `after` or `lane` is none."""
    assert ask("after=&wait=20", FeedAsked) == FeedAsked(after=0, wait=20)
    assert ask("wait=20&limit=50&lane=", InboxAsked) == InboxAsked(wait=20, limit=50, lane=None)


@pytest.mark.parametrize("text", ["2026-11-22T01:00:00Z", "2026-11-22T08:00:00%2B07:00", "2026-11-22T08:00:00+07:00"])
def test_times(text):
    """Times have a zone; a plus sign that came as a space is mended."""
    assert ask(f"from={text}", PackagesAsked).from_ == datetime(2026, 11, 22, 1, tzinfo=UTC)


def test_event():
    """Events go by the names of the standard."""
    assert ask("event=ContentHandover", ReceiptsAsked).event is Event.CONTENT_HANDOVER


def test_empty_parameter():
    """`?verbose` needs no value."""
    assert ask("verbose", ReadinessAsked).verbose == ""


@pytest.mark.parametrize(
    "text, form, name",
    [
        ("limit=0", PackagesAsked, "limit"),
        ("limit=201", PackagesAsked, "limit"),
        ("limit=ten", PackagesAsked, "limit"),
        ("limit=", PackagesAsked, "limit"),
        ("limit=%D9%A3", PackagesAsked, "limit"),
        ("limit=1e1", PackagesAsked, "limit"),
        ("limit=" + "9" * 5000, PackagesAsked, "limit"),
        ("wait=61", InboxAsked, "wait"),
        ("wait=-1", InboxAsked, "wait"),
        ("lane=fast", InboxAsked, "lane"),
        ("after=9223372036854775808", FeedAsked, "after"),
        ("from=2026-11-22", PackagesAsked, "from"),
        ("from=2026-11-22T01:00:00", PackagesAsked, "from"),
        ("from=1700000000", PackagesAsked, "from"),
        ("event=Nothing", ReceiptsAsked, "event"),
        ("package=1", ReceiptsAsked, "package"),
        ("cursor=%3Cscript%3E", PackagesAsked, "cursor"),
        ("q=", AgenciesAsked, "q"),
        ("q=%00", AgenciesAsked, "q"),
        ("q=a%0D%0Ab", AgenciesAsked, "q"),
        ("q=" + "a" * 501, AgenciesAsked, "q"),
    ],
)
def test_bad_value(text, form, name):
    """A value outside its range or form is refused by name."""
    assert faults(text, form) == {(name, "query-value")}


def test_unknown_parameter():
    """A parameter that the route does not know is refused, not ignored: a filter with a slip would show everything."""
    assert faults("Limit=5", PackagesAsked) == {("Limit", "query-unknown")}
    assert faults("x=1", Nothing) == {("x", "query-unknown")}


def test_repeated_parameter():
    """A parameter given twice is refused: nobody can say which one counts."""
    assert faults("limit=5&limit=6", PackagesAsked) == {("limit", "query-repeated")}


def test_all_at_once():
    """Every fault is named, not the first only."""
    assert len(faults("limit=0&wait=99&lane=x&foo=1", InboxAsked)) == 4
