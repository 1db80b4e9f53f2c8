"""The national SDK, unchanged, against a running hub: the acceptance checks of the wire contract, by their numbers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import re
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from adapters.client import open_client
from schemas.edxml import Business, extract
from schemas.edxml.document import Replaced
from schemas.edxml.parts import ResponseFor
from schemas.parser import parse
from tests.support.hub import axis
from tests.support.sdk import Sdk
from tests.support.sdk.parameters import CallFailed
from tests.support.sdk.services import items_of
from tests.support.vxp import (
    EDOC,
    HTTP,
    STATUS,
    A,
    B,
    C,
    about,
    clear,
    envelope_of,
    found,
    letter,
    secret_of,
    sending,
    status,
    waiting,
)

SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}[A-Za-z0-9]")


def _zip(**entries: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return target.getvalue()


FIVE_FILES = (
    ("Báo cáo.pdf", b"%PDF-1.4 noi dung"),
    ("số liệu.xlsx", _zip(**{"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<R/>"})),
    ("phụ lục.docx", _zip(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})),
    ("hồ sơ.zip", _zip(a=b"1", b=b"2")),
    ("ghi chú.txt", "nội dung".encode()),
)


@pytest.fixture(scope="module", params=["embedded", "servers"])
def world(request, tmp_path_factory):
    """A hub on SQLite and its table queue, then one on PostgreSQL and RabbitMQ."""
    folder = tmp_path_factory.mktemp("vxp") / "hub"
    if request.param == "embedded":
        made = found(folder)
    else:
        server, template = (request.getfixturevalue(name) for name in ("postgresql", "migrated_template"))
        url = server.url(server.new_database(template))
        node = request.getfixturevalue("rabbitmq")
        made = found(folder, {"AXIS_BROKER__URL": node.url}, url)
    made.hub.start()
    yield made
    assert made.hub.stop() == 0


@pytest.fixture
def a(world):
    with world.sdk(A) as sdk:
        yield sdk


@pytest.fixture
def b(world):
    with world.sdk(B) as sdk:
        clear(sdk.documents())
        yield sdk


@pytest.fixture
def c(world):
    with world.sdk(C) as sdk:
        clear(sdk.documents())
        yield sdk


def _sent(sdk: Sdk, data: bytes, kind: str = "edoc") -> str:
    """Send and return the DocId."""
    sent = sdk.documents().send_edoc(sending(sdk.system_id, kind), data)
    assert sent is not None
    assert (sent.status, sent.code) == ("OK", "0"), sent
    assert SAFE_ID.fullmatch(sent.doc_id)
    return sent.doc_id


@contextmanager
def _arriving(sdk: Sdk, text: str = EDOC) -> Iterator[None]:
    """What is sent inside the block has come when it ends: later tests do not meet it on its way."""
    before = len(items_of(sdk.documents().get_received_edoc_list(text)))
    yield
    _wait_for(lambda: len(items_of(sdk.documents().get_received_edoc_list(text))) > before)


def _fetched(documents, doc_id: str) -> bytes:
    fetched = documents.get_edoc(about(doc_id))
    assert fetched is not None
    assert fetched.status == "OK", fetched
    return fetched.data


def _refused(result, code: str, *words: str) -> None:
    """Code and reason have arrived, the reason as readable Vietnamese."""
    assert result is not None
    assert (result.status, result.code) == ("FAIL", code), result
    assert "\ufffd" not in result.text
    assert all(word in result.text for word in words), result.text


def test_01_to_05_a_document_with_five_attachments_to_two_recipients(a, b, c, tmp_path):
    """Checks 1 to 5: sent, listed, counted, fetched, parsed and downloaded as it was built, by both recipients."""
    data = letter(A, B, C, files=FIVE_FILES)
    doc_id = _sent(a, data)
    documents = b.documents()
    (item,) = waiting(documents)
    assert set(item) == {
        "docId", "serviceType", "messageType", "created_time", "updated_time", "from", "to", "status", "status_desc",
    }  # fmt: skip
    assert all(isinstance(value, str) and value for value in item.values())
    assert (item["from"], item["to"], item["messageType"], item["status"]) == (A, B, "edoc", "initial")
    assert item["docId"] != doc_id
    assert SAFE_ID.fullmatch(item["docId"])
    assert documents.count_receive_edoc(EDOC).count == 1
    fetched = documents.get_edoc(about(item["docId"]), tmp_path, item["docId"])
    assert fetched.data == data
    assert [path.name for path in tmp_path.rglob("*.edxml")] == [f"{item['docId']}.edxml"]
    envelope = envelope_of(fetched.data)
    assert envelope.recipients == (B, C)
    assert envelope.business_info == envelope_of(data).business_info
    assert [each.sha256 for each in envelope.attachments] == [
        hashlib.sha256(file).hexdigest() for _, file in FIVE_FILES
    ]
    downloaded = documents.download_edoc(about(item["docId"]))
    assert (downloaded.status, downloaded.data) == ("SUCCESS", data)
    assert len(waiting(c.documents())) == 1


def test_06_processing_and_fail_stay_listed_until_done(a, b):
    """Check 6: processing and fail are shown and stay; done takes the item away, twice without harm."""
    _sent(a, letter(A, B))
    documents = b.documents()
    (item,) = waiting(documents)
    for word in ("processing", "fail"):
        assert documents.update_status(about(item["docId"], status=word)).status == "OK"
        (listed,) = waiting(documents)
        assert listed["status"] == word
        assert documents.count_receive_edoc(EDOC).count == 1
    for _ in range(2):
        assert documents.update_status(about(item["docId"], status="done")).status == "OK"
    assert items_of(documents.get_received_edoc_list(EDOC)) == []
    assert documents.count_receive_edoc(EDOC).count == 0


def test_07_each_recipient_has_a_copy_of_its_own(a, b, c):
    """Check 7: what one acknowledges the other still has; neither reads or acknowledges the other's."""
    _sent(a, letter(A, B, C))
    (of_b,), (of_c,) = waiting(b.documents()), waiting(c.documents())
    _refused(c.documents().get_edoc(about(of_b["docId"])), "10")
    _refused(c.documents().update_status(about(of_b["docId"], status="done")), "10")
    assert c.documents().download_edoc(about(of_b["docId"])).data is None
    assert b.documents().update_status(about(of_b["docId"], status="done")).status == "OK"
    assert waiting(c.documents()) == [of_c]


def test_08_statuses_reach_the_sender(a, b):
    """Check 8: the sender counts, lists, fetches and parses statuses 01 and 03."""
    clear(a.documents())
    document = letter(A, B)
    _sent(a, document)
    for code in ("01", "03"):
        _sent(b, status(document, B, code), "status")
    documents = a.documents()
    items = waiting(documents, 2, STATUS)
    assert documents.count_receive_status(STATUS).count == 2
    assert {each["messageType"] for each in items} == {"status"}
    assert {envelope_of(_fetched(documents, each["docId"])).status_code for each in items} == {"01", "03"}
    assert items_of(documents.get_received_edoc_list(EDOC)) == []


def test_09_the_sent_list_has_a_row_for_each_recipient(a, b, c):
    """Check 9: one row per recipient, also for one DocId; it shows what the recipient has said."""
    doc_id = _sent(a, letter(A, B, C, subject="Văn bản có hai nơi nhận"))
    (item,) = waiting(b.documents())
    waiting(c.documents())
    b.documents().update_status(about(item["docId"], status="done"))
    documents = a.documents()
    rows = items_of(documents.get_sent_edoc_list(about(doc_id, servicetype="eDoc", messagetype="edoc")))
    assert [(row["toCode"], row["receiveStatus"]) for row in rows] == [(B, "done"), (C, "initial")]
    assert {row["senderDocId"] for row in rows} == {doc_id}
    assert rows[0]["receiverDocId"] == item["docId"]
    assert {row["title"] for row in rows} == {"Văn bản có hai nơi nhận"}
    _sent(a, letter(A, B))
    waiting(b.documents())
    assert len(items_of(a.documents().get_sent_edoc_list(EDOC))) > 2


def test_10_one_service_object_for_everything(a, b):
    """Check 10: parameters left over from earlier calls change neither lists nor routing."""
    documents = b.documents()
    _sent(a, letter(A, B))
    (first,) = waiting(documents, 1, json.dumps({"servicetype": "eDoc", "messagetype": "edoc", "to": B}))
    _fetched(documents, first["docId"])
    assert documents.update_status(about(first["docId"], status="done")).status == "OK"
    with _arriving(a):
        sent = documents.send_edoc(sending(B), letter(B, A))
    assert sent.status == "OK"
    assert items_of(documents.get_received_edoc_list(EDOC)) == []
    _sent(a, letter(A, B))
    (second,) = waiting(documents)
    assert second["docId"] != first["docId"]
    rows = items_of(documents.get_sent_edoc_list(EDOC))  # docId of what was fetched is left over
    assert sent.doc_id in {row["senderDocId"] for row in rows}
    assert documents.count_receive_edoc(EDOC).count == 1
    (delivered,) = [row for row in rows if row["senderDocId"] == sent.doc_id]
    assert delivered["toCode"] == A


def test_11_an_old_timestamp_and_an_identical_request(world, b):
    """Check 11: the age of the client object does not matter, nor does the same request again."""
    sdk = Sdk(world.base, A, secret_of(A), clock=lambda: datetime(2019, 3, 12, 8, 0, 0, 123000, tzinfo=UTC))
    try:
        documents = sdk.documents()
        answers = [documents.get_sent_edoc_list(EDOC) for _ in range(2)]
        assert [answer.status for answer in answers] == ["OK", "OK"]
        with _arriving(b):
            assert documents.send_edoc(sending(A), letter(A, B)).status == "OK"
    finally:
        sdk.close()


def test_12_a_wrong_secret_is_told_in_every_operation(world, tmp_path):
    """Check 12: code 15 and a reason everywhere; no refusal becomes a document."""
    with world.sdk(A, secret="sai") as sdk:
        documents, directory = sdk.documents(), sdk.directory()
        any_item = about("01890000-0000-7000-8000-000000000000", status="done")
        results = [
            documents.send_edoc(sending(A), letter(A, B)),
            documents.get_received_edoc_list(EDOC),
            documents.get_sent_edoc_list(EDOC),
            documents.count_receive_edoc(EDOC),
            documents.count_receive_status(STATUS),
            documents.get_edoc(any_item, tmp_path, "x"),
            documents.update_status(any_item),
            directory.get_agencies_list(),
            directory.get_agencies_list_qd20('{"level":1}'),
            directory.get_synchronize_unit(),
            directory.register_agency("{}"),
            directory.delete_agency('{"AgencyCode":"V01.01"}'),
        ]
        for result in results:
            _refused(result, "15", "khóa bí mật")
        assert documents.download_edoc(any_item, tmp_path, "y") == ("FAIL", "100", None, None)
        assert list(tmp_path.rglob("*.edxml")) == []
    with world.sdk("khong-co", secret="sai") as stranger:
        _refused(stranger.documents().get_received_edoc_list(EDOC), "15", "khóa bí mật")


def test_13_nobody_sends_in_anothers_name(a, c):
    """Check 13: neither by the parameter nor by the message."""
    _refused(a.documents().send_edoc(sending(B), letter(B, C)), "19", B)
    _refused(a.documents().send_edoc(sending(A), letter(B, C)), "19", B)
    assert items_of(c.documents().get_received_edoc_list(EDOC)) == []


def test_14_a_vietnamese_reason_for_an_unknown_recipient(a):
    """Check 14: sendEdoc's answer is read as ASCII, and the reason arrives whole."""
    _refused(a.documents().send_edoc(sending(A), letter(A, "G99")), "18", "Không có cơ quan nào", "G99")


@pytest.mark.parametrize(
    "name, code, words",
    [
        ("text", "10", ("XML",)),
        ("empty", "10", ("rỗng",)),
        ("cut", "10", ("Dòng", "cắt cụt")),
        ("doctype", "10", ("DOCTYPE",)),
        ("foreign", "22", ("namespace",)),
        ("blank-before", "10", ("<?xml",)),
        ("steering", "22", ("SteeringType", "Dòng")),
        ("date", "22", ("PromulgationDate", "Dòng")),
        ("impossible-date", "22", ("PromulgationDate", "Dòng")),
        ("zip-slip", "22", ("Dòng",)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_15_a_reason_for_every_bad_file(a, name, code, words):
    """Check 15, and the input gate: what is wrong, with element and line."""
    good = letter(A, B, files=(("a.txt", b"x"),))
    bad = {
        "text": b"khong phai XML",
        "empty": b"",
        "cut": good[: good.index(b"<AttachmentEncoded")],
        "doctype": good.replace(b"?>", b"?><!DOCTYPE edXML>", 1),
        "foreign": good.replace(b"QCVN_102_2016", b"QCVN_102_2099"),
        "blank-before": b" \n" + good,
        "steering": good.replace(
            b"</edXML:MessageHeader>", b"<edXML:SteeringType></edXML:SteeringType></edXML:MessageHeader>"
        ),
        "date": re.sub(rb"(<edXML:PromulgationDate>)\d{4}/\d\d/\d\d", rb"\g<1>14/03/2025", good),
        "impossible-date": re.sub(rb"(<edXML:PromulgationDate>)\d{4}/\d\d/\d\d", rb"\g<1>2025/02/30", good),
        "zip-slip": _with_content(good, _zip(**{"../x": b"x"})),
    }
    _refused(a.documents().send_edoc(sending(A), bad[name]), code, *words)


def _with_content(data: bytes, content: bytes) -> bytes:
    encoded = base64.b64encode(content)
    return re.sub(rb"(<edXML:ContentTransferEncoded[^>]*>)[^<]*", lambda found: found[1] + encoded, data)


def test_15_what_would_be_misread_is_handed_on_repaired(world, a, b):
    """The input gate: a package that the SDK would misread reaches it in the form that it reads right, twice the same."""
    good = letter(A, B, files=(("hai tệp.pdf", b"%PDF-1.4"),))
    content = _zip(one=b"1", two=b"2")
    data = _with_content(good, content).replace(b"application/pdf", b"application/zip")
    data = re.sub(rb"<edXML:DocumentId>[^<]*</edXML:DocumentId>", b"", data, count=1)
    _sent(a, data)
    documents = b.documents()
    (item,) = waiting(documents)
    handed = _fetched(documents, item["docId"])
    assert handed != data
    assert documents.download_edoc(about(item["docId"])).data == handed
    before, after = envelope_of(data), envelope_of(handed)
    assert after.given_document_id == before.document_id
    assert [each.sha256 for each in after.attachments] == [hashlib.sha256(content).hexdigest()]
    root = parse(handed)
    (attachment,) = after.attachments
    assert extract(root, attachment.content_id).data == content
    assert after.trace[-1].agency_code == "H99"


def test_16_unknown_ids_are_refused_and_leave_no_file(b, tmp_path):
    """Check 16: a clear refusal, whatever the id looks like; nothing is stored."""
    documents = b.documents()
    for doc_id in ("b7720f", "01890000-0000-7000-8000-000000000000", "../../etc/passwd", "x" * 300, ""):
        _refused(documents.get_edoc(about(doc_id), tmp_path, "g"), "10", "Không tìm thấy")
        _refused(documents.update_status(about(doc_id, status="done")), "10")
        assert documents.download_edoc(about(doc_id), tmp_path, "d").status == "FAIL"
    assert list(tmp_path.rglob("*")) == []


def test_17_the_same_file_again_is_the_same_document(a, b):
    """Check 17: the same DocId, no copy; also for a status."""
    data = letter(A, B)
    assert _sent(a, data) == _sent(a, data)
    waiting(b.documents())
    word = status(data, B, "05")
    with _arriving(a, STATUS):
        assert _sent(b, word, "status") == _sent(b, word, "status")


@pytest.mark.parametrize("business", [Business.RECALL, Business.UPDATE, Business.REPLACE])
def test_18_recall_update_and_replacement(a, b, business):
    """Check 18: the Bussiness data arrive as they were built."""
    original = letter(A, B)
    _sent(a, original)
    (item,) = waiting(b.documents())
    assert b.documents().update_status(about(item["docId"], status="done")).status == "OK"
    earlier = envelope_of(original)
    later = letter(
        A,
        B,
        business=business,
        reason="Sai nội dung",
        target_id=earlier.document_id,
        responses=[ResponseFor(agency_code=A, notation=earlier.notation, document_id=earlier.document_id)],
        replaced=(Replaced(earlier.document_id, (B,)),) if business is Business.REPLACE else (),
    )
    _sent(a, later)
    (item,) = waiting(b.documents())
    assert envelope_of(_fetched(b.documents(), item["docId"])).business_info == envelope_of(later).business_info


@pytest.mark.parametrize("code", ["02", "04", "05", "06", "13", "15", "16"])
def test_19_statuses_reach_the_right_side(a, b, code):
    """Check 19: 13 goes from the sender to the recipient, all others back to the sender."""
    clear(a.documents())
    document = letter(A, B)
    _sent(a, document)
    waiting(b.documents())
    if code == "13":
        _sent(a, status(document, A, code, addressee=B, text="Thu hồi"), "status")
        reader, other = b, a
    else:
        _sent(b, status(document, B, code, text="Lý do"), "status")
        reader, other = a, b
    (item,) = waiting(reader.documents(), 1, STATUS)
    assert envelope_of(_fetched(reader.documents(), item["docId"])).status_code == code
    assert items_of(other.documents().get_received_edoc_list(STATUS)) == []


def test_20_all_three_directories(a):
    """Check 20: every agency, no empty code, no empty name."""
    directory = a.directory()
    lists = {
        "oldCode": items_of(directory.get_agencies_list()),
        "code102": items_of(directory.get_agencies_list_qd20('{"level":1}')),
        "centerCode": items_of(directory.get_synchronize_unit()),
    }
    for name, items in lists.items():
        assert {A, B, C, HTTP} <= {each["code"] for each in items}
        assert all(each["code"] and each["name"] and each[name] for each in items)
        assert {each["name"] for each in items if each["code"] == A} == {f"Cơ quan {A}"}
    assert {type(each["version"]) for each in lists["centerCode"]} == {int}
    assert {type(each["deleted"]) for each in lists["centerCode"]} == {bool}


def test_21_registering_is_a_request_that_a_person_decides(world, a, c):
    """Check 21: with the right it is taken and can be approved; without it, or with a bad body, the reason is told."""
    good = (
        '{"id":"","pcode":"","code":"V01.03.05","name":"Đơn vị Năm","mail":"dv@example.invalid","mobile":"","fax":""}'
    )
    _refused(a.directory().register_agency(good), "15", "quyền")
    _refused(a.directory().delete_agency(json.dumps({"AgencyCode": A})), "15", "quyền")
    directory = c.directory()
    _refused(directory.register_agency('{"id":"","pcode":"V01"code:"x"}'), "22", "JSON")
    _refused(directory.register_agency('{"code":"không phải mã","name":"x"}'), "22", "code")
    _refused(directory.register_agency('{"code":"V01.09","name":"x\\u0000"}'), "22", "name")
    _refused(directory.delete_agency(json.dumps({"AgencyCode": B})), "15", B)
    for _ in range(2):
        assert directory.register_agency(good).status == "OK"
    assert "V01.03.05" not in {each["code"] for each in items_of(directory.get_agencies_list())}
    config = ("--config", str(world.hub.config))
    pending = axis("agency", "requests", "list", "--json", *config).stdout
    (request_id,) = re.findall(r'"id": "([0-9a-f-]{36})"', pending)
    axis("agency", "requests", "approve", request_id, *config)
    _wait_for(lambda: "V01.03.05" in {each["code"] for each in items_of(directory.get_agencies_list())})
    assert directory.delete_agency('{"AgencyCode":"V01.03.05"}').status == "OK"


def _wait_for(is_so) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_22_a_large_attachment_both_ways_unchanged(a, b):
    """Check 22: 50 MiB arrive as they were sent, by both ways of fetching."""
    content = hashlib.sha256(b"x").digest() * (38 << 15)
    data = letter(A, B, files=(("lớn.pdf", b"%PDF-1.4\n" + content),))
    assert len(data) > 50 << 20
    _sent(a, data)
    documents = b.documents()
    (item,) = waiting(documents)
    digest = hashlib.sha256(data).hexdigest()
    assert hashlib.sha256(_fetched(documents, item["docId"])).hexdigest() == digest
    assert hashlib.sha256(documents.download_edoc(about(item["docId"])).data).hexdigest() == digest


def test_23_a_reason_for_an_oversize_file(a):
    """Check 23: the whole file is read first, so that the reason is not lost."""
    _refused(a.documents().send_edoc(sending(A), b"<" + bytes(70_000_000)), "10", "giới hạn", "MiB")


def test_24_odd_spellings(world, a, b):
    """Check 24: non-ASCII parameters, `docid`, both spellings at once, an unquoted id, a doubled slash: JSON for all."""
    documents = b.documents()
    for text in ('{"to":"Đơn vị"}', '{"to":"ă"}', '{"to":"é"}'):
        listing = b.documents().get_received_edoc_list(text)
        assert (listing.status, bool(listing.text)) == ("FAIL", True)
    sent = a.documents().send_edoc('{"from":"Đ","messagetype":"edoc"}', letter(A, B))
    assert (sent.status, bool(sent.text)) == ("FAIL", True)
    items = []
    for _ in range(3):
        _sent(a, letter(A, B))
    items = waiting(documents, 3)
    assert b.documents().update_status(json.dumps({"docid": items[0]["docId"], "status": "done"})).status == "OK"
    both = json.dumps({"docId": items[0]["docId"], "docid": items[1]["docId"], "status": "done"})
    assert b.documents().update_status(both).status == "OK"
    assert b.documents().update_status('{"docId":' + items[2]["docId"] + ',"status":done}').status == "OK"
    with world.sdk(B, base=f"{world.base}/") as slashed:
        assert items_of(slashed.documents().get_received_edoc_list(EDOC)) == []
        with _arriving(a):
            assert slashed.documents().send_edoc(sending(B), letter(B, A)).status == "OK"
    with pytest.raises(CallFailed):
        documents.update_status('{"docId":a/b,"status":"done"}')


def test_25_sixty_lists_and_no_waiting(world, a, b):
    """Check 25: sixty list calls in one process leave no connection with the hub; no body waited to be asked for."""
    documents = b.documents()
    for _ in range(60):
        assert documents.get_received_edoc_list(EDOC).status == "OK"
        assert documents.count_receive_edoc(EDOC).status == "OK"
    assert b.apache.waited == 0
    assert all(connection.recv(1) == b"" for connection in b.apache.left_open)


def test_26_sdk_2_0_0(a, world):
    """Check 26: the older SDK sends, lists, fetches, acknowledges and reads a refusal."""
    with world.sdk(B) as sdk:
        documents = sdk.documents_200()
        clear(documents)
        data = letter(A, B)
        assert a.documents_200().send_edoc(sending(A), data).status == "OK"
        (item,) = waiting(documents)
        assert _fetched(documents, item["docId"]) == data
        assert documents.update_status(about(item["docId"], status="done")).status == "OK"
        _refused(a.documents_200().send_edoc(sending(A), letter(A, "G99")), "18")
        refused = documents.get_edoc(about("b7720f"))
        assert (refused.status, refused.data) == ("FAIL", None)


def test_http_and_vxp_exchange_documents_and_statuses(world, a):
    """A sender on HTTP and a recipient on the SDK, and the reverse: one exchange, one receipt of each handover."""

    async def story() -> None:
        clear(a.documents())
        async with open_client(world.hub.url, world.keys[HTTP]) as client:
            for item in await client.inbox(wait=0):
                await client.acknowledge(item.id)
            out = letter(HTTP, A)
            package = (await client.submit(out)).package
            (item,) = await asyncio.to_thread(waiting, a.documents())
            assert await asyncio.to_thread(_fetched, a.documents(), item["docId"]) == out
            assert a.documents().update_status(about(item["docId"], status="done")).status == "OK"
            receipts = [each.event for each in await client.package_receipts(package.id)]
            assert receipts.count("ContentHandover") == 1
            _sent(a, status(out, A, "03"), "status")
            (word,) = await client.inbox(wait=10)
            assert word.kind == "status"
            await client.acknowledge(word.id)
            back = letter(A, HTTP)
            _sent(a, back)
            (received,) = await client.inbox(wait=10)
            await client.acknowledge(received.id)
            await client.submit(status(back, HTTP, "01"))
            (arrived,) = await asyncio.to_thread(waiting, a.documents(), 1, STATUS)
            assert envelope_of(_fetched(a.documents(), arrived["docId"])).status_code == "01"

    asyncio.run(story())


def test_threads_share_a_service_object(world):
    """Concurrent calls of one client object are all answered as JSON."""
    with world.sdk(A) as sdk:
        documents = [sdk.documents() for _ in range(4)]
        results: list[object] = []

        def poll(service) -> None:
            results.extend(service.get_received_edoc_list(EDOC).status for _ in range(10))

        threads = [threading.Thread(target=poll, args=(each,)) for each in documents]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert results == ["OK"] * 40


def test_no_secret_and_no_ticket_in_the_log(world, a):
    """Neither a secret nor a signature stands in the hub's log."""
    _sent(a, letter(A, B))
    log = world.hub.log.read_text(encoding="utf-8", errors="replace")
    assert "/vxp/sendEdoc" in log
    assert secret_of(A) not in log
    assert "hash-header" not in log
    assert "sign-header" not in log
    assert datetime.now(UTC).strftime("%Y-%m-%d") in log
