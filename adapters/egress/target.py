"""Which addresses may be reached: the guard against server-side request forgery.

Only addresses that the whole Internet can reach are targets. What the network could fold back to an inner address (IPv4
inside IPv6, numbers written as decimal, octal or hexadecimal) is refused in every form. Exceptions are configured:
`host`, `host:port`, an address, or a network in CIDR form.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from yarl import URL

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: Reachable by number but never a stranger's web server, beyond what `is_global` knows.
_FORBIDDEN: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "168.63.129.16/32",  # the host agent of a cloud provider answers on this public-looking address
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "::/96",  # IPv4-compatible (RFC 4291, deprecated); holds :: and ::1
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
        "64:ff9b::/96",  # NAT64 (RFC 6052)
        "64:ff9b:1::/48",  # NAT64, local (RFC 8215)
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local (RFC 3879)
        "ff00::/8",  # multicast
    )
)
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


def is_public(address: Address) -> bool:
    """Tell whether the whole Internet can reach this address, and means by it what we mean."""
    return address.is_global and not any(address in network for network in _FORBIDDEN)


class TargetForbidden(OSError):
    """A target that may not be called; an `OSError`, as connectors expect of resolvers.

    `en` and `vi` end a sentence that begins with "The address".
    """

    def __init__(self, en: str, vi: str = "") -> None:
        super().__init__(en)
        self.en = en
        self.vi = vi or en


def forbidden_in(error: BaseException) -> TargetForbidden | None:
    """Return the judgement that a connector wrapped into an error of its own; None when there was none."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, TargetForbidden):
        cause = getattr(cause, "os_error", None) or cause.__cause__
    return cause


class Guard:
    """Judges targets; `allow` are the configured exceptions."""

    def __init__(self, allow: tuple[str, ...] = ()) -> None:
        self._hosts: set[tuple[str, int | None]] = set()
        self._networks: list[Network] = []
        for entry in allow:
            self._add(entry.strip())

    def _add(self, entry: str) -> None:
        try:
            self._networks.append(ip_network(entry.strip("[]"), strict=False))
        except ValueError:
            url = URL(f"//{entry}")
            self._hosts.add(((url.raw_host or "").rstrip("."), url.explicit_port))

    def check(self, url: str) -> URL:
        """Return the parsed URL when its form, and its address if it is a literal one, may be called.

        The result is what must be connected to, so that no second parser reads the text differently.

        Raises:
            TargetForbidden: says what is wrong.
        """
        try:
            target = URL(url)
            host, port = (target.raw_host or "").rstrip("."), target.port
        except ValueError:
            raise TargetForbidden("is no URL", "không phải là một URL") from None
        if target.scheme not in {"http", "https"}:
            raise TargetForbidden("must begin with https:// or http://", "phải bắt đầu bằng https:// hoặc http://")
        if target.raw_user is not None or target.raw_password is not None:
            raise TargetForbidden(
                "must not contain a user name or password", "không được chứa tên đăng nhập hay mật khẩu"
            )
        if not host or not port or "%" in host:
            raise TargetForbidden("names no usable host", "không nêu máy chủ hợp lệ")
        address = _literal(host)
        if address is not None and not self.may_reach(host, port, address):
            raise TargetForbidden(f"reaches the inner address {address}", f"trỏ tới địa chỉ nội bộ {address}")
        return target

    def may_reach(self, host: str, port: int, address: Address) -> bool:
        """Tell whether a connection to `host:port` may go to this address of it."""
        host = host.rstrip(".").lower()
        if (host, port) in self._hosts or (host, None) in self._hosts:
            return True
        return is_public(address) or any(address in network for network in self._networks)


def _literal(host: str) -> Address | None:
    """Return the address that the host is; None for a name.

    A host whose last label is a number must be a plain dotted IPv4 address (WHATWG URL, "ends in a number"): resolvers
    read `2130706433`, `0x7f.1` and `0177.0.0.1` as 127.0.0.1.
    """
    try:
        return ip_address(host)
    except ValueError:
        if _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
            raise TargetForbidden(
                "writes an address in an unusual form", "viết địa chỉ theo dạng không được chấp nhận"
            ) from None
        return None
