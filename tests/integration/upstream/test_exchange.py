"""Documents and statuses between agencies of two hubs, and what each hub attests of them."""

from __future__ import annotations

import json

from schemas.edxml.codes import StatusCode
from tests.support.two_hubs import collect, document, eventually, send, status, waiting


def facts(hubs, code: str, event: str, sha256: str) -> list[dict]:
    return [each for each in hubs.receipts(code, event=event) if each["package"]["sha256"] == sha256]


def digest(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def test_up_and_its_statuses_down(hubs, documents):
    """A document goes up byte for byte, statuses come down, and both hubs attest the same story."""
    sender, recipient = documents("H99.05"), documents("G22.05")
    data = document("H99.05", "G22.05", number="101")
    send(sender, "H99.05", data)
    assert collect(recipient) == [data]
    document_id = f"H99.05,{data.split(b'PromulgationDate>')[1].split(b'<')[0].decode()},101/BC-SM"
    statuses = [status("G22.05", "H99.05", document_id, code) for code in (StatusCode.ARRIVED, StatusCode.ACCEPTED)]
    for each in statuses:
        send(recipient, "G22.05", each, "status")
    assert sorted(collect(sender, "status", count=2)) == sorted(statuses)
    relayed = facts(hubs, "H99.05", "RelayAcceptance", digest(data))
    handed = facts(hubs, "G22.05", "ContentHandover", digest(data))
    assert [each["recipient"] for each in relayed + handed] == ["G22.05", "G22.05"]
    assert relayed[0]["reason"] == {"code": "relayed", "text": handed[0]["package"]["id"]}
    assert [each["reason"]["code"] for each in facts(hubs, "H99.05", "BusinessStatus", digest(data))] == ["01", "03"]


def test_statuses_up(hubs, documents):
    """The word of an agency below reaches the sender above, and stands beside the delivery there."""
    sender, recipient = documents("G22.05"), documents("H99.05")
    data = document("G22.05", "H99.05", number="107")
    send(sender, "G22.05", data)
    assert collect(recipient) == [data]
    document_id = f"G22.05,{data.split(b'PromulgationDate>')[1].split(b'<')[0].decode()},107/BC-SM"
    said = status("H99.05", "G22.05", document_id, StatusCode.REFUSED, "Gửi sai nơi nhận")
    send(recipient, "H99.05", said, "status")
    assert collect(sender, "status") == [said]
    told = facts(hubs, "G22.05", "BusinessStatus", digest(data))
    assert [each["reason"] for each in told] == [{"code": "02", "text": "Gửi sai nơi nhận"}]


def test_down_to_two_agencies(hubs, documents):
    """A document for two agencies of the lower hub reaches each once; the upper hub attests both handovers."""
    sender = documents("G22.05")
    data = document("G22.05", "H99.05", "H99.06", "G22.06", number="102")
    send(sender, "G22.05", data)
    assert [collect(documents(code)) for code in ("H99.05", "H99.06", "G22.06")] == [[data]] * 3
    handed = eventually(lambda: len(found := facts(hubs, "G22.05", "ContentHandover", digest(data))) == 3 and found)
    assert sorted(each["recipient"] for each in handed) == ["G22.06", "H99.05", "H99.06"]
    assert len(facts(hubs, "H99.05", "ContentHandover", digest(data))) == 1
    assert not waiting(documents("H99.06"))


def test_both_sides_among_the_recipients(hubs, documents):
    """What comes back because one of our own is among the recipients is taken for what it is: one copy, no circle."""
    data = document("H99.05", "H99.06", "G22.05", "G22.06", number="103")
    send(documents("H99.05"), "H99.05", data)
    assert [collect(documents(code)) for code in ("H99.06", "G22.05", "G22.06")] == [[data]] * 3
    relayed = eventually(lambda: len(found := facts(hubs, "H99.05", "RelayAcceptance", digest(data))) == 2 and found)
    assert len({each["reason"]["text"] for each in relayed}) == 1
    eventually(lambda: facts(hubs, "G22.05", "ContentHandover", digest(data)))
    upper = documents("G22.05")
    assert not waiting(upper)
    assert not waiting(documents("H99.06"))


def test_refusal_of_the_upper_hub_arrives_with_its_words(hubs, documents):
    """Nobody has the code: the sender gets a RelayRejection that says so in Vietnamese, and the document is refused."""
    data = document("H99.05", "G22.99", number="104")
    sender = documents("H99.05")
    doc_id = send(sender, "H99.05", data)
    rejected = eventually(lambda: facts(hubs, "H99.05", "RelayRejection", digest(data)))
    assert rejected[0]["reason"]["code"] == "relay-rejected"
    assert rejected[0]["reason"]["text"].startswith("18: ")
    assert "G22.99" in rejected[0]["reason"]["text"]
    listed = sender.get_sent_edoc_list(
        json.dumps({"servicetype": "eDoc", "messagetype": "edoc", "from": "H99.05", "docId": doc_id})
    )
    assert [each["receiveStatus"] for each in listed.items] == ["fail"]


def test_a_code_below_our_own_body_is_refused_at_once(documents):
    """A slip of the pen below a body of the lower hub never travels."""
    sent = documents("H99.05").send_edoc(
        json.dumps({"from": "H99.05", "servicetype": "eDoc", "messagetype": "edoc"}),
        document("H99.05", "H99.77", number="105"),
    )
    assert (sent.status, sent.code) == ("FAIL", "18")
    assert "H99.77" in sent.text


def test_an_agency_that_only_the_upper_hub_believes_in(hubs, documents):
    """The upper hub keeps it, marked as failed, while the other recipient's copy arrives; once entered below, it arrives too."""
    from tests.support.hub import axis

    data = document("G22.05", "H99.05", "H99.98", number="106")
    send(documents("G22.05"), "G22.05", data)
    assert collect(documents("H99.05")) == [data]
    eventually(lambda: "upstream-message-refused" in hubs.lower.log.read_text())
    axis("agency", "add", "H99.98", "--name", "Mới", "--system", "H99.07", "--config", str(hubs.lower.config))
    assert collect(documents("H99.07")) == [data]
