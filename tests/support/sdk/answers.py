"""What the SDK makes of an answer. None is its null result; a result whose `status` is None is its object of nulls.

HTTP status codes mean nothing to it but for sendEdoc, which reads 200 and 201 as ASCII and everything else as UTF-8.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, NamedTuple

from tests.support.sdk.wire import Answer

_GOOD = {200, 201}


class Result(NamedTuple):
    """updateStatus, registerAgency, deleteAgency."""

    status: str | None = None
    code: str | None = None
    text: str | None = None


class Sent(NamedTuple):
    """sendEdoc."""

    status: str | None = None
    code: str | None = None
    text: str | None = None
    doc_id: str | None = None


class Listing(NamedTuple):
    """The list and directory calls; `items` None crashes the SDK's official example."""

    status: str | None = None
    code: str | None = None
    text: str | None = None
    items: list[dict[str, Any]] | None = None


class Counted(NamedTuple):
    """countReceiveEdoc, countReceiveStatus."""

    status: str | None = None
    code: str | None = None
    text: str | None = None
    count: int | None = None


class Fetched(NamedTuple):
    """getEdoc and downloadEdoc; `data` is what was stored."""

    status: str | None = None
    code: str | None = None
    text: str | None = None
    data: bytes | None = None


def sent(answer: Answer) -> Sent | None:
    """Read the answer to sendEdoc."""
    is_good = answer.status in _GOOD
    if answer.status in {202, 204} or answer.headers.get("Content-Encoding"):
        return None
    if not answer.body:
        return Sent() if is_good else None
    loaded = _whole(answer.body.decode("ascii" if is_good else "utf-8", "replace"))
    if loaded is None:
        return None
    envelope = _envelope(loaded)
    doc_id = loaded.get("DocId")
    return Sent() if envelope is None or not isinstance(doc_id, str) else Sent(*envelope, doc_id)


def listing(answer: Answer, *, reads_rubbish_as_empty: bool) -> Listing | None:
    """Read a list. SDK 2.0.1 takes whatever is no JSON for an empty in-tray."""
    loaded = _loaded(answer)
    if answer.status == 204:
        return None
    if answer.is_cut or not answer.body:
        return Listing()
    if loaded is None:
        return Listing("OK", "0", "", []) if reads_rubbish_as_empty else None
    envelope = _envelope(loaded)
    if envelope is None:
        return Listing()
    items = loaded.get("data") if envelope.code == "0" else None
    if not isinstance(items, list) or any(value is None for item in items for value in item.values()):
        items = None  # one null member destroys the whole list
    return Listing(*envelope, items)


def counted(answer: Answer) -> Counted | None:
    """Read a count: absent counts as 0, a numeric string is a number."""
    found = _plain(answer)
    if found is None or found[0] is None:
        return None if found is None else Counted()
    envelope, loaded = found
    count = int(loaded.get("count") or 0) if envelope.status != "FAIL" else None
    return Counted(*envelope, count)


def result(answer: Answer) -> Result | None:
    """Read a bare envelope."""
    found = _plain(answer)
    return None if found is None else found[0] or Result()


def fetched(answer: Answer, *, reads_refused: bool) -> Fetched | None:
    """Read getEdoc. SDK 2.0.0 decodes `data` of a refusal too."""
    found = _plain(answer)
    if found is None or found[0] is None:
        return None if found is None else Fetched()
    envelope, loaded = found
    data = loaded.get("data")
    if not isinstance(data, str) or not data or (envelope.status == "FAIL" and not reads_refused):
        return Fetched(*envelope, None)
    return Fetched(*envelope, _through_a_string(_decoded(data)))


def downloaded(answer: Answer) -> Fetched:
    """Read downloadEdoc: whatever body came is the document, whatever the status was."""
    if not answer.body and not answer.is_cut:
        return Fetched("FAIL", "100")
    if answer.is_cut or answer.status == 308:
        return Fetched("FAIL", "100", None, answer.body)
    return Fetched("SUCCESS", "0", None, answer.body)


def _plain(answer: Answer) -> tuple[Result | None, dict[str, Any]] | None:
    loaded = _loaded(answer)
    if answer.status == 204 or answer.is_cut:
        return None
    if not answer.body:
        return None, {}
    return None if loaded is None else (_envelope(loaded), loaded)


def _loaded(answer: Answer) -> dict[str, Any] | None:
    return _whole(answer.body.decode("utf-8", "replace").removeprefix("\ufeff"))


def _whole(text: str) -> dict[str, Any] | None:
    """Parse one JSON object with nothing behind it."""
    try:
        loaded = json.loads(text)
    except ValueError:
        return None
    return loaded if isinstance(loaded, dict) else None


def _envelope(loaded: dict[str, Any]) -> Result | None:
    status, code, text = (loaded.get(name) for name in ("status", "ErrorCode", "ErrorDesc"))
    if status is None or code is None or text is None:
        return None
    return Result(str(status), str(code), str(text))


def _decoded(data: str) -> bytes:
    kept = re.sub(r"[^A-Za-z0-9+/]", "", data.replace("-", "+").replace("_", "/"))
    return base64.b64decode(kept + "=" * (-len(kept) % 4))


def _through_a_string(data: bytes) -> bytes:
    """Bytes become a Java string and bytes again: what is no UTF-8 is damaged."""
    return data.decode("utf-8", "replace").encode()
