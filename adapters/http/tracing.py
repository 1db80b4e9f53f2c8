"""Trace ids: taken up from the caller's `traceparent` (W3C Trace Context level 1), else made here."""

from __future__ import annotations

import re

from hub.randomness import token

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")


def trace_id_of(traceparent: str | None) -> str:
    """Return the trace id of a valid `traceparent`, or a new one: 32 hexadecimal digits."""
    if traceparent is not None:
        match = _TRACEPARENT.fullmatch(traceparent)
        if match is not None:
            return match.group(1)
    return token().hex()
