"""Foreign errors of the broker and its client library, turned into the hub's own once, at this border."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aio_pika.exceptions import AMQPError, ChannelInvalidStateError

from hub.trouble import Deferral

#: What the client raises when the broker or the way to it fails; `ChannelInvalidStateError` when it failed a moment ago.
AWAY = (AMQPError, ChannelInvalidStateError, OSError, TimeoutError)


@contextmanager
def translated(*others: type[Exception]) -> Iterator[None]:
    """Raise `Deferral` (broker-unavailable) for whatever the broker, or its absence, raised; for `others` as well."""
    try:
        yield
    except Exception as error:
        if isinstance(error, others) or is_away(error):
            raise unavailable(str(error) or type(error).__name__) from error
        raise


@contextmanager
def forgiven() -> Iterator[None]:
    """Pass over that the broker is away, where nothing is lost by it: what was not acknowledged comes again."""
    try:
        yield
    except Exception as error:
        if not is_away(error):
            raise


def is_away(error: Exception) -> bool:
    """Tell whether the broker, or the way to it, has failed.

    What the client had in hand when the connection was lost it ends with an exception of no kind at all.
    """
    return isinstance(error, AWAY) or type(error) is Exception


def unavailable(detail: str) -> Deferral:
    """Return what the hub says when the broker cannot do what is asked of it now."""
    return Deferral("broker-unavailable", detail=detail)
