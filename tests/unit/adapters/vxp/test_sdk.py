"""The imitation of the national SDK behaves as the SDK was seen to: on the wire, and with odd answers."""

from __future__ import annotations

import hashlib
from datetime import datetime
from itertools import count

import pytest

from adapters.vxp.signature import read_claim
from tests.support.scripted import Recorded, Say, ScriptedServer, http
from tests.support.sdk import Counted, Fetched, Listing, Result, Sdk, Sent

SECRET = "khoa-vi-du"
OK = '{"status":"OK","ErrorCode":"0","ErrorDesc":"Success"'
SENT = http(OK + ',"DocId":"a41f3c0e5b7d4f21"}')
NOTHING, TAKEN = Listing("OK", "0", "Success", []), Result("OK", "0", "Success")
EMPTY_LIST = http(OK + ',"data":[]}')
DONE = http(OK + "}")
AT = datetime(2025, 3, 14, 8, 0, 0, 123_000)  # noqa: DTZ001 - the wall clock of a client
LIST = '{"servicetype":"eDoc","messagetype":"edoc"}'
SEND = '{"from":"G22","servicetype":"eDoc","messagetype":"edoc"}'


@pytest.fixture
def sdk():
    """Make SDKs that are closed when the test ends."""
    made = []

    def make(server: ScriptedServer, system_id: str = "G22", clock=lambda: AT, **settings) -> Sdk:
        made.append(Sdk(server.url, system_id, SECRET, clock=clock, **settings))
        return made[-1]

    yield make
    for each in made:
        each.close()


def claimed(request: Recorded):
    return read_claim((name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers)


def test_send_edoc_is_as_captured(sdk):
    """The captured call of sendEdoc: order of the signed names, the digest's form, CR LF behind the file, no Expect."""
    file = "Xin chào 0\n".encode()
    with ScriptedServer(SENT) as server:
        client = sdk(server, "H37.01")
        found = client.documents().send_edoc('{"from":"H37.01","servicetype":"eDoc","messagetype":"edoc"}', file)
    request = server.requests[0]
    assert found == Sent("OK", "0", "Success", "a41f3c0e5b7d4f21")
    assert request.line == "POST /sendEdoc HTTP/1.1"
    assert request.body == file + b"\r\n"
    assert request.header("Expect") is None
    assert request.header("XroadVnpt-sign-header-key") == (
        "systemid;servicetype;messagetype;hash-file;from;timestamp;Content-Type"
    )
    assert request.header("XroadVnpt-hash-header") == "50abd132c247e947cd1e08b9a6904360cb34bd6334a317e052e84154395d97fa"


def test_list_is_as_captured(sdk):
    """The captured list call of G22: names in the order of a Java hash map, an empty body and no Expect."""
    with ScriptedServer(EMPTY_LIST) as server:
        found = sdk(server).documents().get_received_edoc_list('{"servicetype":"eDoc","messagetype":"edoc","to":"G22"}')
    request = server.requests[0]
    assert found == NOTHING
    assert request.header("XroadVnpt-hash-header") == "cebe22cbdc2371ad22eff23064997c003d0195ac6113d123cd2978662ca91cf5"
    assert request.header("Content-Length") == "0"
    assert request.header("Expect") is None


def test_every_request_is_proven(sdk):
    """Left-over parameters travel with every later call, all signed, with the time of the service object."""
    ticks = (datetime(2025, 3, 14, 8, minute) for minute in count())  # noqa: DTZ001 - the wall clock of a client
    with ScriptedServer(SENT, EMPTY_LIST, DONE, EMPTY_LIST) as server:
        documents = sdk(server, clock=lambda: next(ticks)).documents()
        documents.send_edoc(SEND, b"<a/>")
        documents.get_received_edoc_list('{"servicetype":"eDoc","messagetype":"edoc","to":"G22"}')
        documents.update_status('{"docId":b7720f,"status":"done"}')
        documents.get_received_edoc_list(LIST)
    claims = [claimed(each) for each in server.requests]
    assert all(each.proven_by(SECRET)["timestamp"] == "14032025T080000+0000" for each in claims)
    last = claims[-1].parameters
    assert (last["from"], last["to"], last["docId"], last["status"]) == ("G22", "G22", "b7720f", "done")
    assert "hash-file" in last


def test_bodies_wait_to_be_asked_for(sdk):
    """Requests with a body expect 100 Continue, and send nothing before it."""
    with ScriptedServer(DONE) as server:
        client = sdk(server)
        client.documents().update_status('{"docId":"b7720f","status":"done"}')
    assert server.requests[0].header("Expect") == "100-continue"
    assert server.requests[0].body == b"{}"
    assert client.apache.waited == 0


def test_silence_is_waited_for(sdk):
    """A server that does not say 100 Continue costs each call its waiting time."""
    with ScriptedServer(DONE, continues=False) as server:
        client = sdk(server)
        assert client.documents().update_status('{"docId":"b7720f","status":"done"}') == TAKEN
    assert client.apache.waited == 1


def test_lists_leave_connections_open(sdk):
    """Every list call leaves a connection behind; other calls close theirs; sendEdoc keeps one."""
    with ScriptedServer(EMPTY_LIST, EMPTY_LIST, DONE, SENT, SENT) as server:
        client = sdk(server)
        documents = client.documents()
        documents.get_received_edoc_list(LIST)
        documents.get_sent_edoc_list(LIST)
        documents.update_status('{"docId":"b7720f","status":"done"}')
        assert len(client.apache.left_open) == 2
        documents.send_edoc(SEND, b"<a/>")
        documents.send_edoc(SEND, b"<b/>")
        client.close()
    assert server.connections == 4


def test_post_is_repeated(sdk):
    """A send is repeated once when closed upon, other calls up to the configured count."""
    with ScriptedServer(Say(b""), SENT) as server:
        found = sdk(server).documents().send_edoc(SEND, b"<a/>")
        assert found is not None
        assert found.doc_id
        assert len(server.requests) == 2
    with ScriptedServer(Say(b"")) as server:
        assert sdk(server).documents().send_edoc(SEND, b"<a/>") is None
        assert len(server.requests) == 2
        assert sdk(server, retry=4).documents().update_status('{"docId":"b","status":"done"}') is None
        assert len(server.requests) == 6
        assert sdk(server).documents().get_received_edoc_list(LIST) == Listing()


def test_ascii_reading_loses_vietnamese(sdk):
    """A reason that is not escaped arrives as replacement characters in sendEdoc, and whole elsewhere."""
    refusal = http('{"status":"FAIL","ErrorCode":"18","ErrorDesc":"Đơn vị","DocId":"","data":[]}')
    with ScriptedServer(refusal) as server:
        documents = sdk(server).documents()
        assert "\ufffd" in documents.send_edoc(SEND, b"<a/>").text
        assert documents.get_received_edoc_list(LIST).text == "Đơn vị"


def test_refusal_without_doc_id_is_lost(sdk):
    """A refused send without DocId gives an object of nulls, code and reason included."""
    with ScriptedServer(http('{"status":"FAIL","ErrorCode":"22","ErrorDesc":"x"}')) as server:
        assert sdk(server).documents().send_edoc(SEND, b"<a/>") == Sent()


NULLS = {
    "html": (http("<html/>", "502 Bad Gateway"), None, Listing("OK", "0", "", []), None),
    "empty-200": (http(""), Sent(), Listing(), Result()),
    "empty-503": (http("", "503 Service Unavailable"), None, Listing(), Result()),
    "no-content": (Say(b"HTTP/1.1 204 No Content\r\n\r\n"), None, None, None),
    "accepted": (http(OK + ',"DocId":"a","data":[]}', "202 Accepted"), None, NOTHING, TAKEN),
    "behind": (http(OK + ',"DocId":"a","data":[]} x'), None, Listing("OK", "0", "", []), None),
    "mark": (http("\ufeff" + OK + ',"DocId":"a","data":[]}'), None, NOTHING, TAKEN),
    "cut": (Say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), None, Listing(), None),
    "envelope-spelt-otherwise": (http('{"status":"OK","errorCode":"0","ErrorDesc":""}'), Sent(), Listing(), Result()),
}  # fmt: skip


@pytest.mark.parametrize("answer, sending, list_, status", NULLS.values(), ids=NULLS)
def test_odd_answers(sdk, answer, sending, list_, status):
    """What each kind of call makes of an answer that it does not expect."""
    with ScriptedServer(answer) as server:
        documents = sdk(server).documents()
        assert documents.send_edoc(SEND, b"<a/>") == sending
        assert documents.get_received_edoc_list(LIST) == list_
        assert documents.update_status('{"docId":"b","status":"done"}') == status


def test_null_member_destroys_the_list(sdk):
    """One member that is null makes a successful list null."""
    with ScriptedServer(http(OK + ',"data":[{"docId":"a"},{"docId":"b","to":null}]}')) as server:
        assert sdk(server).documents().get_received_edoc_list(LIST) == Listing("OK", "0", "Success", None)


def test_older_sdk_tells_rubbish_from_an_empty_list(sdk):
    """An HTML page is a null list for SDK 2.0.0."""
    with ScriptedServer(http("<html/>")) as server:
        assert sdk(server).documents_200().get_received_edoc_list(LIST) is None


def test_counts_are_lenient(sdk):
    """A numeric string is a number, and no count is 0."""
    with ScriptedServer(http(OK + ',"count":"7"}'), DONE) as server:
        documents = sdk(server).documents()
        assert documents.count_receive_edoc(LIST) == Counted("OK", "0", "Success", 7)
        assert documents.count_receive_status(LIST) == Counted("OK", "0", "Success", 0)


def test_download_stores_whatever_comes(sdk, tmp_path):
    """A refusal in JSON becomes the document; only an empty body is a failure and leaves no file."""
    text = '{"docId":"b7720f"}'
    with ScriptedServer(http('{"status":"FAIL"}', "403 Forbidden"), http("", "404 Not Found")) as server:
        documents = sdk(server).documents()
        assert documents.download_edoc(text, tmp_path, "b7720f") == Fetched("SUCCESS", "0", None, b'{"status":"FAIL"}')
        assert documents.download_edoc(text, tmp_path / "other", "b7720f") == Fetched("FAIL", "100")
    assert server.requests[0].line == "GET /downloadEdoc HTTP/1.1"
    assert (tmp_path / "2025" / "3" / "b7720f.edxml").read_bytes() == b'{"status":"FAIL"}'
    assert not (tmp_path / "other").exists()


def test_fetched_document_is_stored_under_its_id(sdk, tmp_path):
    """What getEdoc gets is decoded and stored in a file named by the id."""
    with ScriptedServer(http(OK + ',"data":"PGEvPg=="}')) as server:
        sdk(server).documents().get_edoc('{"docId":b7720f,"filePath":"xml"}', tmp_path, "b7720f")
    assert (tmp_path / "2025" / "3" / "b7720f.edxml").read_bytes() == b"<a/>"


def test_redirect_of_a_send_is_followed_without_signature(sdk):
    """A redirect turns sendEdoc into an unsigned GET whose OK is believed."""
    moved = http("", "302 Found", "Location: /login")
    with ScriptedServer(moved, SENT) as server:
        found = sdk(server).documents().send_edoc(SEND, b"<a/>")
    assert found is not None
    assert found.status == "OK"
    assert server.requests[1].line == "GET /login HTTP/1.1"
    assert server.requests[1].header("XroadVnpt-hash-header") is None


def test_characters_beyond_ascii_are_cut_by_apache(sdk):
    """Apache keeps the low byte of a character in a header; the signature was made over the true text."""
    with ScriptedServer(EMPTY_LIST) as server:
        sdk(server).documents().get_received_edoc_list('{"messagetype":"Đ"}')
    assert server.requests[0].header("XroadVnpt-messagetype") == "\x10"


def test_nobody_listening_is_a_null(sdk, tmp_path):
    """A refused connection is visible as null, an object of nulls, or FAIL 100."""
    with ScriptedServer(DONE) as server:
        client = sdk(server)
    documents = client.documents()
    assert documents.send_edoc(SEND, b"<a/>") is None
    assert documents.get_received_edoc_list(LIST) == Listing()
    assert documents.update_status('{"docId":"b","status":"done"}') is None
    assert documents.download_edoc('{"docId":"b"}') == Fetched("FAIL", "100")


def test_digest_of_the_file_only(sdk):
    """`hash-file` covers the file without CR LF."""
    with ScriptedServer(SENT) as server:
        sdk(server).documents().send_edoc(SEND, b"<a/>")
    digest = hashlib.sha256(b"<a/>").digest()
    assert server.requests[0].header("XroadVnpt-hash-file") == "".join(f"{byte:x}" for byte in digest)
