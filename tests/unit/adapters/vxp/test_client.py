"""The client of the protocol: what it sends, and what it believes."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime

import pytest
from yarl import URL

from adapters.egress import open_session
from adapters.vxp.axes import ConfiguredTargets
from adapters.vxp.client import Account, Limits, VxpClient
from adapters.vxp.courier import outcome_of
from adapters.vxp.signature import is_hash_of, read_claim
from hub.axis import AxisRefused, AxisTrouble, AxisUnreachable, AxisUnreadable, Waiting
from hub.order import Failed, Rejected
from hub.queries import Bytes
from schemas.edxml import Kind
from tests.support.scripted import Say, ScriptedServer, http

SECRET = "khoa-vi-du"
AT = datetime(2025, 3, 14, 1, 0, 0, 123_000, UTC)
DATA = "<edXML>Đơn vị</edXML>".encode()
SHA256 = hashlib.sha256(DATA).hexdigest()
MOST = 10_000


def answered(**members: object) -> Say:
    return http(json.dumps({"status": "OK", "ErrorCode": "0", "ErrorDesc": "Success", **members}))


def refused(code: object = "18", text: str = "Không có đơn vị", status: str = "200 OK", **members: object) -> Say:
    return http(json.dumps({"status": "FAIL", "ErrorCode": code, "ErrorDesc": text, **members}), status)


@pytest.fixture
async def client():
    """Make clients that share one session."""
    async with open_session(ConfiguredTargets(), seconds=10, headers={}) as session:

        def make(server: ScriptedServer, prefix: str = "/axis", seconds: float = 5.0) -> VxpClient:
            account = Account(URL(server.url + prefix), "H99", SECRET)
            return VxpClient(session, account, Limits(seconds, MOST), lambda: AT)

        yield make


async def test_a_send_is_the_sdks(client):
    """File and CR LF, a proven claim, the odd digest, Vietnamese wall clock, the SDK's own headers."""
    with ScriptedServer(answered(DocId="a41f3c0e")) as server:
        doc_id = await client(server).send(Kind.DOCUMENT, "H99.01", Bytes(len(DATA), DATA), SHA256)
    request = server.requests[0]
    claim = read_claim((name.encode(), value.encode()) for name, value in request.headers)
    parameters = claim.proven_by(SECRET)
    assert doc_id == "a41f3c0e"
    assert request.line == "POST /axis/sendEdoc HTTP/1.1"
    assert request.body == DATA + b"\r\n"
    assert is_hash_of(parameters["hash-file"], hashlib.sha256(DATA).digest())
    assert (parameters["from"], parameters["messagetype"]) == ("H99.01", "edoc")
    assert parameters["timestamp"] == "14032025T080000+0123"
    assert request.header("User-Agent") == "JAVASDKAgent/1.0.0 XRoad/VPCP"
    assert request.header("XroadVnpt-version") == "3.0.201608"
    assert request.header("Content-Type") == "application/octet-stream"


async def test_a_large_file_is_sent_piece_by_piece(client, tmp_path):
    """A content file goes out with its length, not in chunks, and CR LF behind it."""
    path = tmp_path / "content"
    path.write_bytes(b"x" * 1_000_000)
    with ScriptedServer(answered(DocId="a")) as server:
        await client(server).send(Kind.STATUS, "H99.01", Bytes(1_000_000, path=path), SHA256)
    assert server.requests[0].header("Content-Length") == "1000002"
    assert server.requests[0].body == b"x" * 1_000_000 + b"\r\n"


async def test_a_list_names_sender_and_recipient(client):
    """What the list does not say is empty; null members harm nobody."""
    items = [{"docId": "b7720f", "from": "G22", "to": "H99.01", "status": "initial"}, {"docId": "c", "to": None}]
    with ScriptedServer(answered(data=items)) as server:
        found = await client(server).waiting(Kind.STATUS, 2, 50)
    assert found == (Waiting("b7720f", "G22", "H99.01"), Waiting("c"))
    parameters = read_claim((n.encode(), v.encode()) for n, v in server.requests[0].headers).parameters
    assert (parameters["messagetype"], parameters["pageIndex"], parameters["pageSize"]) == ("status", "2", "50")


@pytest.mark.parametrize(
    "answer", [answered(), answered(data=None), answered(data=[])], ids=["absent", "null", "empty"]
)
async def test_an_empty_list_is_empty(client, answer):
    """No data is an empty list when the envelope says OK."""
    with ScriptedServer(answer) as server:
        assert await client(server).waiting(Kind.DOCUMENT, 1, 50) == ()


async def test_a_document_is_fetched_whole(client):
    """The bytes of `data`, whatever they are, in every form of base64 that the SDK reads."""
    data = DATA * 20 + b"\xfb\xff\xbf"
    for form in (base64.b64encode, base64.encodebytes, base64.urlsafe_b64encode):
        written = form(data).decode()
        for text in (written, written.replace("\n", "\r\n")):
            with ScriptedServer(answered(data=text)) as server:
                assert await client(server).fetch("b7720f") == data


RUBBISH = {
    "html": http("<html>502</html>", "502 Bad Gateway"),
    "html-200": http("<html>login</html>"),
    "empty": http(""),
    "empty-503": http("", "503 Service Unavailable"),
    "no-content": Say(b"HTTP/1.1 204 No Content\r\n\r\n", closes=False),
    "half": http('{"status":"OK","ErrorCode":"0"'),
    "behind": http('{"status":"OK","ErrorCode":"0","ErrorDesc":""} <p>'),
    "no-code": http('{"status":"OK","ErrorDesc":""}'),
    "list": http("[]"),
    "no-text": http(b"\xff\xfe"),
    "redirect": http("", "302 Found", "Location: /login"),
    "long": http("x" * 200_000),
}


@pytest.mark.parametrize("answer", RUBBISH.values(), ids=RUBBISH)
async def test_rubbish_is_never_believed(client, answer):
    """What is no answer of the protocol is an error for every call: no empty in-tray, no document, no success."""
    with ScriptedServer(answer) as server:
        axis = client(server)
        for call in (
            axis.waiting(Kind.DOCUMENT, 1, 50),
            axis.fetch("b7720f"),
            axis.acknowledge("b7720f", "done"),
            axis.send(Kind.DOCUMENT, "H99.01", Bytes(len(DATA), DATA), SHA256),
        ):
            if answer is RUBBISH["long"]:
                with pytest.raises(AxisTrouble):
                    await call
            else:
                with pytest.raises(AxisUnreadable):
                    await call


@pytest.mark.parametrize(
    "answer",
    [
        Say(b""),
        Say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        Say(b"HTTP/1.1 2"),
        answered()._replace(delay=1.5),
    ],
    ids=["closed", "cut", "cut-head", "slow"],
)
async def test_no_whole_answer_is_unreachable(client, answer):
    """Closed, cut or silent: nobody knows whether it had an effect."""
    with ScriptedServer(answer) as server, pytest.raises(AxisUnreachable):
        await client(server, seconds=0.5).send(Kind.DOCUMENT, "H99.01", Bytes(len(DATA), DATA), SHA256)


async def test_nobody_listening_is_unreachable(client):
    """A refused connection."""
    with ScriptedServer(answered()) as server:
        axis = client(server)
    with pytest.raises(AxisUnreachable):
        await axis.waiting(Kind.DOCUMENT, 1, 50)


@pytest.mark.parametrize(
    "answer",
    [refused(), refused(18), refused(status="404 Not Found"), refused(DocId="", data=[]), refused(DocId=None, data="")],
    ids=["plain", "number", "status", "members", "nulls"],
)
async def test_a_refusal_keeps_code_and_words(client, answer):
    """Whatever the HTTP status and the other members are."""
    with ScriptedServer(answer) as server:
        for call in (client(server).fetch("b"), client(server).acknowledge("b", "done")):
            with pytest.raises(AxisRefused) as caught:
                await call
            assert (caught.value.code, caught.value.text) == ("18", "Không có đơn vị")


async def test_control_characters_of_a_refusal_are_blanks(client):
    """What the axis says is kept in receipts and in a database that takes no NUL."""
    with ScriptedServer(refused(ErrorDesc="Không\x00có\r\nđơn vị\n")) as server, pytest.raises(AxisRefused) as caught:
        await client(server).fetch("b")
    assert caught.value.text == "Không có đơn vị"


@pytest.mark.parametrize("doc_id", ["", "../x", ".hidden", "a b", "x" * 200, "a\r\nb"])
async def test_unsafe_ids_are_not_taken_over(client, doc_id):
    """An id goes into headers, logs and receipts: only safe ones are accepted, and no other is asked for."""
    with ScriptedServer(answered(DocId=doc_id)) as server:
        axis = client(server)
        for call in (
            axis.send(Kind.DOCUMENT, "H99.01", Bytes(len(DATA), DATA), SHA256),
            axis.fetch(doc_id),
            axis.acknowledge(doc_id, "done"),
        ):
            with pytest.raises(AxisUnreadable):
                await call
    assert [request.line.split()[1] for request in server.requests] == ["/axis/sendEdoc"]


@pytest.mark.parametrize("doc_id", ["", "../x", "x" * 1_000, None, 7], ids=["empty", "path", "long", "null", "number"])
async def test_one_id_that_is_none_spoils_no_list(client, doc_id):
    """The other messages are listed; this one is refused when somebody asks for it."""
    with ScriptedServer(answered(data=[{"docId": doc_id}, {"docId": "b7720f"}])) as server:
        found = await client(server).waiting(Kind.DOCUMENT, 1, 50)
    assert [each.doc_id for each in found] == [str(doc_id or "")[:200], "b7720f"]


@pytest.mark.parametrize("data", ["", "%%%", "PGEv"[:3]], ids=["empty", "no-base64", "short"])
async def test_a_document_that_is_none_is_not_taken(client, data):
    """OK without a decodable document is no document."""
    with ScriptedServer(answered(data=data)) as server, pytest.raises(AxisUnreadable):
        await client(server).fetch("b7720f")


async def test_a_document_larger_than_allowed_is_not_read(client):
    """Reading ends at the limit."""
    with ScriptedServer(answered(data="A" * 400_000)) as server, pytest.raises(AxisTrouble):
        await client(server).fetch("b7720f")


@pytest.mark.parametrize("code", ["10", "18", "19", "22", "23"])
def test_final_refusals_are_rejections(code):
    """Repeating is of no use."""
    assert outcome_of(AxisRefused(code, "vì")) == Rejected(code, "vì")


@pytest.mark.parametrize("code", ["15", "20", "21", "100", "9999"])
def test_other_refusals_are_tried_again(code):
    """Trouble of the axis, wrong credentials, and what nobody knows."""
    assert isinstance(outcome_of(AxisRefused(code, "vì")), Failed)
