"""Requests that come again byte for byte: when the standing answer is given, and what is counted and told."""

import json
from dataclasses import dataclass, field

import pytest
import structlog
from aiohttp.test_utils import make_mocked_request

from adapters.http.context import remember
from adapters.http.lifetime import Lifetime
from adapters.http.logs import configure_logs
from adapters.http.metrics import Metrics
from adapters.http.peers import Peer
from adapters.http.repeats import LONGEST, Repeats
from adapters.http.request_log import RequestLog
from hub.annex import PlainAnswer, Standing
from hub.client_certificates import ClientCertificate
from hub.trouble import Deferral

HERE, THERE = Peer("192.0.2.1"), Peer("192.0.2.2")
POLL = b"POST /vxp/getReceivedEdocList HTTP/1.1\r\nHost: hub\r\n\r\n"
ANSWER = PlainAnswer(200, b'{"data":[]}', "application/json", {"Server": "axis-hub"})


@dataclass
class Seen:
    """One process, with a request that was answered once."""

    lifetime: Lifetime = field(default_factory=Lifetime)
    metrics: Metrics = field(default_factory=Metrics)
    holds: bool = True
    asked: int = 0

    def __post_init__(self):
        self.repeats = Repeats(self.lifetime, self.metrics, RequestLog(self.metrics))

    def stands(self):
        self.asked += 1
        if isinstance(self.holds, Exception):
            raise self.holds
        return self.holds

    def remember(self, data=POLL, peer=HERE):
        request = make_mocked_request("POST", "/vxp/getReceivedEdocList", {"User-Agent": "SDK"})
        remember(request, route="/vxp/getReceivedEdocList", caller="V01.01")
        self.repeats.remember(data, peer, request, Standing(ANSWER, self.stands))

    def answered(self):
        value = self.metrics.registry.get_sample_value
        labels = {"method": "POST", "route": "/vxp/getReceivedEdocList", "status": "200"}
        return value("axis_http_requests_total", labels) or 0


@pytest.fixture
def lines(tmp_path):
    """Return the lines of the log so far."""
    with (tmp_path / "log").open("w+", encoding="utf-8") as stream:
        configure_logs("info", stream)

        def read():
            stream.flush()
            stream.seek(0)
            return [json.loads(line) for line in stream]

        yield read
    structlog.reset_defaults()  # what is configured now is remembered by each logger that is used first after it


@pytest.fixture
async def seen(lines):
    made = Seen()
    made.remember()
    yield made
    made.repeats.close()


def read(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *fields = head.decode("ascii").split("\r\n")
    return status, dict(line.split(": ", 1) for line in fields), body


async def test_the_answer_stands(seen):
    """The same bytes from the same address get it whole, on a connection that ends, each with a trace id of its own."""
    (status, fields, body), (_, again, _) = (read(seen.repeats.answer(POLL, HERE)) for _ in range(2))
    assert (status, body) == ("HTTP/1.1 200 OK", ANSWER.body)
    expected = {"Content-Type": "application/json", "Server": "axis-hub", "Connection": "close", "Content-Length": "11"}
    assert fields.items() >= expected.items()
    assert fields["Date"].endswith(" GMT")
    assert len(fields["Trace-Id"]) == 32
    assert fields["Trace-Id"] != again["Trace-Id"]


@pytest.mark.parametrize("data, peer", [(POLL + POLL, HERE), (POLL[:-2], HERE), (POLL.lower(), HERE), (POLL, THERE)])
async def test_anything_else_is_read(seen, data, peer):
    """Other bytes, or another address, are no repetition."""
    assert seen.repeats.answer(data, peer) is None


@pytest.mark.parametrize("holds", [False, Deferral("storage-unavailable")])
async def test_whoever_offered_it_is_asked_each_time(seen, holds):
    """An answer that does not hold, or of which nobody can say so, is not given and not counted."""
    assert seen.repeats.answer(POLL, HERE) is not None
    seen.holds = holds
    assert seen.repeats.answer(POLL, HERE) is None
    assert (seen.asked, seen.answered()) == (2, 1)


async def test_a_process_that_stops_gives_none(seen):
    """New work is refused where requests are read."""
    seen.lifetime.stop()
    assert seen.repeats.answer(POLL, HERE) is None


async def test_what_is_never_remembered(seen):
    """A request that came in pieces (no bytes), a long one, and one from somebody with a certificate, are read each time."""
    known = Peer("192.0.2.3", certificate=ClientCertificate("0" * 64, b"x"))
    long = POLL + b"x" * LONGEST
    for data, peer in ((b"", HERE), (POLL, known), (long, HERE)):
        seen.remember(data, peer)
        assert seen.repeats.answer(data, peer) is None


async def test_every_answer_is_counted_and_the_log_says_how_many(seen, lines):
    """A line for all repetitions says who asked what how often; there is none for each, and none when none came."""
    for _ in range(3):
        seen.repeats.answer(POLL, HERE)
    assert (seen.answered(), lines()) == (3, [])
    seen.repeats.tell()
    seen.repeats.tell()
    (line,) = lines()
    told = {
        "event": "request-repeated",
        "times": 3,
        "caller": "V01.01",
        "path": "/vxp/getReceivedEdocList",
        "agent": "SDK",
    }
    assert line.items() >= told.items()


async def test_what_is_not_told_yet_outlives_a_new_answer(seen, lines):
    """A request that had to be read in between goes on being counted."""
    seen.repeats.answer(POLL, HERE)
    seen.remember()
    seen.repeats.answer(POLL, HERE)
    seen.repeats.close()
    assert [line["times"] for line in lines()] == [2]


async def test_what_did_not_come_for_a_while_is_forgotten(seen):
    """Told twice without having come in between, a request is read again."""
    seen.repeats.answer(POLL, HERE)
    seen.repeats.tell()
    assert seen.repeats.answer(POLL, HERE) is not None
    seen.repeats.tell()
    seen.repeats.tell()
    assert seen.repeats.answer(POLL, HERE) is None


async def test_a_thorough_log_has_a_line_for_each(lines, tmp_path):
    """From level debug on nothing is summed up only."""
    with (tmp_path / "debug").open("w+", encoding="utf-8") as stream:
        configure_logs("debug", stream)
        made = Seen()
        made.remember()
        trace_id = read(made.repeats.answer(POLL, HERE))[1]["Trace-Id"]
        stream.seek(0)
        (line,) = map(json.loads, stream)
        assert (line["event"], line["level"], line["trace_id"]) == ("request", "debug", trace_id)
        made.repeats.close()
