"""The nodes that `broker.url` names."""

from __future__ import annotations

from yarl import URL

from hub.configuration import ConfigurationError

_SCHEMES = frozenset({"amqp", "amqps"})


def addresses(urls: str) -> tuple[str, ...]:
    """Return the addresses, which commas separate; raise `ConfigurationError` when one is none, without its password."""
    found = tuple(filter(None, map(str.strip, urls.split(","))))
    for number, each in enumerate(found, 1):
        if not _is_address(each):
            which = f"address {number} of {len(found)}" if len(found) > 1 else "this"
            raise ConfigurationError(f"broker.url: {which} is no amqp(s)://USER:PASSWORD@HOST:PORT/VIRTUAL_HOST")
    return found


def _is_address(text: str) -> bool:
    try:
        url = URL(text)
    except ValueError:
        return False
    return url.scheme in _SCHEMES and bool(url.host)
