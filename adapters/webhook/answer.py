"""What a receiver's answer means for the delivery (docs/webhooks.md)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from hub.order import Consigned, Failed, Gone, Outcome

LONGEST_WAIT = timedelta(hours=24)  #: a receiver may ask for more; it gets this
_OBEYED = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


def outcome_of(status: int, headers: Mapping[str, str], now: datetime) -> Outcome:
    """Read a status and its headers: 2xx is taken, 410 is gone for good, everything else may work later."""
    if 200 <= status < 300:
        return Consigned()
    if status == HTTPStatus.GONE:
        return Gone("gone: the receiver answered 410, this address is no longer served")
    if 300 <= status < 400:
        return Failed(
            f"redirect: the receiver answered {status}; redirects are not followed, register the final address"
        )
    wish = retry_after(headers.get("Retry-After"), now) if status in _OBEYED else None
    return Failed(f"http-{status}: the receiver answered {status}", wish)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read a Retry-After header (RFC 9110, 10.2.3): seconds or a date; None when absent or unreadable."""
    if value is None:
        return None
    text = value.strip()
    try:
        wish = timedelta(seconds=int(text[:9])) if text.isdecimal() else parsedate_to_datetime(text) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(wish, timedelta()), LONGEST_WAIT)
