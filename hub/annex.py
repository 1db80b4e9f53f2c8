"""What an edge of the hub and a protocol of its own that is served by it (an annex) tell each other.

An annex answers everything under its path itself, whatever goes wrong: its clients cannot read the edge's problem documents.
Neither side knows the other; `hub.compose` brings them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct


class Visitor(Struct, frozen=True):
    """Who is at the other end of a request: its address, and the SHA-256 (hex) of its client certificate, if it proved one.

    `is_stopping`: this process takes no new work. `remember` adds facts to the log line of the request.
    """

    address: str
    certificate_sha256: str | None
    is_stopping: bool
    remember: Callable[..., None]


class PlainAnswer(Struct, frozen=True):
    """An answer that can be written on a connection on which no request could be read."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = {}
