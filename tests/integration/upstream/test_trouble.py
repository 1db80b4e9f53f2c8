"""The upper hub is away, slow, or something else answers in its place: nothing is lost, nothing is believed."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request

import pytest

from tests.support.hub import axis
from tests.support.scripted import Say, ScriptedServer, http
from tests.support.two_hubs import collect, document, eventually, send

pytestmark = pytest.mark.timeout(400)  # hubs are started anew within a test, on machines that have other work

TROUBLES = {
    "html": http("<html><h1>502</h1></html>", "502 Bad Gateway"),
    "empty": http(""),
    "cut": Say(b'HTTP/1.1 200 OK\r\nContent-Length: 80\r\n\r\n{"status":"OK","ErrorCode":"0"'),
    "closed": Say(b""),
    "slow": http("{}")._replace(delay=4.0),
    "login-page": http("", "302 Found", "Location: /login"),
}


def ready(hub) -> dict[str, dict]:
    """Return the checks of a hub by name."""
    try:
        with urllib.request.urlopen(f"{hub.url}/readyz?verbose", timeout=10) as answer:
            body = json.load(answer)
    except urllib.error.HTTPError as error:
        body = json.load(error)
    return {each["name"]: each for each in body["checks"]}


def events(hubs, code: str, data: bytes) -> list[str]:
    sha256 = hashlib.sha256(data).hexdigest()
    return [each["event"] for each in hubs.receipts(code) if each["package"]["sha256"] == sha256]


def test_the_upper_hub_is_away(hubs, documents):
    """The hub accepts and stays ready, says that its upstream is away, and delivers when it is back."""
    hubs.upper.stop()
    data = document("H99.05", "G22.05", number="201")
    send(documents("H99.05"), "H99.05", data)
    away = eventually(lambda: (found := ready(hubs.lower)["upstream"])["is_ok"] is False and found)
    assert "up: " in away["detail"]
    assert events(hubs, "H99.05", data) == ["SubmissionAcceptance"]
    hubs.upper.start()
    assert collect(documents("G22.05")) == [data]
    assert eventually(lambda: len(found := events(hubs, "H99.05", data)) == 2 and found)[1] == "RelayAcceptance"
    eventually(lambda: ready(hubs.lower)["upstream"]["is_ok"])


@pytest.mark.parametrize("trouble", TROUBLES)
def test_something_else_answers(hubs, documents, trouble):
    """Rubbish is no acceptance and no empty in-tray: the document is sent again until the axis itself has it, once."""
    hubs.upper.stop()
    data = document("H99.05", "G22.06", number=trouble)
    with ScriptedServer(TROUBLES[trouble], port=hubs.upper.port) as server:
        send(documents("H99.05"), "H99.05", data)
        eventually(lambda: any("sendEdoc" in each.line for each in server.requests))
        eventually(lambda: any("getReceivedEdocList" in each.line for each in server.requests))
    hubs.upper.start()
    assert collect(documents("G22.06")) == [data]
    assert eventually(lambda: len(found := events(hubs, "H99.05", data)) == 2 and found)[1] == "RelayAcceptance"


def test_given_up_is_a_relay_failure_and_may_be_redriven(hubs, documents):
    """After the last attempt the receipt says RelayFailure with the reason; an operator's redrive sends it."""
    hubs.lower.stop()
    hubs.upper.stop()
    hubs.lower.launch({"AXIS_DELIVERY__RETRY_DELAYS": "[0.1]"})
    hubs.lower.wait_until_ready()
    data = document("H99.05", "G22.07", number="203")
    send(documents("H99.05"), "H99.05", data)
    assert eventually(lambda: len(found := events(hubs, "H99.05", data)) == 2 and found)[1] == "RelayFailure"
    hubs.lower.stop()
    hubs.upper.start()
    hubs.lower.start()
    axis("queue", "redrive", "--config", str(hubs.lower.config))
    assert collect(documents("G22.07")) == [data]
    assert eventually(lambda: len(found := events(hubs, "H99.05", data)) == 3 and found)[2] == "RelayAcceptance"


def test_a_wrong_secret_loses_nothing(hubs, documents):
    """The documents wait on both sides until the secret is right."""
    secret = hubs.lower.folder / "upstream.secret"
    wrong = hubs.lower.folder / "wrong.secret"
    wrong.write_text("sai")
    change = ("system", "upstream", "up", "--config", str(hubs.lower.config), "--secret-file")
    axis(*change, str(wrong))
    eventually(lambda: "15:" in ready(hubs.lower)["upstream"]["detail"])
    up, down = document("H99.05", "G22.05", number="204"), document("G22.05", "H99.05", number="205")
    send(documents("H99.05"), "H99.05", up)
    send(documents("G22.05"), "G22.05", down)
    axis(*change, str(secret))
    assert collect(documents("G22.05")) == [up]
    assert collect(documents("H99.05")) == [down]
