"""Rows 41 and 42 of the bad inputs against the bare edge: shapes that smuggle, and connections that only wait."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.integration.http.client import Api, raw
from tests.support.hub import HubProcess

LIMITS = {
    "AXIS_LISTEN__HEADER_TIMEOUT": "2",
    "AXIS_LISTEN__BODY_TIMEOUT": "2",
    "AXIS_LISTEN__IDLE_TIMEOUT": "2",
    "AXIS_LISTEN__MAX_CONNECTIONS": "1500",
    "AXIS_LISTEN__MAX_CONNECTIONS_PER_ADDRESS": "1100",
}
GLUED = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked"


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> Iterator[HubProcess]:
    hub = HubProcess.create(tmp_path_factory.mktemp("edge") / "hub", LIMITS).start()
    yield hub
    assert hub.stop() == 0
    events = [json.loads(line) for line in hub.log.read_text().splitlines() if line.startswith("{")]
    assert [each for each in events if each.get("level") == "error"] == []


@pytest.fixture(scope="module")
def key(hub) -> str:
    found: str = hub.credentials["systems"][0]["api_key"]
    return found


def post(key: str, *lines: bytes, body: bytes = b"", version: bytes = b"1.1") -> bytes:
    own = (b"Host: x", f"Authorization: Bearer {key}".encode(), b"Content-Type: application/xml", *lines)
    return b"POST /v1/packages HTTP/" + version + b"\r\n" + b"\r\n".join(own) + b"\r\n\r\n" + body


def get(*lines: bytes) -> bytes:
    return b"GET /livez HTTP/1.1\r\n" + b"\r\n".join(lines) + b"\r\n\r\n"


#: Lines of a POST and its body; a whole second request stands behind each.
SMUGGLING = {
    "length, then chunked": ((b"Content-Length: 5", CHUNKED), b"0\r\n\r\n"),
    "chunked, then length": ((CHUNKED, b"Content-Length: 5"), b"0\r\n\r\n"),
    "two lengths": ((b"Content-Length: 4", b"Content-Length: 0"), b""),
    "one length twice": ((b"Content-Length: 4", b"Content-Length: 4"), b"<a/>"),
    "list of lengths": ((b"Content-Length: 4, 4",), b"<a/>"),
    "signed length": ((b"Content-Length: +4",), b"<a/>"),
    "hexadecimal length": ((b"Content-Length: 0x4",), b"<a/>"),
    "length of two words": ((b"Content-Length: 4 4",), b"<a/>"),
    "empty length": ((b"Content-Length: ",), b"<a/>"),
    "length beyond all numbers": ((b"Content-Length: 99999999999999999999999",), b"<a/>"),
    "unknown coding": ((b"Transfer-Encoding: xchunked",), b"0\r\n\r\n"),
    "two codings": ((CHUNKED, b"Transfer-Encoding: identity"), b"0\r\n\r\n"),
    "coding behind chunked": ((b"Transfer-Encoding: chunked, identity",), b"0\r\n\r\n"),
    "coding before chunked": ((b"Transfer-Encoding: gzip, chunked",), b"0\r\n\r\n"),
    "chunked twice": ((b"Transfer-Encoding: chunked, chunked",), b"0\r\n\r\n"),
    "space before the colon": ((b"Transfer-Encoding : chunked",), b"0\r\n\r\n"),
    "control character in the coding": ((b"Transfer-Encoding: \x0bchunked",), b"0\r\n\r\n"),
    "quoted coding": ((b'Transfer-Encoding: "chunked"',), b"0\r\n\r\n"),
    "folded coding": ((b"Transfer-Encoding:\r\n chunked",), b"0\r\n\r\n"),
    "negative chunk": ((CHUNKED,), b"-1\r\n\r\n"),
    "chunk beyond all numbers": ((CHUNKED,), b"FFFFFFFFFFFFFFFFF\r\n<a/>\r\n0\r\n\r\n"),
    "chunks with bare line feeds": ((CHUNKED,), b"4\n<a/>\n0\n\n"),
    "chunk longer than it says": ((CHUNKED,), b"4\r\n<a/>XX\r\n0\r\n\r\n"),
    "line feed in a chunk extension": ((CHUNKED,), b"4;a\nb\r\n<a/>\r\n0\r\n\r\n"),
    "length in the trailer": ((CHUNKED,), b"4\r\n<a/>\r\n0\r\nContent-Length: 9\r\n\r\n"),
}
#: Whole heads of a GET.
HEADS = {
    "folded field": get(b"Host: x", b"X: a", b" b"),
    "folded first line": get(b" Host: x"),
    "two hosts": get(b"Host: x", b"Host: x"),
    "host of two words": get(b"Host: x y"),
    "list of hosts": get(b"Host: x, y"),
    "host with a user": get(b"Host: a@b"),
    "host with a path": get(b"Host: a/b"),
    "empty host": get(b"Host: "),
    "bare line feeds": b"GET /livez HTTP/1.1\nHost: x\n\n",
    "bare carriage returns": b"GET /livez HTTP/1.1\rHost: x\r\r",
    "one bare line feed": b"GET /livez HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
    "carriage return in a value": get(b"Host: x", b"X: a\rb"),
    "zero in a name": get(b"Host: x", b"X\x00: a"),
    "empty name": get(b"Host: x", b": a"),
    "two paths": b"GET /livez /x HTTP/1.1\r\nHost: x\r\n\r\n",
    "tabs": b"GET\t/livez\tHTTP/1.1\r\nHost: x\r\n\r\n",
    "HTTP/0.9": b"GET /livez\r\n\r\n",
    "HTTP/1.2": b"GET /livez HTTP/1.2\r\nHost: x\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "method in small letters": b"get /livez HTTP/1.1\r\nHost: x\r\n\r\n",
    "thousands of fields": get(b"Host: x", *(b"X%d: y" % number for number in range(5000))),
}


def require_protocol_error(answer: bytes) -> None:
    """One answer, 400, a problem document; nothing behind it, and nothing of what was sent."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split(b" ")[1] == b"400", answer
    assert b"Content-Type: application/problem+json" in head
    assert json.loads(body)["type"] == "urn:axis:problem:protocol-error"
    assert b"chunked" not in answer


@pytest.mark.parametrize("shape", SMUGGLING)
def test_row_41_smuggling(hub, key, shape):
    """Row 41: a body whose end can be read in two ways is refused, and the request glued behind it is not served."""
    lines, body = SMUGGLING[shape]
    require_protocol_error(raw(hub.port, post(key, *lines, body=body + GLUED)))


def test_row_41_chunked_in_http_1_0(hub, key):
    """Row 41: HTTP/1.0 knows no chunks."""
    require_protocol_error(raw(hub.port, post(key, CHUNKED, body=b"0\r\n\r\n" + GLUED, version=b"1.0")))


@pytest.mark.parametrize("shape", HEADS)
def test_row_41_heads(hub, shape):
    """Row 41: a head that proxies read in different ways is refused, and the request glued behind it is not served."""
    require_protocol_error(raw(hub.port, HEADS[shape] + GLUED))


def test_row_41_body_of_a_get_is_no_request(hub):
    """Row 41: what a GET carries as its body is never taken for a request of its own."""
    answer = raw(hub.port, get(b"Host: x", b"Content-Length: %d" % len(GLUED)) + GLUED)
    assert answer.count(b"HTTP/1.1 200") == 1


def test_row_41_upgrade_is_not_taken_up(hub):
    """Row 41: nobody leaves HTTP/1.1 by an upgrade."""
    upgrade = get(b"Host: x", b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk")
    assert raw(hub.port, upgrade).startswith(b"HTTP/1.1 200 ")


def test_row_41_pipelined_requests_are_answered_in_order(hub):
    """Row 41: requests sent without waiting are answered one after the other; they are no smuggling."""
    answer = raw(hub.port, GLUED * 3 + b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    statuses = [part.split(b" ")[0] for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"200", b"200", b"404"]


def test_row_41_pipelining_without_reading(hub):
    """Row 41: who sends requests without end and reads no answer fills its own socket, not the hub's memory."""
    with socket.create_connection(("127.0.0.1", hub.port), timeout=5) as connection:
        connection.setblocking(False)
        sent = 0
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            try:
                sent += connection.send(GLUED * 1000)
            except BlockingIOError:
                time.sleep(0.01)
            except ConnectionError:
                break
        assert sent < 64_000_000
        assert Api(hub.port).get("/livez").status == 200


@pytest.mark.parametrize("content_type", ["multipart/form-data; boundary=x", "multipart/mixed", "application/zip"])
def test_row_08_no_multipart(hub, key, content_type):
    """Row 8: a package comes alone, never as a part of something."""
    answer = Api(hub.port, key).submit(b"--x\r\n\r\n<a/>\r\n--x--", Content_Type=content_type)
    assert answer.code == "content-type-unsupported"


def test_row_42_thousand_idle_connections(hub, key):
    """Row 42: beside a thousand connections that say nothing others are served, and the thousand are closed by the limit."""
    with ExitStack() as held:
        silent = [
            held.enter_context(socket.create_connection(("127.0.0.1", hub.port), timeout=10)) for _ in range(1000)
        ]
        assert Api(hub.port, key).get("/v1/agencies").status == 200
        assert Api(hub.port).get("/readyz").status == 200
        assert [each.recv(1000) for each in silent] == [b""] * 1000
    assert Api(hub.port).get("/livez").status == 200


def test_row_42_per_address(hub):
    """Row 42: one address has a limit of its own; above it 503, while another address is let in."""
    with ExitStack() as held:
        for _ in range(1100):
            held.enter_context(socket.create_connection(("127.0.0.1", hub.port), 10, ("127.0.0.3", 0)))
        with socket.create_connection(("127.0.0.1", hub.port), 10, ("127.0.0.3", 0)) as one_more:
            answer = one_more.recv(65536)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"overloaded" in answer
        assert Api(hub.port).get("/livez").status == 200


def test_row_42_body_in_drops(hub, key):
    """Row 42: dripping bytes do not prolong the time for a body."""
    with socket.create_connection(("127.0.0.1", hub.port), timeout=10) as connection:
        connection.sendall(post(key, b"Content-Length: 100000"))
        connection.settimeout(0.2)
        answer = b""
        for _ in range(60):
            connection.sendall(b" ")
            try:
                answer = connection.recv(65536)
                break
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"request-timeout" in answer


def test_row_42_chunks_in_drops(hub, key):
    """Row 42: neither do chunks that say how long they are and then do not come."""
    answer = raw(hub.port, post(key, CHUNKED, body=b"FFFF\r\n<a"))
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_row_42_json_body_in_drops(hub, key):
    """Row 42: JSON bodies have the same limit."""
    path = b"/v1/deliveries/01a200cd-0000-7000-8000-000000000001/reject"
    head = b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + key.encode()
    answer = raw(hub.port, head + b'\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"reason"')
    assert answer.startswith(b"HTTP/1.1 408 ")
