"""The service objects of the SDK: one for documents, one for the directory, for each of its two versions."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from adapters.vxp.signature import odd_hex
from tests.support.sdk.answers import (
    Counted,
    Fetched,
    Listing,
    Result,
    Sent,
    counted,
    downloaded,
    fetched,
    listing,
    result,
    sent,
)
from tests.support.sdk.apache import ApacheClient
from tests.support.sdk.jdk import JdkClient
from tests.support.sdk.parameters import ParameterMap
from tests.support.sdk.wire import Answer, NoAnswer, NoConnection, Request

_JSON, _OCTETS = "application/json", "application/octet-stream"
_NO_BODY, _EMPTY_OBJECT = b"", b"{}"
_Read = TypeVar("_Read")


class Sdk:
    """One JVM: a base URL, a system id, its secret and the setting "retry" (2 to 5)."""

    def __init__(
        self,
        base_url: str,
        system_id: str,
        secret: str,
        *,
        retry: int = 3,
        tls: ssl.SSLContext | None = None,
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        if not 2 <= retry <= 5:
            raise ValueError("the SDK allows 2 to 5 attempts")
        self.base_url, self.system_id, self.secret = base_url, system_id, secret
        self.clock = clock
        self.jdk = JdkClient(tls)
        self.apache = ApacheClient(retry, tls)

    def documents(self) -> Documents201:
        """Make a service object for documents of SDK 2.0.1."""
        return Documents201(self)

    def documents_200(self) -> Documents200:
        """Make a service object for documents of SDK 2.0.0."""
        return Documents200(self)

    def directory(self) -> Directory201:
        """Make a service object for the directory of SDK 2.0.1."""
        return Directory201(self)

    def directory_200(self) -> Directory200:
        """Make a service object for the directory of SDK 2.0.0."""
        return Directory200(self)

    def close(self) -> None:
        """End the process: connections that were left open are closed."""
        self.jdk.close()
        self.apache.close()


class _Service:
    """A service object: its parameter map lives as long as it does and is never cleared."""

    def __init__(self, sdk: Sdk) -> None:
        self._sdk = sdk
        self._map = ParameterMap(sdk.system_id, sdk.clock())

    def _request(self, operation: str, body: bytes, method: str = "POST") -> Request:
        return Request(method, f"{self._sdk.base_url}/{operation}", self._map.ordered(), self._sdk.secret, body)

    def _apache(
        self, operation: str, text: str, body: bytes, *, leaves_open: bool = False, method: str = "POST"
    ) -> Answer:
        self._map.merge(text, _JSON)
        return self._sdk.apache.call(self._request(operation, body, method), leaves_open=leaves_open)

    def _list(self, operation: str, text: str, *, reads_rubbish_as_empty: bool = False) -> Listing | None:
        """Call a list operation; its connection stays open. Trouble on the way is an object of nulls."""
        try:
            answer = self._apache(operation, text, _NO_BODY, leaves_open=True)
        except (NoAnswer, NoConnection):
            return Listing()
        return listing(answer, reads_rubbish_as_empty=reads_rubbish_as_empty)

    def _plain(
        self, operation: str, text: str, read: Callable[[Answer], _Read | None], body: bytes = _EMPTY_OBJECT
    ) -> _Read | None:
        """Call any other operation. Trouble on the way is a null result."""
        try:
            return read(self._apache(operation, text, body))
        except (NoAnswer, NoConnection):
            return None


class Documents200(_Service):
    """The document service of SDK 2.0.0. Parameter texts are the caller's JSON, unquoted tokens allowed."""

    _reads_rubbish_as_empty = False
    _reads_refused = True

    def send_edoc(self, text: str, file: bytes) -> Sent | None:
        """Send a file; it is followed by CR LF, which `hash-file` does not cover."""
        self._map.merge(text, _OCTETS, raw=("to",))
        self._map.put("hash-file", odd_hex(hashlib.sha256(file).digest()))
        try:
            return sent(self._sdk.jdk.call(self._request("sendEdoc", file + b"\r\n")))
        except (NoAnswer, NoConnection):
            return None

    def get_received_edoc_list(self, text: str) -> Listing | None:
        """List what is there to be fetched."""
        return self._list("getReceivedEdocList", text, reads_rubbish_as_empty=self._reads_rubbish_as_empty)

    def get_sent_edoc_list(self, text: str) -> Listing | None:
        """List what was sent, one row for each recipient."""
        return self._list("getSentEdocList", text)

    def get_edoc(self, text: str, folder: Path | None = None, doc_id: str = "") -> Fetched | None:
        """Fetch a document and store it below `folder` as the SDK does: the id is a file name, unchecked."""
        found = self._plain("getEdoc", text, lambda answer: fetched(answer, reads_refused=self._reads_refused))
        self._store(found, folder, doc_id)
        return found

    def update_status(self, text: str) -> Result | None:
        """Say processing, done or fail."""
        return self._plain("updateStatus", text, result)

    def _store(self, found: Fetched | None, folder: Path | None, doc_id: str) -> None:
        if folder is None or found is None or found.data is None:
            return
        at = self._sdk.clock()
        path = folder / str(at.year) / str(at.month) / f"{doc_id}.edxml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(found.data)


class Documents201(Documents200):
    """The document service of SDK 2.0.1: counts and downloads came with it."""

    _reads_rubbish_as_empty = True
    _reads_refused = False

    def count_receive_edoc(self, text: str) -> Counted | None:
        """Count documents that are there to be fetched."""
        return self._plain("countReceiveEdoc", text, counted)

    def count_receive_status(self, text: str) -> Counted | None:
        """Count statuses that are there to be fetched."""
        return self._plain("countReceiveStatus", text, counted)

    def download_edoc(self, text: str, folder: Path | None = None, doc_id: str = "") -> Fetched:
        """Fetch a document as raw bytes, by GET."""
        try:
            found = downloaded(self._apache("downloadEdoc", text, _NO_BODY, method="GET"))
        except (NoAnswer, NoConnection):
            return Fetched("FAIL", "100")
        self._store(found, folder, doc_id)
        return found


class Directory200(_Service):
    """The directory service of SDK 2.0.0."""

    def get_agencies_list(self) -> Listing | None:
        """List all agencies."""
        return self._list("getAgenciesList", "{}")

    def get_synchronize_unit(self) -> Listing | None:
        """List all units, with what changed."""
        return self._list("getSynchronizeUnit", "{}")

    def register_agency(self, body: str) -> Result | None:
        """Register or change an agency; the text is sent as it is."""
        return self._plain("registerAgency", "{}", result, body.encode())

    def delete_agency(self, text: str) -> Result | None:
        """Delete an agency."""
        return self._plain("deleteAgency", text, result)


class Directory201(Directory200):
    """The directory service of SDK 2.0.1."""

    def get_agencies_list_qd20(self, text: str) -> Listing | None:
        """List agencies of a level by their codes of QĐ 20/2020."""
        return self._list("getAgenciesListQD20", text)


def items_of(found: Listing | None) -> list[dict[str, Any]]:
    """Return the items of a list that must be one."""
    assert found is not None
    assert found.status == "OK", found
    assert found.items is not None, found
    return found.items
