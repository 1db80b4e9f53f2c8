"""An axis that hands back what it should not: real ones write themselves into the list of hops, and directories disagree."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import pytest

from tests.support.hub import HubProcess, axis
from tests.support.scripted import Recorded, Say, ScriptedServer, http
from tests.support.sdk import Sdk
from tests.support.two_hubs import LOWER, QUICK, collect, connect, document, eventually, send, waiting

HOP = (
    "<edXML:TraceHeader><edXML:OrganId>{}</edXML:OrganId>"
    "<edXML:Timestamp>2025/03/14 08:00:00</edXML:Timestamp></edXML:TraceHeader>"
)


class KeepingAxis(ScriptedServer):
    """An axis that keeps documents until somebody says `done`, and remembers every word."""

    def __init__(self) -> None:
        super().__init__(http(""))
        self.kept: dict[str, tuple[str, str, bytes]] = {}
        self.words: list[tuple[str, str]] = []

    def say(self, request: Recorded) -> Say:
        operation = request.line.split()[1].rsplit("/", 1)[1]
        doc_id = request.header("XroadVnpt-docId") or ""
        members: dict[str, object] = {}
        if operation == "getReceivedEdocList" and request.header("XroadVnpt-messagetype") == "edoc":
            members["data"] = [{"docId": key, "from": one[0], "to": one[1]} for key, one in self.kept.items()]
        elif operation == "getEdoc":
            members["data"] = base64.b64encode(self.kept[doc_id][2]).decode()
        elif operation == "updateStatus":
            word = request.header("XroadVnpt-status") or ""
            self.words.append((doc_id, word))
            if word == "done":
                del self.kept[doc_id]
        elif operation == "sendEdoc":
            members["DocId"] = "up-1"
        return http(json.dumps({"status": "OK", "ErrorCode": "0", "ErrorDesc": "", **members}))


def stamped(data: bytes, code: str) -> bytes:
    """Return a document as an axis hands it on that writes itself into the list of hops."""
    return data.replace(b"</edXML:TraceHeader>", b"</edXML:TraceHeader>" + HOP.format(code).encode(), 1)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HubProcess, KeepingAxis]]:
    """A hub below an axis of the test."""
    folder = tmp_path_factory.mktemp("circles") / LOWER
    lower = HubProcess.create(folder, QUICK)
    with KeepingAxis() as keeping:
        connect(lower, keeping.url, "secret")
        lower.start()
        try:
            yield lower, keeping
        finally:
            lower.stop()


@pytest.fixture
def documents(hub):
    """Make document services; their connections are closed at the end."""
    opened = []

    def make(code: str):
        lower, _ = hub
        secret = next(each["vxp_secret"] for each in lower.credentials["systems"] if code in each["agencies"])
        opened.append(Sdk(f"{lower.url}/vxp", code, secret))
        return opened[-1].documents()

    yield make
    for each in opened:
        each.close()


def word_about(keeping: KeepingAxis, doc_id: str) -> str:
    return eventually(lambda: next((word for key, word in keeping.words if key == doc_id), None))


def test_our_own_document_comes_back_with_a_hop(hub, documents):
    """Stamped on the way it has other bytes and the same id: known, marked done, delivered once."""
    _, keeping = hub
    data = document("H99.05", "H99.06", "G22.05", number="401")
    send(documents("H99.05"), "H99.05", data)
    assert collect(documents("H99.06")) == [data]
    keeping.kept["echo"] = ("H99.05", "H99.06", stamped(data, "001.00.20.TT2"))
    assert word_about(keeping, "echo") == "done"
    assert not waiting(documents("H99.06"))


def test_a_document_of_ours_that_we_never_saw(hub, documents):
    """Somebody above uses the name of our agency: refused, marked as failed, kept there."""
    _, keeping = hub
    keeping.kept["forged"] = ("H99.05", "H99.06", document("H99.05", "H99.06", number="402"))
    assert word_about(keeping, "forged") == "fail"
    assert not waiting(documents("H99.06"))
    del keeping.kept["forged"]


def test_our_own_document_for_an_agency_that_nobody_listed_here(hub, documents):
    """It went up for want of a system here; offered back as ours, nobody here has it: it stays above, marked as failed."""
    _, keeping = hub
    data = document("H99.05", "K07.01", number="409")
    send(documents("H99.05"), "H99.05", data)
    eventually(lambda: any("sendEdoc" in each.line and each.body == data + b"\r\n" for each in keeping.requests))
    keeping.kept["back"] = ("H99.05", "K07.01", data)
    assert word_about(keeping, "back") == "fail"
    keeping.kept["back-with-a-hop"] = ("H99.05", "K07.01", stamped(data, "001.00.20.TT2"))
    assert word_about(keeping, "back-with-a-hop") == "fail"
    del keeping.kept["back"], keeping.kept["back-with-a-hop"]


def test_a_document_that_passed_through_here(hub, documents):
    """This hub among the hops: it goes in a circle."""
    lower, keeping = hub
    keeping.kept["circle"] = ("G22.05", "H99.06", stamped(document("G22.05", "H99.06", number="403"), LOWER))
    assert word_about(keeping, "circle") == "fail"
    assert not waiting(documents("H99.06"))
    assert "relay-loop" in lower.log.read_text()
    del keeping.kept["circle"]


def test_a_file_that_cannot_be_read(hub, documents):
    """Marked as failed, while the next message is taken."""
    _, keeping = hub
    good = document("G22.05", "H99.06", number="404")
    keeping.kept["broken"] = ("G22.05", "H99.06", b"<html>")
    keeping.kept["good"] = ("G22.05", "H99.06", good)
    assert word_about(keeping, "broken") == "fail"
    assert word_about(keeping, "good") == "done"
    assert collect(documents("H99.06")) == [good]
    del keeping.kept["broken"]


def test_a_suspended_upstream_is_left_alone(hub, documents):
    """Nothing is asked and nothing is sent until it is resumed; then what waited goes out."""
    lower, keeping = hub
    send(documents("H99.05"), "H99.05", document("H99.05", "G22.05", number="405"))
    eventually(lambda: any("sendEdoc" in each.line for each in keeping.requests))
    config = ("--config", str(lower.config))
    axis("system", "suspend", "up", *config)

    def refused() -> bool:
        sent = documents("H99.05").send_edoc(
            json.dumps({"from": "H99.05", "servicetype": "eDoc", "messagetype": "edoc"}),
            document("H99.05", "G22.05", number="406"),
        )
        return sent is not None and sent.code == "18"

    eventually(refused)
    keeping.kept["later"] = ("G22.05", "H99.06", later := document("G22.05", "H99.06", number="407"))
    axis("system", "resume", "up", *config)
    assert word_about(keeping, "later") == "done"
    assert collect(documents("H99.06")) == [later]
