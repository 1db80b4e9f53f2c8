"""Either hub is killed at the worst moments: everything takes effect once, and both attest the same story."""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections import Counter

import pytest

from schemas.edxml.codes import StatusCode
from tests.support.hub import HubProcess
from tests.support.sdk import Documents201
from tests.support.two_hubs import TwoHubs, collect, document, eventually, send, status, waiting

pytestmark = pytest.mark.timeout(400)  # hubs are started anew within a test, on machines that have other work

#: Where which hub is killed while a document goes up.
UPWARDS = {
    "sent up, the answer not recorded": ("lower", "K13"),
    "the answer recorded, the queue not told": ("lower", "K12"),
    "a unit of work of the upper hub": ("upper", "K4"),
    "accepted above, not answered": ("upper", "K6"),
}
#: … and down.
DOWNWARDS = {
    "verified below, nothing recorded": ("lower", "K3"),
    "recorded below, not acknowledged above": ("lower", "K6"),
}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def launched_to_die(hub: HubProcess, point: str) -> None:
    """Start a hub that kills itself at a point, be it before anybody sees that it is ready."""
    hub.launch({"HUB_FAILPOINT": f"{point}:kill"})


def events(hubs: TwoHubs, code: str, data: bytes) -> Counter[tuple[str, str | None]]:
    found = [each for each in hubs.receipts(code) if each["package"]["sha256"] == digest(data)]
    return Counter((each["event"], each["recipient"]) for each in found)


def nothing_waits(documents: Documents201) -> None:
    """Nothing comes a second time, also not after some more rounds of asking."""
    time.sleep(1)
    assert not waiting(documents)


@pytest.mark.parametrize("which, point", UPWARDS.values(), ids=UPWARDS)
def test_killed_while_a_document_goes_up(hubs, documents, which, point):
    """Sent again after the restart, it is the same message above: one copy, one receipt of each kind."""
    data = document("H99.05", "G22.05", number=f"{which}-{point}")
    hub = getattr(hubs, which)
    hub.stop()
    if which == "lower":
        launched_to_die(hub, point)
        hub.wait_until_ready()
        send(documents("H99.05"), "H99.05", data)
    else:
        send(documents("H99.05"), "H99.05", data)  # it waits below until the upper hub is there
        launched_to_die(hub, point)
    hub.wait_for_end(60)
    hub.start()
    assert collect(documents("G22.05")) == [data]
    eventually(lambda: events(hubs, "H99.05", data)["RelayAcceptance", "G22.05"])
    nothing_waits(documents("G22.05"))
    assert events(hubs, "H99.05", data) == {("SubmissionAcceptance", None): 1, ("RelayAcceptance", "G22.05"): 1}
    above = events(hubs, "G22.05", data)
    assert {event: count for event, count in above.items() if event[0] == "ContentHandover"} == {
        ("ContentHandover", "G22.05"): 1
    }


@pytest.mark.parametrize("which, point", DOWNWARDS.values(), ids=DOWNWARDS)
def test_killed_while_a_document_comes_down(hubs, documents, which, point):
    """It is acknowledged above only once it is recorded below, and recorded once."""
    hubs.lower.stop()
    data = document("G22.05", "H99.05", number=f"{which}-{point}")
    send(documents("G22.05"), "G22.05", data)
    launched_to_die(hubs.lower, point)
    hubs.lower.wait_for_end(60)
    assert ("ContentHandover", "H99.05") not in events(hubs, "G22.05", data)
    hubs.lower.start()
    assert collect(documents("H99.05")) == [data]
    eventually(lambda: events(hubs, "G22.05", data)["ContentHandover", "H99.05"])
    nothing_waits(documents("H99.05"))
    assert events(hubs, "G22.05", data)["ContentHandover", "H99.05"] == 1
    assert events(hubs, "H99.05", data)["ContentHandover", "H99.05"] == 1


def test_killed_at_random_while_documents_and_statuses_travel(hubs, documents):
    """Six kills of either hub: every document arrives above once, every status below once."""
    chance = random.Random(5)
    sent = [document("H99.05", "G22.05", number=f"r{number}") for number in range(12)]
    sender = threading.Thread(target=_send_all, args=(documents("H99.05"), sent))
    answered: list[bytes] = []
    stop = threading.Event()
    recipient = threading.Thread(target=_answer_all, args=(documents("G22.05"), answered, stop))
    sender.start()
    recipient.start()
    for _ in range(6):
        time.sleep(chance.uniform(0.1, 1.5))
        victim = chance.choice((hubs.lower, hubs.upper))
        victim.kill()
        time.sleep(chance.uniform(0.0, 0.5))
        victim.start()
    sender.join(60)
    eventually(lambda: len(set(answered)) == len(sent))
    eventually(lambda: len(waiting(documents("H99.05"), "status")) >= len(sent))
    stop.set()
    recipient.join(30)
    nothing_waits(documents("G22.05"))
    told = collect(documents("H99.05"), "status", count=len(sent))
    assert len(told) == len(set(told)) == len(sent)
    for data in sent:
        assert events(hubs, "H99.05", data)["RelayAcceptance", "G22.05"] == 1
        assert events(hubs, "G22.05", data)["ContentHandover", "G22.05"] == 1


def _send_all(documents: Documents201, sent: list[bytes]) -> None:
    """Send each until the hub says OK, as a careful client does."""
    for data in sent:
        text = json.dumps({"from": "H99.05", "servicetype": "eDoc", "messagetype": "edoc"})
        while (found := documents.send_edoc(text, data)) is None or found.status != "OK":
            time.sleep(0.2)


def _answer_all(documents: Documents201, answered: list[bytes], stop: threading.Event) -> None:
    """Fetch, answer with a status, acknowledge: each until it succeeds, each as often as it takes."""
    while not stop.is_set():
        listed = documents.get_received_edoc_list('{"servicetype":"eDoc","messagetype":"edoc"}')
        for item in (listed.items if listed else None) or ():
            fetched = documents.get_edoc(json.dumps({"docId": item["docId"], "filePath": "xml"}))
            if fetched is None or fetched.data is None:
                continue
            number = fetched.data.split(b"CodeNumber>")[1].split(b"<")[0].decode()
            day = fetched.data.split(b"PromulgationDate>")[1].split(b"<")[0].decode()
            answer = _answer(f"H99.05,{day},{number}/BC-SM", item["docId"])
            said = documents.send_edoc('{"from":"G22.05","servicetype":"eDoc","messagetype":"status"}', answer)
            if said is None or said.status != "OK":
                continue
            done = documents.update_status(json.dumps({"docId": item["docId"], "status": "done"}))
            if done is not None and done.status == "OK":
                answered.append(fetched.data)
        time.sleep(0.1)


_answers: dict[str, bytes] = {}


def _answer(document_id: str, doc_id: str) -> bytes:
    """Return the one status about a document: repeated, it is the same bytes."""
    return _answers.setdefault(doc_id, status("G22.05", "H99.05", document_id, StatusCode.ACCEPTED))
