"""A client of the protocol: calls another axis as the SDK does, and believes only whole, well-formed answers.

The SDK turns an HTML page into an empty in-tray and a cut answer into nothing at all. Here every answer is bounded in time and
size, must be one JSON object with the three members of the envelope, and everything else is an error that says what came.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from pathlib import Path
from ssl import SSLContext
from typing import TypeVar

import aiohttp
import msgspec
from msgspec import Struct
from yarl import URL

from adapters.egress import forbidden_in
from adapters.vxp.signature import format_timestamp, odd_hex, signed_headers
from hub.axis import AxisRefused, AxisUnreachable, AxisUnreadable, Waiting, Word
from hub.queries import Bytes
from schemas.edxml import Kind
from schemas.edxml.times import VIETNAM

JSON, OCTETS = "application/json", "application/octet-stream"
LONGEST_TRANSFER = 900.0  #: seconds for one whole message, however slowly it moves

_MESSAGE_TYPES: Mapping[Kind, str] = {Kind.DOCUMENT: "edoc", Kind.STATUS: "status"}
_SUCCESS = "0"
_BRIEF = 65_536  #: bytes of an answer that is only an envelope
_LIST = 16_777_216  #: bytes of a list
_PIECE = 262_144
_MARK = b"\xef\xbb\xbf"
_CONTROL = re.compile("[\x00-\x1f\x7f]+")
_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_SHOWN = 200  #: characters of an id that is none
#: The SDK reads base64 in lines and in the alphabet for URLs as well, so axes may write it so.
_STANDARD, _SPACES = bytes.maketrans(b"-_", b"+/"), b"\r\n\t "
_Answer = TypeVar("_Answer", bound="Envelope")


class Envelope(Struct, frozen=True, rename={"code": "ErrorCode", "text": "ErrorDesc"}):
    """What every answer says of itself. A code may be written as a number."""

    status: str
    code: str | int
    text: str | None = ""


class _Sent(Envelope, frozen=True, rename={"code": "ErrorCode", "text": "ErrorDesc", "doc_id": "DocId"}):
    doc_id: str | None = ""


class _Item(Struct, frozen=True, rename={"doc_id": "docId"}):
    doc_id: str | int | None = ""
    sender: str | None = msgspec.field(default="", name="from")
    to: str | None = ""


class _Listed(Envelope, frozen=True, rename={"code": "ErrorCode", "text": "ErrorDesc"}):
    data: tuple[_Item, ...] | None = ()


class _Fetched(Envelope, frozen=True, rename={"code": "ErrorCode", "text": "ErrorDesc"}):
    data: str | None = ""


class Account(Struct, frozen=True):
    """Where an axis is, and who we are there."""

    url: URL
    system_id: str
    secret: str


class Limits(Struct, frozen=True):
    """`seconds` without a sign of life end a call; `message_bytes` bound a message."""

    seconds: float
    message_bytes: int


class VxpClient:
    """Implements `hub.axis.Axis`.

    `tls` is what https is checked against, and our own certificate with it; `is_open` tells whether to call at all.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        account: Account,
        limits: Limits,
        clock: Callable[[], datetime],
        tls: SSLContext | None = None,
        is_open: Callable[[], bool] = lambda: True,
    ) -> None:
        self._is_open = is_open
        self._session = session
        self._account = account
        self._limits = limits
        self._clock = clock
        self._tls = tls

    async def waiting(self, kind: Kind, page: int, size: int) -> tuple[Waiting, ...]:
        """List a page of what waits, as `getReceivedEdocList` gives it.

        An id that is none is refused when it is used, so that it spoils the list for no other message.
        """
        asked = {**_kinds(kind), "pageSize": str(size), "pageIndex": str(page)}
        answer = await self._ask("getReceivedEdocList", asked, _Listed, most=_LIST)
        return tuple(Waiting(_written(each.doc_id), each.sender or "", each.to or "") for each in answer.data or ())

    async def fetch(self, doc_id: str) -> bytes:
        """Fetch a message by `getEdoc`, whose refusals can be told from documents."""
        most = _BRIEF + self._limits.message_bytes * 3 // 2  # base64 in lines, whose ends are escaped in JSON
        asked = {"docId": _safe(doc_id), "filePath": "xml"}
        answer = await self._ask("getEdoc", asked, _Fetched, most=most, body=b"{}")
        if not answer.data:
            raise AxisUnreadable(f"{doc_id} came without a document")
        try:
            return _bytes_of(answer.data)
        except (binascii.Error, ValueError) as error:
            raise AxisUnreadable(f"the document {doc_id} is no base64") from error

    async def acknowledge(self, doc_id: str, word: Word) -> None:
        """Say processing, done or fail by `updateStatus`."""
        await self._ask("updateStatus", {"status": word, "docId": _safe(doc_id)}, Envelope, body=b"{}")

    async def send(self, kind: Kind, sender: str, content: Bytes, sha256: str) -> str:
        """Send a message by `sendEdoc`: the file and CR LF, of which `hash-file` covers the file."""
        parameters = {**_kinds(kind), "hash-file": odd_hex(bytes.fromhex(sha256)), "from": sender}
        body = (content.data or b"") + b"\r\n" if content.path is None else _pieces(content.path)
        answer = await self._ask("sendEdoc", parameters, _Sent, body=body, size=content.size + 2, content_type=OCTETS)
        if not answer.doc_id:
            raise AxisUnreadable("the axis says OK without a DocId")
        return _safe(answer.doc_id)

    async def _ask(
        self,
        operation: str,
        parameters: Mapping[str, str],
        read_as: type[_Answer],
        *,
        body: bytes | AsyncIterator[bytes] = b"",
        size: int | None = None,
        content_type: str = JSON,
        most: int = _BRIEF,
    ) -> _Answer:
        """Call an operation and return its answer; raise `AxisTrouble`, `AxisRefused` included."""
        if not self._is_open():
            raise AxisUnreachable("its system is suspended here")
        signed = {
            "systemid": self._account.system_id,
            **parameters,
            "timestamp": format_timestamp(self._clock().astimezone(VIETNAM)),
            "Content-Type": content_type,
        }
        headers = [("Content-Type", content_type), *signed_headers(signed, self._account.secret)]
        headers += [
            ("Accept-Encoding", "identity"),
            ("Content-Length", str(len(body) if isinstance(body, bytes) else size)),
        ]
        try:
            status, data = await self._post(operation, headers, body, most)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise AxisUnreachable(_told(error, self._limits.seconds)) from error
        return _read(status, data, read_as)

    async def _post(
        self, operation: str, headers: list[tuple[str, str]], body: bytes | AsyncIterator[bytes], most: int
    ) -> tuple[int, bytes]:
        seconds = self._limits.seconds
        async with self._session.post(
            self._account.url / operation,
            data=body,
            headers=headers,
            allow_redirects=False,
            ssl=self._tls or True,
            timeout=aiohttp.ClientTimeout(total=LONGEST_TRANSFER, sock_connect=seconds, sock_read=seconds),
        ) as response:
            found = bytearray()
            async for piece in response.content.iter_any():
                found += piece
                if len(found) > most:
                    raise AxisUnreadable(f"the answer to {operation} is longer than {most} bytes")
            return response.status, bytes(found)


def _read(status: int, data: bytes, read_as: type[_Answer]) -> _Answer:
    """Return the answer as its type; the envelope counts, whatever the HTTP status."""
    bare = data.removeprefix(_MARK)
    try:
        envelope = msgspec.json.decode(bare, type=Envelope)
        if envelope.status.upper() == "FAIL" or str(envelope.code) != _SUCCESS:
            raise AxisRefused(_plain(str(envelope.code)), _plain(envelope.text or ""))
        return msgspec.json.decode(bare, type=read_as)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AxisUnreadable(f"HTTP {status} with {_shown(data)}: {error}") from error


def _plain(text: str) -> str:
    """Return words of the axis without what no log, receipt or database should hold."""
    return _CONTROL.sub(" ", text).strip()


def _shown(data: bytes) -> str:
    """Return the beginning of what came, for a log."""
    if not data:
        return "an empty answer"
    return repr(data[:60].decode("utf-8", "replace"))


def _told(error: Exception, seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {seconds:g} s"
    if (forbidden := forbidden_in(error)) is not None:
        return f"the address {forbidden}"
    return f"{type(error).__name__}: {error}"


def _bytes_of(text: str) -> bytes:
    """Return what base64 stands for; raise `ValueError` when it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return base64.b64decode(text.encode("ascii").translate(_STANDARD, _SPACES), validate=True)


def _written(doc_id: str | int | None) -> str:
    """Return an id as a list writes it, cut where it is longer than any."""
    return "" if doc_id is None else str(doc_id)[:_SHOWN]


def _safe(doc_id: str) -> str:
    """Return an id that may go into a header, a log and a receipt."""
    if not _SAFE_ID.fullmatch(doc_id):
        raise AxisUnreadable(f"an id that is none: {doc_id[:60]!r}")
    return doc_id


def _kinds(kind: Kind) -> dict[str, str]:
    return {"servicetype": "eDoc", "messagetype": _MESSAGE_TYPES[kind]}


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    """Give a file piece by piece, and CR LF; a piece comes from the page cache, so reading it blocks nobody."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
    yield b"\r\n"
