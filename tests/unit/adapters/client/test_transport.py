"""The client against a real listener that answers what it is told."""

import asyncio
import hashlib
from collections import deque
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web

from adapters.client import (
    ContentDamaged,
    HubUnreachable,
    ProblemError,
    RetryPolicy,
    UnexpectedAnswer,
    open_client,
)
from adapters.client.digest import digest_field, sha256_in

QUICK = RetryPolicy(attempts=3, first=0.001, longest=0.01, answer_within=5)
PROBLEM = {"type": "urn:axis:problem:recipient-unknown", "title": "t", "status": 422, "detail": "d", "fix": "f"}
PACKAGE = {
    "id": "p",
    "document_id": "d",
    "kind": "document",
    "business": "new",
    "sender": "H99.01",
    "notation": "1/CV",
    "subject": "s",
    "urgency": 0,
    "sha256": "0" * 64,
    "size": 1,
    "accepted_at": "2026-11-20T08:00:00Z",
    "signature": {"result": "valid", "signer": None, "policy": "required"},
    "deliveries": [],
    "receipt": "jws",
    "later_addition": True,
}


class Hub:
    """Answers each request with the next of its answers and keeps what it was asked."""

    def __init__(self, *answers):
        self.answers = deque(answers)
        self.asked = []

    async def handle(self, request):
        self.asked.append((request, await request.read()))
        answer = self.answers.popleft()
        return await answer(request) if callable(answer) else answer


@asynccontextmanager
async def asking(*answers, retry=QUICK, **options):
    hub = Hub(*answers)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hub.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        async with open_client(f"http://127.0.0.1:{port}/", "axk_a_b", retry=retry, **options) as client:
            yield client, hub
    finally:
        await runner.cleanup()


def problem(status=422, code="recipient-unknown", **headers):
    body = PROBLEM | {"type": f"urn:axis:problem:{code}"}
    return web.json_response(body, status=status, headers=headers, content_type="application/problem+json")


async def cut(request):
    request.transport.abort()
    return web.Response()


async def test_submits():
    """A submission carries the key, the language, the type, its digest and an idempotency key."""
    async with asking(web.json_response(PACKAGE, status=201), language="vi") as (client, hub):
        submitted = await client.submit(b"<x/>")
    request, body = hub.asked[0]
    assert (request.method, request.path, body) == ("POST", "/v1/packages", b"<x/>")
    assert request.headers["Authorization"] == "Bearer axk_a_b"
    assert request.headers["Accept-Language"] == "vi"
    assert request.headers["Content-Type"] == "application/edxml+xml"
    assert sha256_in(request.headers["Content-Digest"]) == hashlib.sha256(b"<x/>").digest()
    assert request.headers["Idempotency-Key"]
    assert submitted.package.id == "p"
    assert not submitted.is_replay


async def test_replay():
    """A repeated submission says so."""
    async with asking(web.json_response(PACKAGE, headers={"Idempotency-Replayed": "true"})) as (client, _):
        assert (await client.submit(b"<x/>")).is_replay


@pytest.mark.parametrize(
    "failure", [cut, problem(503, "overloaded"), problem(429, "rate-limited"), web.Response(status=503)]
)
async def test_repeats_with_the_same_bytes(failure, tmp_path):
    """A lost connection, 429 and 503 are repeated: same bytes, same idempotency key; a file is read anew."""
    path = tmp_path / "x.edxml"
    path.write_bytes(b"<x/>")
    async with asking(failure, web.json_response(PACKAGE)) as (client, hub):
        await client.submit(path)
    (first, _), (second, body) = hub.asked
    assert body == b"<x/>"
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


async def test_gives_up():
    """After the last attempt the trouble comes out."""
    async with asking(*[problem(503, "overloaded") for _ in range(3)]) as (client, hub):
        with pytest.raises(ProblemError) as error:
            await client.submit(b"<x/>")
    assert error.value.code == "overloaded"
    assert len(hub.asked) == 3


async def test_refusal_is_not_repeated():
    """A refusal is final; it carries the problem as the hub wrote it."""
    async with asking(problem()) as (client, hub):
        with pytest.raises(ProblemError, match="d") as error:
            await client.submit(b"<x/>")
    assert len(hub.asked) == 1
    assert (error.value.code, error.value.problem.status, error.value.problem.fix) == ("recipient-unknown", 422, "f")


async def test_nobody_listens(unused_port):
    """Where nobody listens the hub is unreachable."""
    async with open_client(f"http://127.0.0.1:{unused_port}", None, retry=QUICK) as client:
        with pytest.raises(HubUnreachable):
            await client.ready()


async def test_silence():
    """A hub that does not answer in time is unreachable."""

    async def sleep(_request):
        await asyncio.sleep(30)
        return web.Response()

    quick = RetryPolicy(attempts=1, answer_within=0.2)
    async with asking(sleep, retry=quick) as (client, _):
        with pytest.raises(HubUnreachable):
            await client.package("p")


@pytest.mark.parametrize("status", [200, 404, 500])
async def test_something_else_answers(status):
    """What does not speak the contract is named so."""
    async with asking(web.Response(text="<html>hello", status=status)) as (client, _):
        with pytest.raises(UnexpectedAnswer):
            await client.package("p")


async def test_redirect_is_no_answer():
    """Redirects are not followed: the key goes to the hub only."""
    async with asking(web.Response(status=302, headers={"Location": "/elsewhere"})) as (client, hub):
        with pytest.raises(UnexpectedAnswer):
            await client.package("p")
    assert len(hub.asked) == 1


async def test_identifiers_are_quoted():
    """An id cannot change the path that is asked."""
    async with asking(web.json_response(PACKAGE)) as (client, hub):
        await client.package("../receipts?x=1")
    assert hub.asked[0][0].raw_path == "/v1/packages/..%2Freceipts%3Fx%3D1"


async def test_pages():
    """The next page's cursor is read from the Link header."""
    link = {"Link": '</v1/packages?limit=50&cursor=abc>; rel="next"'}
    async with asking(web.json_response({"items": [PACKAGE]}, headers=link), web.json_response({"items": []})) as (
        client,
        _,
    ):
        page = await client.packages(notation="1/CV")
        assert (len(page.items), page.cursor) == (1, "abc")
        assert (await client.packages(cursor=page.cursor)).cursor is None


async def test_download(tmp_path):
    """A download is kept when its digest is the announced one."""
    digest = digest_field(hashlib.sha256(b"<x/>").digest())
    async with asking(web.Response(body=b"<x/>", headers={"Repr-Digest": digest})) as (client, _):
        content = await client.delivery_content("d", tmp_path / "x.edxml")
    assert (tmp_path / "x.edxml").read_bytes() == b"<x/>"
    assert content.size == 4


@pytest.mark.parametrize("headers", [{}, {"Repr-Digest": digest_field(b"\0" * 32)}, {"Repr-Digest": "sha-256=:!:"}])
async def test_damaged_download(tmp_path, headers):
    """A download with another digest, or none, leaves nothing behind."""
    async with asking(web.Response(body=b"<x/>", headers=headers)) as (client, _):
        with pytest.raises(ContentDamaged):
            await client.delivery_content("d", tmp_path / "x.edxml")
    assert list(tmp_path.iterdir()) == []


async def test_feed_resumes():
    """The feed goes on behind the last item and ends, when told not to wait, where nothing is left."""

    def page(*cursors):
        items = [
            {"cursor": c, "type": "receipt", "id": "r", "event": "e", "at": "2026-11-20T08:00:00Z"} for c in cursors
        ]
        return web.json_response({"items": items})

    async with asking(page(3, 5), page(9), page()) as (client, hub):
        cursors = [item.cursor async for item in client.feed(after=2, wait=None)]
    assert cursors == [3, 5, 9]
    assert [request.query["after"] for request, _ in hub.asked] == ["2", "5", "9"]


async def test_not_ready():
    """A hub that is not ready answers 503, which is an answer here."""
    async with asking(web.json_response({"status": "not-ready"}, status=503)) as (client, _):
        assert await client.ready() == (False, {"status": "not-ready"})


def test_delays():
    """Delays double within bounds; the hub's wish counts within the same bounds."""
    policy = RetryPolicy(first=1, longest=8)
    assert [0.5 <= policy.delay(1, None) <= 1, 1 <= policy.delay(2, None) <= 2, policy.delay(9, None) <= 8] == [
        True
    ] * 3
    assert policy.delay(1, timedelta(seconds=5)) == 5
    assert policy.delay(1, timedelta(hours=1)) == 8
