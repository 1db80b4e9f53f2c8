"""Where this machine finds what listens on it."""

from __future__ import annotations

#: Addresses that mean "all of them" when listened on, and the one to ask at instead.
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def own_host(host: str) -> str:
    """Return the address at which this machine reaches a listener bound to `host`."""
    return _ANYWHERE.get(host, host)


def own_url(host: str, port: int) -> str:
    """Return the URL at which this machine reaches a plain listener; an IPv6 address stands in brackets."""
    here = own_host(host)
    return f"http://{f'[{here}]' if ':' in here else here}:{port}"
