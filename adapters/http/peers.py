"""Who is at the other end of a connection, and which client certificate speaks for a request.

A certificate counts from two places only: from the TLS connection itself, where the handshake proved it, and from the
`Client-Cert` field (RFC 9440) of a proxy that ends TLS for us. Such a proxy is known by where it connects from: a network of
`listen.trusted_proxies`, or our unix socket. It must remove the field from what its own clients send; from everybody else
the field is ignored, and the log says so.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
from base64 import b64decode
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web
from msgspec import Struct

from adapters.http.context import remember
from hub.client_certificates import ClientCertificate
from hub.configuration import ConfigurationError
from hub.trouble import Refusal

CLIENT_CERT = "Client-Cert"
FORWARDED_FOR = "X-Forwarded-For"

Network = IPv4Network | IPv6Network

#: A byte sequence of structured fields (RFC 8941 section 3.3.5).
_BYTES = re.compile(r":([A-Za-z0-9+/]+={0,2}):")
_LOCAL = "unix"
_GONE = "gone"


class Peer(Struct, frozen=True):
    """One end of a connection: its address, whether it is a proxy that we trust, and its certificate."""

    address: str
    is_proxy: bool = False
    certificate: ClientCertificate | None = None


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return the networks that `texts` name as addresses or CIDR; raise `ConfigurationError`."""
    try:
        return tuple(ip_network(text) for text in texts)
    except ValueError as error:
        raise ConfigurationError(f"listen.trusted_proxies: {error}") from error


def peer_of(transport: asyncio.BaseTransport, proxies: tuple[Network, ...]) -> Peer:
    """Return who is behind a transport; `proxies` are the networks of trusted proxies."""
    name = transport.get_extra_info("peername")
    if isinstance(name, (tuple, list)):
        address, is_proxy = _known(str(name[0]), proxies)
        return Peer(address, is_proxy, _certificate_of(transport))
    if transport.get_extra_info("socket").family == socket.AF_UNIX:
        return Peer(_LOCAL, is_proxy=True)  # its file mode says who may connect
    return Peer(_GONE)  # reset before it was looked at


def address_behind(request: web.BaseRequest, peer: Peer) -> str:
    """Return the address that a request comes from: what a trusted proxy has seen (`X-Forwarded-For`), else the connection's.

    Of several entries the last one counts: it is the proxy's own, all others are its client's word.
    """
    if peer.is_proxy and (fields := request.headers.getall(FORWARDED_FOR, ())):
        with suppress(ValueError):
            return _plain(fields[-1].rpartition(",")[2].strip())
    return peer.address


def certificate_of(request: web.BaseRequest, peer: Peer) -> ClientCertificate | None:
    """Return the client certificate that speaks for a request; None without one.

    Raises `Refusal` authentication-failed for a field of a trusted proxy that cannot be read.
    """
    fields = request.headers.getall(CLIENT_CERT, ())
    if not peer.is_proxy:
        if fields:
            remember(request, ignored=CLIENT_CERT)
        return peer.certificate
    if not fields:
        return None
    match = _BYTES.fullmatch(fields[0].strip()) if len(fields) == 1 else None
    if match is None or len(match[1]) % 4:
        raise Refusal(
            "authentication-failed",
            detail="The proxy's `Client-Cert` is not one byte sequence of RFC 9440.",
            detail_vi="Trường `Client-Cert` của proxy không đúng dạng của RFC 9440.",
        )
    return _certificate(b64decode(match[1]))


def _certificate_of(transport: asyncio.BaseTransport) -> ClientCertificate | None:
    tls = transport.get_extra_info("ssl_object")
    der = None if tls is None else tls.getpeercert(binary_form=True)
    return None if der is None else _certificate(der)


def _certificate(der: bytes) -> ClientCertificate:
    return ClientCertificate(hashlib.sha256(der).hexdigest(), der)


@lru_cache(maxsize=4096)
def _known(address: str, proxies: tuple[Network, ...]) -> tuple[str, bool]:
    """Return an address plainly written, and whether it is a proxy's; who connects anew for every call does so often."""
    plain = _plain(address)
    return plain, any(ip_address(plain) in network for network in proxies)


def _plain(address: str) -> str:
    """Return an address without zone, and an IPv4 address that IPv6 wraps as itself."""
    parsed = ip_address(address.partition("%")[0])
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return str(mapped or parsed)
