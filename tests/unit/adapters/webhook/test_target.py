import asyncio
import socket
from ipaddress import ip_address

import pytest
from aiohttp.abc import AbstractResolver

from adapters.egress import GuardedResolver, TargetForbidden, is_public
from adapters.webhook.target import Guard
from hub.trouble import Refusal

INNER = (
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://0.0.0.0/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/",
    "http://192.88.99.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://①②⑦.⓪.⓪.①/",
)
MALFORMED = (
    "",
    "example.vn/hook",
    "ftp://example.vn/",
    "file:///etc/passwd",
    "gopher://example.vn/",
    "http://user:secret@example.vn/",
    "http://user@example.vn/",
    "http:///hook",
    "http://[::1/",
    "http://example.vn:99999/",
)


@pytest.mark.parametrize("url", INNER)
def test_inner_address(url):
    """Row 64: A URL that is an inner address, however written, is refused."""
    with pytest.raises(Refusal) as refused:
        Guard().check(url)
    assert refused.value.code == "webhook-target-forbidden"


@pytest.mark.parametrize("url", MALFORMED)
def test_malformed(url):
    """Row 64: A URL that is none, of another scheme, or with a user in it is refused with a sentence in both languages."""
    with pytest.raises(Refusal) as refused:
        Guard().check(url)
    assert refused.value.detail
    assert refused.value.detail_vi != refused.value.detail


@pytest.mark.parametrize(
    "url", ["https://example.vn/hook", "http://example.vn:8080/", "https://8.8.8.8/", "https://[2606:4700::1]/"]
)
def test_public(url):
    """A public name or address may be called."""
    assert str(Guard().check(url)) == url


@pytest.mark.parametrize(
    "allow, url",
    [
        ("127.0.0.1:9000", "http://127.0.0.1:9000/hook"),
        ("127.0.0.1", "http://127.0.0.1:9000/hook"),
        ("10.0.0.0/8", "http://10.1.2.3/hook"),
        ("::1/128", "http://[::1]/hook"),
    ],
)
def test_exception(allow, url):
    """An exception of the configuration opens its address, and nothing else."""
    guard = Guard((allow,))
    guard.check(url)
    with pytest.raises(Refusal):
        guard.check("http://192.168.0.1/")


def test_exception_for_one_port():
    """An exception with a port opens that port only."""
    with pytest.raises(Refusal):
        Guard(("127.0.0.1:9000",)).check("http://127.0.0.1:9001/")


def test_named_exception():
    """A named host may resolve to an inner address when it is an exception."""
    guard = Guard(("hook.internal:9000",))
    assert guard.may_reach("hook.internal", 9000, ip_address("10.0.0.1"))
    assert not guard.may_reach("hook.internal", 9001, ip_address("10.0.0.1"))
    assert not guard.may_reach("other.internal", 9000, ip_address("10.0.0.1"))


@pytest.mark.parametrize("text", ["8.8.8.8", "2606:4700::1111"])
def test_is_public(text):
    """What the whole Internet can reach is public."""
    assert is_public(ip_address(text))


class Answers(AbstractResolver):
    def __init__(self, *hosts):
        self.hosts = hosts

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        return [
            {"hostname": host, "host": each, "port": port, "family": family, "proto": 0, "flags": 0}
            for each in self.hosts
        ]

    async def close(self):
        pass


@pytest.mark.parametrize("hosts", [("127.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("::ffff:10.0.0.1",), ("fe80::1%eth0",)])
def test_resolver_refuses(hosts):
    """Row 64: a name with one inner address among its addresses is not resolved."""
    with pytest.raises(TargetForbidden):
        asyncio.run(GuardedResolver(Answers(*hosts), Guard()).resolve("example.vn", 443))


def test_resolver_passes():
    """A name with public addresses only resolves to them."""
    found = asyncio.run(GuardedResolver(Answers("8.8.8.8", "9.9.9.9"), Guard()).resolve("example.vn", 443))
    assert [each["host"] for each in found] == ["8.8.8.8", "9.9.9.9"]
