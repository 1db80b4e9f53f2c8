"""Polls that come again byte for byte: what is answered without reading them must be what reading them would have said."""

import json
import socket
import time
from datetime import UTC, datetime

import pytest

from adapters.vxp.signature import format_timestamp, signed_headers
from tests.integration.http.client import Api, raw
from tests.support.hub import axis
from tests.support.vxp import A, B, clear, found, letter, secret_of, sending

ROUTE = 'axis_http_requests_total{method="POST",route="/vxp/getReceivedEdocList",status="200"}'


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = found(tmp_path_factory.mktemp("polls") / "hub")
    made.hub.start()
    yield made
    assert made.hub.stop() == 0


def poll_of(code, **headers):
    """Return the bytes of a poll, the same whenever they are asked for."""
    parameters = {"systemid": code, "timestamp": format_timestamp(datetime(2026, 1, 2, tzinfo=UTC))}
    parameters |= {"servicetype": "eDoc", "messagetype": "edoc", "Content-Type": "application/json"}
    fields = [("Host", "hub"), ("Content-Type", "application/json"), *signed_headers(parameters, secret_of(code))]
    fields += [("Content-Length", "0"), *headers.items()]
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"POST /vxp/getReceivedEdocList HTTP/1.1\r\n{head}\r\n".encode()


def polled(world, data):
    """Poll; return the headers and the envelope."""
    head, _, body = raw(world.hub.port, data).partition(b"\r\n\r\n")
    lines = head.decode("ascii").split("\r\n")
    assert lines[0] == "HTTP/1.1 200 OK"
    return {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}, json.loads(body)


def counted(world):
    text = Api(world.hub.port).get("/metrics").body.decode()
    return next((float(line.split()[-1]) for line in text.splitlines() if line.startswith(ROUTE)), 0.0)


def listed(world, data):
    return [item["docId"] for item in polled(world, data)[1]["data"]]


def until(is_so):
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_repeated_poll_gets_the_same_answer(world):
    """Whether it was read or not, status, headers and body are the same but for trace id and date; each is counted."""
    poll, before = poll_of(A), counted(world)
    answers = [polled(world, poll) for _ in range(6)]
    traces = {headers.pop("trace-id") for headers, _ in answers}
    assert {headers.pop("date") is not None for headers, _ in answers} == {True}
    assert len(traces) == 6
    assert all(each == answers[0] for each in answers)
    assert answers[0][1] == {"status": "OK", "ErrorCode": "0", "ErrorDesc": "Success", "data": []}
    assert counted(world) - before == 6


def test_a_document_is_seen_as_soon_as_it_is_consigned(world):
    """The first poll after the sender can see that it was consigned lists it, however many polls found nothing before."""
    poll = poll_of(B)
    for _ in range(5):
        assert listed(world, poll) == []
        with world.sdk(A) as sdk:
            assert sdk.documents().send_edoc(sending(A), letter(A, B)).status == "OK"
        until(lambda: listed(world, poll) != [])
        with world.sdk(B) as sdk:
            clear(sdk.documents())
        assert listed(world, poll) == []


def test_after_a_kill_nothing_is_remembered(world):
    """What was consigned when the hub was killed is listed by the first poll of the next process."""
    poll = poll_of(B)
    assert [listed(world, poll) for _ in range(3)] == [[], [], []]
    with world.sdk(A) as sdk:
        assert sdk.documents().send_edoc(sending(A), letter(A, B)).status == "OK"
    until(lambda: listed(world, poll) != [])
    world.hub.kill()
    world.hub.start()
    assert len(listed(world, poll)) == 1
    with world.sdk(B) as sdk:
        clear(sdk.documents())


def test_a_poll_in_pieces_and_two_at_once(world):
    """Bytes that come in another arrangement are read; two requests at once get an answer, and the connection ends."""
    poll = poll_of(A)
    polled(world, poll)
    with socket.create_connection(("127.0.0.1", world.hub.port), timeout=20) as connection:
        connection.sendall(poll[:100])
        time.sleep(0.2)
        connection.sendall(poll[100:])
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    answer = raw(world.hub.port, poll + poll)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_a_poll_with_a_trace_of_its_own_keeps_it(world):
    """Who sends a `traceparent` gets that trace id back each time."""
    poll = poll_of(A, traceparent=f"00-{'a1' * 16}-{'b2' * 8}-01")
    assert [polled(world, poll)[0]["trace-id"] for _ in range(3)] == ["a1" * 16] * 3


def test_a_suspended_system_is_refused(world):
    """A poll that was let in a thousand times is refused when its system may not come in any more, and let in when it may."""
    poll, config = poll_of(A), ("--config", str(world.hub.config))
    assert polled(world, poll)[1]["ErrorCode"] == "0"
    axis("system", "suspend", A, *config)
    until(lambda: polled(world, poll)[1]["ErrorCode"] == "15")
    axis("system", "resume", A, *config)
    until(lambda: polled(world, poll)[1]["ErrorCode"] == "0")


def test_the_rate_of_a_caller_counts_repeated_polls(tmp_path):
    """Who polls faster than its rate is slowed down and refused, with the envelope, also when nothing needs to be read."""
    limits = {"AXIS_LIMITS__REQUESTS_PER_SECOND": "2", "AXIS_LIMITS__BURST": "5"}
    made = found(tmp_path / "hub", limits)
    made.hub.start()
    try:
        poll = poll_of(A)
        began = time.monotonic()
        answers = [raw(made.hub.port, poll) for _ in range(12)]
        assert sum(b'"ErrorCode":"0"' in each for each in answers) <= 5 + 2 * (time.monotonic() - began) + 1
        assert answers[0].startswith(b"HTTP/1.1 200 ")
    finally:
        assert made.hub.stop() == 0


def test_the_log_says_who_polled_how_often(tmp_path):
    """Polls that were read have a line each; the others have one for all of them, and it holds no signature."""
    made = found(tmp_path / "hub")
    made.hub.start()
    try:
        poll = poll_of(A)
        for _ in range(60):
            assert b'"ErrorCode":"0"' in raw(made.hub.port, poll)
    finally:
        assert made.hub.stop() == 0
    lines = [
        json.loads(line) for line in made.hub.log.read_text(encoding="utf-8").splitlines() if "getReceived" in line
    ]
    read = [line for line in lines if line["event"] == "request"]
    (repeated,) = [line for line in lines if line["event"] == "request-repeated"]
    assert len(read) + repeated["times"] == 60
    assert (repeated["caller"], repeated["route"], repeated["status"]) == (A, "/vxp/getReceivedEdocList", 200)
    assert not {"hash-header", "sign-header"} & set(json.dumps(lines).lower().split('"'))
