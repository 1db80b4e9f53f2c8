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
    except caught as error:
        raise unavailable(str(error) or type(error).__name__) from error


def unavailable(detail: str) -> Deferral:
    """Return what the hub says when the broker cannot do what is asked of it now."""
    return Deferral("broker-unavailable", detail=detail)
