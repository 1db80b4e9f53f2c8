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
    caught: tuple[type[Exception], ...] = (*AWAY, *others)
    try:
        yield
    except Exception as error:
        if isinstance(error, caught) or _is_bare(error):
            raise unavailable(str(error) or type(error).__name__) from error
        raise


@contextmanager
def forgiven() -> Iterator[None]:
    """Pass over that the broker is away, where nothing is lost by it: what was not acknowledged comes again."""
    try:
        yield
    except Exception as error:
        if not (isinstance(error, AWAY) or _is_bare(error)):
            raise


def _is_bare(error: Exception) -> bool:
    """Whether this is what the client ends a write with that it had in hand when the connection was lost."""
    return type(error) is Exception


def unavailable(detail: str) -> Deferral:
    """Return what the hub says when the broker cannot do what is asked of it now."""
    return Deferral("broker-unavailable", detail=detail)
