"""What a request may say about its own shape."""

import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from adapters.http.framing import require_plain
from hub.trouble import Refusal


@pytest.mark.parametrize(
    "host", ["x", "axis.example.vn", "axis.example.vn:8443", "127.0.0.1:8080", "[::1]:8080", "[::ffff:1.2.3.4]", "a_b"]
)
def test_hosts(host):
    """Names, addresses and ports are hosts."""
    require_plain(make_mocked_request("GET", "/", {"Host": host}))


@pytest.mark.parametrize("host", ["", "x y", "x,y", "a@b", "a/b", "x:port", "x:123456", "::1", "[::1", "x\\y", "ủ"])
def test_no_hosts(host):
    """What a proxy might read in another way is none."""
    with pytest.raises(Refusal, match="protocol-error"):
        require_plain(make_mocked_request("GET", "/", {"Host": host}))


@pytest.mark.parametrize("coding", ["gzip, chunked", "identity", "chunked, chunked", ""])
def test_codings(coding):
    """Chunks are the one transfer coding."""
    require_plain(make_mocked_request("POST", "/", {"Transfer-Encoding": "Chunked"}))
    with pytest.raises(Refusal, match="protocol-error"):
        require_plain(make_mocked_request("POST", "/", {"Transfer-Encoding": coding}))


@pytest.mark.parametrize("name", ["Authorization", "authorization", "Idempotency-Key"])
def test_said_twice(name):
    """Who calls, and under which key, is said once."""
    require_plain(make_mocked_request("POST", "/", CIMultiDict({name: "a"})))
    with pytest.raises(Refusal, match="protocol-error"):
        require_plain(make_mocked_request("POST", "/", CIMultiDict([(name, "a"), (name.title(), "a")])))
