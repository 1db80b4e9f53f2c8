"""Any request to any path under `/vxp/` gets what the SDK can read: an envelope, or nothing where a document is awaited."""

from __future__ import annotations

import json
import random
import socket
import time
from datetime import UTC, datetime

import pytest

from adapters.vxp.operations import OPERATIONS
from adapters.vxp.signature import format_timestamp, signed_headers
from tests.support.vxp import A, found, secret_of

SEEDS = range(40)
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "LOCK", "X", "")
_NAMES = (
    *OPERATIONS,
    "",
    "x",
    "SENDEDOC",
    "sendEdoc/",
    "../v1/packages",
    "%2e%2e/livez",
    "sendEdoc;a=b",
    "getEdoc?x=1",
    "é",
)
_PREFIXES = ("/vxp//", "//vxp/", "///vxp///")
_NOISE = ("", "x", "\x00", "\x10", "é", "\r", "{", '{"a":1}', "a" * 9000, "\x7f", "%00", "{}" * 300, "null", "-1")
_STRANGE = (
    b"Expect: 100-continue", b"Expect: 200-ok", b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip",
    b"Content-Length: 5", b"Content-Length: 99999999999", b"Content-Length: -1", b"Content-Encoding: gzip",
    b"Host:", b"Host: a b", b"Host: x\r\nHost: y", b"Upgrade: websocket\r\nConnection: Upgrade", b"Range: bytes=0-1",
    b"X: " + b"a" * 20_000, b": nothing", b"No colon", b"Client-Cert: :x:", b"If-None-Match: *", b"Origin: null",
)  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = found(
        tmp_path_factory.mktemp("any") / "hub", {"AXIS_LISTEN__HEADER_TIMEOUT": "2", "AXIS_LISTEN__BODY_TIMEOUT": "2"}
    )
    made.hub.start()
    yield made
    assert made.hub.stop() == 0
    assert '"defect"' not in made.hub.log.read_text(encoding="utf-8", errors="replace")


def said(world, request: bytes, *, wait: float = 12.0) -> bytes:
    """Send bytes, read everything until the hub closes."""
    with socket.create_connection(("127.0.0.1", world.hub.port), timeout=wait) as connection:
        connection.sendall(request)
        answer = b""
        try:
            while piece := connection.recv(65_536):
                answer += piece
                if is_whole(answer):
                    break
        except (TimeoutError, ConnectionError):
            pass
    return answer


def answers(answer: bytes):
    """Split what came into status, headers and body, past `100 Continue`."""
    while answer.startswith(b"HTTP/1.1 100"):
        answer = answer.partition(b"\r\n\r\n")[2]
    head, _, body = answer.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    headers = {name.lower(): value for name, _, value in (field.partition(b": ") for field in fields)}
    return int(line.split(b" ")[1]), headers, body


def is_whole(answer: bytes) -> bool:
    if b"\r\n\r\n" not in answer:
        return False
    _, headers, body = answers(answer) if not answer.rstrip().endswith(b"100 Continue") else (0, {}, b"")
    length = headers.get(b"content-length")
    return length is not None and len(body) >= int(length)


def require_readable(request: bytes, answer: bytes) -> None:
    """An envelope in ASCII with its three members, or an empty body for a download; never 202, 204 or a redirect."""
    status, headers, body = answers(answer)
    assert status not in {202, 204, *range(300, 400)}, (request[:200], answer[:300])
    if request.startswith(b"HEAD") or (b"downloadEdoc" in request.split(b"\r\n")[0] and not body):
        assert body == b""
        return
    if headers.get(b"transfer-encoding") == b"chunked":
        body = b"".join(body.split(b"\r\n")[1::2])
    assert headers[b"content-type"] == b"application/json", (request[:200], answer[:300])
    assert body.isascii()
    envelope = json.loads(body)
    assert envelope["status"] in {"OK", "FAIL"}
    assert isinstance(envelope["ErrorCode"], str)
    assert isinstance(envelope["ErrorDesc"], str)
    assert envelope["ErrorDesc"]
    assert envelope["status"] == "OK" or {"DocId", "count", "data"} <= set(envelope)


def odd_request(chance: random.Random) -> bytes:
    """Make a request that is wrong in one or several ways; some are signed rightly."""
    method = chance.choice(_METHODS[:2] * 5 + _METHODS)
    path = chance.choice((*(f"/vxp/{name}" for name in _NAMES), *(f"{prefix}sendEdoc" for prefix in _PREFIXES), "/vxp"))
    parameters = {"systemid": A, "timestamp": format_timestamp(datetime.now(UTC)), "Content-Type": "application/json"}
    for _ in range(chance.randrange(4)):
        name = chance.choice(
            ("docId", "docid", "status", "from", "to", "pageSize", "fromDate", "messagetype", "hash-file")
        )
        parameters[name] = chance.choice(_NOISE)
    lines = [
        (name.encode(), value.encode("utf-8", "replace")) for name, value in signed_headers(parameters, secret_of(A))
    ]
    lines = chance.sample(lines, chance.choice((len(lines), len(lines), chance.randrange(len(lines) + 1))))
    fields = [name + b": " + value for name, value in lines]
    fields += chance.sample(_STRANGE, chance.choice((0, 0, 1, 2)))
    body = chance.choice((b"", b"{}", b"\r\n", b"<edXML/>\r\n", bytes(range(256)), b"5\r\nhello\r\n0\r\n\r\n"))
    if not any(b"Content-Length" in field or b"Transfer-Encoding" in field for field in fields):
        fields.append(b"Content-Length: %d" % len(body))
    if not any(field.startswith(b"Host") for field in fields):
        fields.append(b"Host: 127.0.0.1")
    return f"{method} {path} HTTP/1.1\r\n".encode() + b"\r\n".join(fields) + b"\r\n\r\n" + body


@pytest.mark.parametrize("seed", SEEDS)
def test_any_request_is_answered_readably(world, seed):
    """Fifteen odd requests of one seed: methods, paths, headers, parameters and bodies that nobody should send."""
    chance = random.Random(seed)
    for _ in range(15):
        request = odd_request(chance)
        if not request.split(b" ", 1)[0]:
            continue  # without a method there is no path
        answer = said(world, request)
        assert answer, request
        require_readable(request, answer)


def test_half_a_request_is_told_so(world):
    """A header that never ends gets an envelope when its time is up, a download nothing."""
    for operation, is_empty in (("sendEdoc", False), ("downloadEdoc", True)):
        answer = said(world, f"POST /vxp/{operation} HTTP/1.1\r\nHost: x\r\nX-Half: ".encode())
        status, _, body = answers(answer)
        assert status == 408
        assert (body == b"") is is_empty
        if not is_empty:
            require_readable(b"POST", answer)


def test_a_body_that_never_comes_is_told_so(world):
    """An upload that stops half way gets an envelope."""
    parameters = {
        "systemid": A,
        "messagetype": "edoc",
        "hash-file": "0",
        "timestamp": format_timestamp(datetime.now(UTC)),
        "Content-Type": "application/octet-stream",
    }
    fields = b"".join(
        name.encode() + b": " + value.encode() + b"\r\n" for name, value in signed_headers(parameters, secret_of(A))
    )
    request = b"POST /vxp/sendEdoc HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n" + fields + b"\r\nhalf"
    answer = said(world, request, wait=10)
    require_readable(request, answer)


def test_a_full_hub_says_so_in_an_envelope(tmp_path):
    """Above the cap of connections an SDK is refused in its own terms, others in theirs."""
    made = found(tmp_path / "hub", {"AXIS_LISTEN__MAX_CONNECTIONS": "10"})
    made.hub.start()
    held = [socket.create_connection(("127.0.0.1", made.hub.port)) for _ in range(10)]
    try:
        time.sleep(0.2)
        for operation in ("getReceivedEdocList", "sendEdoc"):
            request = f"POST /vxp/{operation} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{{}}".encode()
            answer = said(made, request)
            require_readable(request, answer)
            assert json.loads(answers(answer)[2])["ErrorCode"] == "20"
        assert answers(said(made, b"GET /vxp/downloadEdoc HTTP/1.1\r\nHost: x\r\n\r\n"))[2] == b""
        assert b"urn:axis:problem:overloaded" in said(made, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    finally:
        for each in held:
            each.close()
        assert made.hub.stop() == 0


def test_a_fast_caller_is_told_so_in_an_envelope(tmp_path):
    """Beyond its rate a system gets code 20, with a body that it can read."""
    made = found(tmp_path / "hub", {"AXIS_LIMITS__REQUESTS_PER_SECOND": "1", "AXIS_LIMITS__BURST": "2"})
    made.hub.start()
    try:
        with made.sdk(A) as sdk:
            results = [sdk.documents().get_received_edoc_list("{}") for _ in range(5)]
        assert results[0].status == "OK"
        assert {each.code for each in results} == {"0", "20"}
    finally:
        assert made.hub.stop() == 0
