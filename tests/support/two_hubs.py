"""Two real hubs: a province's (H99) below, a ministry's (G22) above, connected as two axes are.

The ministry's hub knows the province's as one system of the national SDK's protocol that acts for its agencies; the province's
knows the ministry's as an upstream that reaches every code it has no system for.
"""

from __future__ import annotations

import json
import shutil
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar

from schemas.edxml.codes import StatusCode
from schemas.edxml.compose import NewFile, new_document, new_status
from schemas.edxml.encoding import encode
from schemas.edxml.parts import ResponseFor
from tests.support.hub import HubProcess, axis, free_port, kept_folder
from tests.support.sdk import Documents201, Sdk
from tests.support.sdk.services import items_of

LOWER, UPPER = "H99", "G22"
QUICK = {
    "AXIS_UPSTREAM__POLL_SECONDS": "0.2",
    "AXIS_UPSTREAM__TIMEOUT": "3",
    "AXIS_DELIVERY__RETRY_DELAYS": json.dumps([0.2] * 200),
}
PATIENCE = 45.0  #: seconds until something that must happen has not happened

_Found = TypeVar("_Found")


class TwoHubs(NamedTuple):
    """Both hubs; each outlives its process."""

    lower: HubProcess
    upper: HubProcess

    def start(self) -> TwoHubs:
        """Start both."""
        self.upper.start()
        self.lower.start()
        return self

    def stop(self) -> None:
        """Stop both."""
        self.lower.stop()
        self.upper.stop()

    def system(self, code: str) -> Sdk:
        """Return the SDK of an agency's own system, at its own hub."""
        hub = self.of(code)
        return Sdk(f"{hub.url}/vxp", code, _system_of(hub, code)["vxp_secret"])

    def of(self, code: str) -> HubProcess:
        """Return the hub that an agency is connected to."""
        return self.lower if code.startswith(LOWER) else self.upper

    def receipts(self, code: str, **wanted: str) -> list[dict[str, Any]]:
        """Return what an agency's own hub attests to its system, oldest first, decoded."""
        hub = self.of(code)
        query = "&".join(f"{name}={value}" for name, value in {"limit": "200", **wanted}.items())
        request = urllib.request.Request(
            f"{hub.url}/v1/receipts?{query}",
            headers={"Authorization": f"Bearer {_system_of(hub, code)['api_key']}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            items = json.load(answer)["items"]
        return [{**each, **_payload(each["jws"])} for each in reversed(items)]


def connected(folder: Path, url: str | None = None) -> TwoHubs:
    """Make both hubs, connected, as copies of two that are founded once; `url` stands between the lower one and the upper."""
    for code in (LOWER, UPPER):
        shutil.copytree(_founded() / code, folder / code)
    pair = _pair(folder)
    at = ("--url", url or f"{pair.upper.url}/vxp", "--config", str(pair.lower.config))
    axis("system", "upstream", "up", *at)
    return pair


@cache
def _founded() -> Path:
    """Found both hubs and make them known to each other."""
    folder = kept_folder()
    for code in (LOWER, UPPER):
        axis("init", str(folder / code), "--demo", "--hub-code", code)
    pair = _pair(folder)
    _introduce(pair.upper)
    secret = axis("key", "vxp", "add", LOWER, "--config", str(pair.upper.config), "--json")
    connect(pair.lower, f"{pair.upper.url}/vxp", json.loads(secret.stdout)["vxp_secret"])
    return folder


def _pair(folder: Path) -> TwoHubs:
    return TwoHubs(*(HubProcess(folder / code, free_port(), QUICK) for code in (LOWER, UPPER)))


def _introduce(upper: HubProcess) -> None:
    """Make the lower hub a system of the upper one."""
    config = ("--config", str(upper.config))
    axis("system", "add", LOWER, "--name", "Trục tỉnh", "--binding", "vxp", "--policy", "transport", *config)
    for code in ("H99.05", "H99.06", "H99.98"):
        axis("agency", "add", code, "--name", f"Cơ quan {code}", "--system", LOWER, *config)


def connect(lower: HubProcess, url: str, secret: str) -> None:
    """Make an axis the upstream of a hub."""
    path = lower.folder / "upstream.secret"
    path.write_text(secret, encoding="utf-8")
    said = ("--url", url, "--system-id", LOWER, "--secret-file", str(path), "--reaches", "*")
    axis("system", "add", "up", "--name", "Trục bộ", "--binding", "upstream", *said, "--config", str(lower.config))


def document(sender: str, *recipients: str, number: str = "1", size: int = 1000) -> bytes:
    """Return an unsigned document with one file."""
    draft = new_document(
        sender=sender,
        recipients=recipients,
        subject=f"Văn bản số {number}",
        number=number,
        notation="BC-SM",
        sent_at=datetime.now(UTC),
        files=[NewFile("báo cáo.pdf", b"%PDF-1.7\n" + b"x" * size)],
    )
    return draft.encode()


def status(sender: str, to: str, document_id: str, code: StatusCode, text: str = "") -> bytes:
    """Return a status of `sender` about a document of `to`."""
    about = ResponseFor(agency_code=to, notation="1/BC-SM", document_id=document_id)
    return encode(new_status(sender=sender, response=about, code=code, at=datetime.now(UTC), description=text or None))


def send(documents: Documents201, sender: str, data: bytes, kind: str = "edoc") -> str:
    """Send by the SDK and return the DocId."""
    sent = documents.send_edoc(json.dumps({"from": sender, "servicetype": "eDoc", "messagetype": kind}), data)
    assert sent is not None
    assert (sent.status, sent.code) == ("OK", "0"), sent
    assert sent.doc_id
    return sent.doc_id


def waiting(documents: Documents201, kind: str = "edoc") -> list[dict[str, Any]]:
    """Return what waits for a system."""
    return items_of(documents.get_received_edoc_list(json.dumps({"servicetype": "eDoc", "messagetype": kind})))


def collect(documents: Documents201, kind: str = "edoc", count: int = 1) -> list[bytes]:
    """Fetch and acknowledge `count` messages."""
    taken: list[bytes] = []
    for item in eventually(lambda: len(found := waiting(documents, kind)) >= count and found):
        fetched = documents.get_edoc(json.dumps({"docId": item["docId"], "filePath": "xml"}))
        assert fetched is not None
        assert fetched.data
        done = documents.update_status(json.dumps({"docId": item["docId"], "status": "done"}))
        assert done is not None
        assert done.status == "OK", done
        taken.append(fetched.data)
    return taken


def eventually(look: Callable[[], _Found | Literal[False] | None], within: float = PATIENCE) -> _Found:
    """Look until something is found; fail when it is not found in time."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"not found within {within:g} s")


def _system_of(hub: HubProcess, code: str) -> dict[str, Any]:
    return next(each for each in hub.credentials["systems"] if code in each["agencies"])


def _payload(jws: str) -> dict[str, Any]:
    import base64

    part = jws.split(".")[1]
    loaded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return loaded
