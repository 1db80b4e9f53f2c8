"""Connections with limits, and a stop that drops nothing (rows 42 and 59 of the bad inputs)."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.integration.http.client import Api, raw
from tests.support.hub import HubProcess

LIMITS = {
    "AXIS_LISTEN__HEADER_TIMEOUT": "0.5",
    "AXIS_LISTEN__BODY_TIMEOUT": "1",
    "AXIS_LISTEN__IDLE_TIMEOUT": "1",
    "AXIS_LISTEN__MAX_CONNECTIONS": "20",
    "AXIS_LISTEN__SHUTDOWN_TIMEOUT": "5",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> HubProcess:
    """A hub with narrow limits, not started."""
    return HubProcess.create(tmp_path_factory.mktemp("limits") / "hub", LIMITS)


@pytest.fixture
def hub(folder) -> Iterator[HubProcess]:
    """The hub, running."""
    folder.start()
    yield folder
    folder.stop()


def key(hub):
    return hub.credentials["systems"][0]["api_key"]


def post(hub, *lines):
    own = ("Host: x", f"Authorization: Bearer {key(hub)}", "Content-Type: application/xml", *lines)
    return ("POST /v1/packages HTTP/1.1\r\n" + "\r\n".join(own) + "\r\n\r\n").encode()


def test_row_42_half_a_header(hub):
    """Row 42: a request whose headers do not come to an end gets 408."""
    answer = raw(hub.port, b"POST /v1/packages HTTP/1.1\r\nHost: x\r\n")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"request-timeout" in answer


def test_row_42_header_in_drops(hub):
    """Row 42: dripping bytes do not prolong the time for the headers."""
    with socket.create_connection(("127.0.0.1", hub.port), timeout=10) as connection:
        answer = b""
        for letter in b"GET /livez HTTP/1.1\r\nHost: x" + b"x" * 100:
            connection.sendall(bytes([letter]))
            time.sleep(0.05)
            connection.setblocking(False)
            try:
                answer = connection.recv(65536)
                break
            except BlockingIOError:
                connection.setblocking(True)
        assert answer.startswith(b"HTTP/1.1 408 ")


def test_row_42_silence(hub):
    """Row 42: a connection on which nothing comes is closed without a word."""
    assert raw(hub.port, b"") == b""


def test_row_42_half_a_header_behind_a_request(hub):
    """Row 42: on a kept connection, too, the next request's headers must come in time."""
    with socket.create_connection(("127.0.0.1", hub.port), timeout=10) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        connection.sendall(b"GET /livez HTTP/1.1\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_row_42_half_a_header_glued_to_a_request(hub):
    """Row 42: half a header that came together with a whole request is ended by the limit on idle connections."""
    answer = raw(hub.port, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /livez HTTP/1.1\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_row_42_idle_after_a_request(hub):
    """Row 42: a kept connection without a further request is closed."""
    answer = raw(hub.port, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_row_42_half_a_body(hub):
    """Row 42: a body that stops on the way gets 408, and nothing of it stays."""
    answer = raw(hub.port, post(hub, "Content-Length: 100000") + b"x" * 50_000)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert [path for path in (hub.folder / "data" / "spool").rglob("*") if path.is_file()] == []


def test_row_42_too_many_connections(hub):
    """Row 42: above its limit the hub turns connections away, and takes them again when others leave."""
    held = [socket.create_connection(("127.0.0.1", hub.port), timeout=5) for _ in range(20)]
    try:
        answer = raw(hub.port, b"")
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"overloaded" in answer
    finally:
        for each in held:
            each.close()
    for _ in range(50):
        if raw(hub.port, b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").startswith(b"HTTP/1.1 200 "):
            return
        time.sleep(0.1)
    raise AssertionError("the hub did not recover")


def test_row_59_long_polls_end(hub):
    """Row 59: told to stop, the hub answers waiting long polls at once and exits 0."""
    answers = []
    poll = threading.Thread(target=lambda: answers.append(Api(hub.port, key(hub)).get("/v1/inbox?wait=15")))
    poll.start()
    time.sleep(0.5)
    assert hub.stop() == 0
    poll.join()
    assert (answers[0].status, answers[0].json) == (200, {"items": []})


def test_row_59_work_is_finished(hub):
    """Row 59: a request under way is finished; a new one on a kept connection gets 503; then the hub exits 0."""
    process = psutil.Process(hub.pid)
    slow = socket.create_connection(("127.0.0.1", hub.port), timeout=10)
    kept = socket.create_connection(("127.0.0.1", hub.port), timeout=10)
    kept.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    assert kept.recv(65536).startswith(b"HTTP/1.1 200 ")
    slow.sendall(post(hub, "Content-Length: 4", "Connection: close") + b"<a")
    time.sleep(0.2)
    os.kill(hub.pid, signal.SIGTERM)
    time.sleep(0.2)
    kept.sendall(f"GET /v1/feed HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key(hub)}\r\n\r\n".encode())
    refused = kept.recv(65536)
    assert refused.startswith(b"HTTP/1.1 503 ")
    assert b"shutting-down" in refused
    slow.sendall(b"/>")
    assert slow.recv(65536).startswith(b"HTTP/1.1 422 ")
    slow.close()
    kept.close()
    process.wait(10)


def test_many_clients_that_leave(hub):
    """Clients that leave in the middle of everything harm nobody."""
    for data in (
        b"GET",
        post(hub, "Content-Length: 100000") + b"x" * 1000,
        b"GET /v1/inbox?wait=30 HTTP/1.1\r\nHost: x\r\n\r\n",
    ):
        for _ in range(15):
            with socket.create_connection(("127.0.0.1", hub.port), timeout=5) as connection:
                connection.sendall(data)
    assert Api(hub.port).get("/livez").status == 200
    assert '"level":"error"' not in hub.log.read_text()
