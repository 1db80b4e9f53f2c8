"""Rows 6 to 8, 40, 41 and 43 of the bad inputs: what is wrong with the request."""

from __future__ import annotations

import gzip
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.ids import uuid7
from tests.integration.http.client import raw
from tests.integration.http.conftest import B

LIMIT = 58_720_256


def head(world, *lines):
    """The head of a POST of a package, with these header lines."""
    own = ("Host: x", f"Authorization: Bearer {world.keys['sys-h99-01']}", "Content-Type: application/xml", *lines)
    return ("POST /v1/packages HTTP/1.1\r\n" + "\r\n".join(own) + "\r\n\r\n").encode()


def test_row_06_stated_length(world, watch):
    """Row 6: a stated length over the limit is refused before the first byte is read."""
    answer = raw(world.hub.port, head(world, f"Content-Length: {LIMIT + 1}", "Expect: 100-continue"))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"100 Continue" not in answer
    assert b"body-too-large" in answer
    watch.nothing_stored()


def test_row_06_chunked(world, watch):
    """Row 6: a body without a stated length is counted while it streams, and its temporary file is removed."""

    def pieces():
        for _ in range(LIMIT // 1_000_000 + 2):
            yield b" " * 1_000_000

    answer = world.api().request(
        "POST",
        "/v1/packages",
        pieces(),
        {"Content-Type": "application/xml", "Transfer-Encoding": "chunked"},
        is_chunked=True,
    )
    watch.refused(answer, 413, "body-too-large", is_recorded=False)


@pytest.mark.parametrize(
    "encoding, body",
    [
        ("gzip", gzip.compress(b"<a/>", mtime=0)),
        ("gzip", gzip.compress(b"\0" * 50_000_000, mtime=0)),
        ("gzip", b"not gzip"),
        ("deflate", b"x"),
        ("br", b"x"),
        ("zstd", b"x"),
        ("nonsense", b"<a/>"),
        ("identity, gzip", b"x"),
    ],
)
def test_row_07_encodings(world, watch, encoding, body):
    """Row 7: nothing is ever inflated: any content encoding is refused."""
    answer = world.api().submit(body, Content_Encoding=encoding)
    watch.refused(answer, 415, "content-encoding-unsupported", is_recorded=False)


def test_row_07_two_encodings(world, watch):
    """Row 7: what a second line of the field says counts as well."""
    lines = ("Content-Encoding: identity", "Content-Encoding: gzip", "Content-Length: 4", "Connection: close")
    assert b"content-encoding-unsupported" in raw(world.hub.port, head(world, *lines) + b"<a/>")
    watch.nothing_stored()


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/json", "application/xml; charset=utf-16", "", "xml"]
)
def test_row_08_content_types(world, watch, content_type):
    """Row 8: a package under another name is not read."""
    answer = world.api().submit(world.signed(), Content_Type=content_type)
    watch.refused(answer, 415, "content-type-unsupported", is_recorded=False)


def test_row_08_no_content_type(world, watch):
    """Row 8: a package without a name is not read."""
    answer = world.api().request("POST", "/v1/packages", world.signed())
    watch.refused(answer, 415, "content-type-unsupported", is_recorded=False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"{}",
        b'{"reason": 5}',
        b'{"reason": ""}',
        b'{"reason": " "}',
        b'{"reason": null}',
        b'{"reason": "x", "more": 1}',
        b'{"reason": "\\u0000"}',
        b'{"reason": "\\ud800"}',
        b'{"reason": "\xff"}',
        b'{"reason": "a\\r\\nb"}',
        b'{"reason": NaN}',
        b'{"reason": 1e999}',
        b'{"reason":' + b"[" * 60_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        json.dumps({"reason": "x" * 1001}).encode(),
        json.dumps({"reason": "x\uffff"}).encode(),
        '{"reason": "x"}'.encode("utf-16"),
    ],
)
def test_row_40_hostile_json(world, watch, body):
    """Row 40: what is not the JSON that a route takes is refused by pointer, and does nothing."""
    for path in (f"/v1/packages/{uuid7()}/recall", f"/v1/deliveries/{uuid7()}/reject"):
        answer = world.api(B).request("POST", path, body, {"Content-Type": "application/json"})
        watch.refused(answer, 400, "json-invalid", is_recorded=False)


def test_row_40_pointer(world):
    """Row 40: the answer points at the member that is wrong."""
    answer = world.api().post(f"/v1/packages/{uuid7()}/recall", {"reason": 5})
    assert answer.problem.errors[0].path == "/reason"


def test_row_40_ack_takes_no_words(world, watch):
    """Row 40: an acknowledgement with a body says something that nobody would record; it is refused."""
    answer = world.api(B).post(f"/v1/deliveries/{uuid7()}/ack", {"note": "x"})
    watch.refused(answer, 400, "json-invalid", is_recorded=False)


def test_row_40_too_much_json(world, watch):
    """Row 40: a JSON body has a limit of its own."""
    answer = world.api().post(f"/v1/packages/{uuid7()}/recall", {"reason": "x" * 70_000})
    watch.refused(answer, 413, "body-too-large", is_recorded=False)


@pytest.mark.parametrize(
    "request_",
    [
        b"GARBAGE\r\n\r\n",
        b"FOO /livez HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /livez HTTP/1.1\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /livez HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET /livez?\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /v1/packages HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/packages HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"POST /v1/packages HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/packages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_row_41_broken_http(world, watch, request_):
    """Row 41: a request that breaks HTTP gets a problem, never an echo, and the connection ends."""
    answer = raw(world.hub.port, request_)
    status_line, _, rest = answer.partition(b"\r\n")
    assert status_line.split(b" ")[1] == b"400"
    assert b"urn:axis:problem:protocol-error" in rest
    assert b"Trace-Id: " in rest
    assert b"GARBAGE" not in rest
    watch.nothing_stored()


def test_row_41_glued_request(world, watch):
    """Row 41: a second request glued behind a broken one is not served."""
    answer = raw(world.hub.port, b"GET /livez HTTP/1.1\r\nHost : x\r\n\r\nGET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.count(b"\r\nTrace-Id: ") == 1
    assert b"alive" not in answer


@pytest.mark.parametrize("line", ["Authorization: Bearer axk_other", "Idempotency-Key: b"])
def test_row_41_said_twice(world, watch, line):
    """Row 41: who calls, and under which key, is said once: a proxy may have read the other line."""
    package = world.signed()
    answer = raw(world.hub.port, head(world, "Idempotency-Key: a", line, f"Content-Length: {len(package)}") + package)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"urn:axis:problem:protocol-error" in answer
    watch.nothing_stored()


def test_row_41_broken_chunks(world, watch):
    """Row 41: a body whose chunks break in the middle is refused, not taken half."""
    answer = raw(world.hub.port, head(world, "Transfer-Encoding: chunked") + b"5\r\n<a/> \r\nZZ\r\n")
    assert b" 400 " in answer.split(b"\r\n")[0]
    watch.nothing_stored()


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("DELETE", "/v1/packages", {"GET", "HEAD", "POST"}),
        ("TRACE", "/v1/packages", {"GET", "HEAD", "POST"}),
        ("PUT", "/livez", {"GET", "HEAD"}),
        ("POST", "/v1/inbox", {"GET"}),
        ("HEAD", "/v1/inbox", {"GET"}),
        ("GET", "/v1/packages/validate", {"POST"}),
        ("PATCH", "/v1/deliveries/01999999-9999-7999-8999-999999999999", {"GET", "HEAD"}),
    ],
)
def test_row_43_methods(world, watch, method, path, allowed):
    """Row 43: a method that a path does not take is answered with those that it takes."""
    answer = world.api().request(method, path)
    assert answer.status == 405
    assert set(answer.headers["Allow"].split(",")) == allowed
    if method != "HEAD":
        watch.refused(answer, 405, "method-not-allowed", is_recorded=False)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v2/packages",
        "/v1/packages/",
        "/v1/packages/1",
        "/v1/packages/../../etc/passwd",
        "/%00",
        "/admin",
    ],
)
def test_row_43_unknown_paths(world, watch, path):
    """Row 43: a path that leads nowhere is not found."""
    watch.refused(world.api().get(path), 404, "not-found", is_recorded=False)


def test_row_43_options(world):
    """Row 43: OPTIONS says what may be done."""
    answer = world.api(None).request("OPTIONS", "/v1/packages")
    assert (answer.status, set(answer.headers["Allow"].split(","))) == (204, {"GET", "HEAD", "POST", "OPTIONS"})


def test_bad_digest(world, watch):
    """A body that does not match its stated digest is refused."""
    answer = world.api().submit(world.signed(), Content_Digest="sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:")
    watch.refused(answer, 400, "content-digest-mismatch", is_recorded=False)


def test_bad_digest_in_a_second_line(world, watch):
    """A SHA-256 counts wherever in the field it is stated."""
    package = world.signed()
    lines = (
        "Content-Digest: sha-512=:AAAA:",
        "Content-Digest: sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
        f"Content-Length: {len(package)}",
        "Connection: close",
    )
    assert b"content-digest-mismatch" in raw(world.hub.port, head(world, *lines) + package)
    watch.nothing_stored()


@pytest.mark.parametrize("key", ["x" * 256, "", "a b", "ủ".encode().decode("latin-1")])
def test_bad_idempotency_key(world, watch, key):
    """An idempotency key that is too long, empty or not visible ASCII is refused."""
    answer = world.api().submit(world.signed(), Idempotency_Key=key)
    watch.refused(answer, 400, "query-invalid", is_recorded=False)


def test_idempotency_key_reused(world):
    """The same key on another request is refused; on the same request it changes nothing."""
    package, other, key = world.signed(), world.signed(), uuid7()
    assert world.api().submit(package, Idempotency_Key=key).status == 201
    assert world.api().submit(package, Idempotency_Key=key).status == 200
    assert world.api().submit(other, Idempotency_Key=key).code == "idempotency-key-reused"
    assert world.api().submit(other).status == 201


def test_nothing_comes_through_under_load(world, watch):
    """Many bad requests at once are all refused alike."""
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: world.api(None).submit(b"<a/>"), range(100)))
    assert {answer.status for answer in answers} == {401}
    watch.nothing_stored()
