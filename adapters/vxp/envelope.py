"""Answers as this SDK can read them: one JSON object in ASCII, three members that are always there, never null.

`sendEdoc` is read as US-ASCII, so everything else is written as Unicode escapes. An answer that is no such object makes the SDK
report nothing, or an empty in-tray, so there is no other form.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

JSON = "application/json"
OK_CODE = "0"

#: On every answer.
HEADERS = {"Cache-Control": "no-store", "Server": "axis-hub", "X-Content-Type-Options": "nosniff"}
_HEADERS = {"Content-Type": JSON, **HEADERS}
_ENCODE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def encoded(value: object) -> bytes:
    """Return `value` as JSON in ASCII."""
    return _ENCODE(value).encode("ascii")


def success(**members: Any) -> dict[str, Any]:
    """Return the envelope of what went well, with further members."""
    return {"status": "OK", "ErrorCode": OK_CODE, "ErrorDesc": "Success", **members}


def failure(code: str, reason: str, *, data: object = ()) -> dict[str, Any]:
    """Return the envelope of a refusal, which every operation's reader understands."""
    return {"status": "FAIL", "ErrorCode": code, "ErrorDesc": reason, "DocId": "", "count": 0, "data": data}


def answer(members: Mapping[str, Any] | bytes, *, is_last: bool = True) -> web.Response:
    """Return an answer, given as members or encoded.

    `is_last`: this client never uses the connection again, and leaves it open for us to close.
    """
    body = members if isinstance(members, bytes) else encoded(members)
    response = web.Response(body=body, headers=_HEADERS)
    if is_last:
        response.force_close()
    return response


def streamed(length: int | None = None) -> web.StreamResponse:
    """Return the beginning of an answer that is written piece by piece; `length` in bytes when it is known."""
    response = web.StreamResponse(headers=_HEADERS)
    if length is not None:
        response.content_length = length
    response.force_close()
    return response
