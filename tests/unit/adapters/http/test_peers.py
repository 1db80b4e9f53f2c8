"""Who is at the other end of a connection."""

import socket

import pytest

from adapters.http.peers import Peer, networks, peer_of
from hub.configuration import ConfigurationError

PROXIES = networks(["10.0.0.0/8", "fd00::/8", "192.0.2.7"])


class Transport:
    """Knows what a transport knows about its socket."""

    def __init__(self, peername, family=socket.AF_INET):
        self._known = {"peername": peername, "socket": type("S", (), {"family": family})}

    def get_extra_info(self, name):
        return self._known.get(name)


@pytest.mark.parametrize(
    "address, is_proxy",
    [
        ("10.1.2.3", True),
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("fd00::1", True),
        ("::ffff:10.1.2.3", True),
        ("fe80::1%eth0", False),
    ],
)
def test_trusted_networks(address, is_proxy):
    """A proxy is trusted by the network that it connects from, in whichever form its address comes."""
    assert peer_of(Transport((address, 1234)), PROXIES).is_proxy is is_proxy


def test_one_address_one_name():
    """An IPv4 address that IPv6 wraps counts as itself."""
    assert peer_of(Transport(("::ffff:203.0.113.9", 1, 0, 0)), PROXIES) == Peer("203.0.113.9")


def test_unix():
    """Whoever is let to the unix socket is a proxy, by the kind of the socket and nothing else."""
    assert peer_of(Transport("", socket.AF_UNIX), ()).is_proxy
    assert not peer_of(Transport(None), PROXIES).is_proxy
    assert not peer_of(Transport(""), PROXIES).is_proxy


@pytest.mark.parametrize("text", ["10.0.0.1/8", "proxy.example", "", "300.1.1.1"])
def test_no_network(text):
    """A setting that is no network is an error that says so, not a network that happens to fit."""
    with pytest.raises(ConfigurationError, match=r"listen\.trusted_proxies"):
        networks([text])
