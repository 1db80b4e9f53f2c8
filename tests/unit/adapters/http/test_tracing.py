"""Trace ids."""

import re

import pytest

from adapters.http.tracing import trace_id_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def test_taken_up():
    """The trace id of a valid `traceparent` is taken up."""
    assert trace_id_of(f"00-{TRACE}-00f067aa0ba902b7-01") == TRACE


def test_later_version():
    """A later version may carry more behind the fields we know."""
    assert trace_id_of(f"01-{TRACE}-00f067aa0ba902b7-01-more") == TRACE


@pytest.mark.parametrize(
    "traceparent",
    [
        None,
        "",
        "nonsense",
        f"ff-{TRACE}-00f067aa0ba902b7-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-00f067aa0ba902b7-01",
        f"00-{TRACE}-00f067aa0ba902b7-01\r\nX: y",
    ],
)
def test_made_here(traceparent):
    """Without a valid one a new trace id is made."""
    made = trace_id_of(traceparent)
    assert re.fullmatch("[0-9a-f]{32}", made)
    assert made != TRACE
