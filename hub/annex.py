"""What an edge of the hub and a protocol of its own that is served by it (an annex) tell each other.

An annex answers everything under its path itself, whatever goes wrong: its clients cannot read the edge's problem documents.
Neither side knows the other; `hub.compose` brings them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct


class PlainAnswer(Struct, frozen=True):
    """An answer that can be written on a connection on which no request was read."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = {}


class Standing(Struct, frozen=True):
    """An answer (status 200) to a request that will come again byte for byte, from the same address.

    `holds` is asked each time: True lets the repetition in like any request, with all that is counted for it; when it says
    False, or raises `Trouble`, the request is read and answered as if it came for the first time.
    """

    answer: PlainAnswer
    holds: Callable[[], bool]


class Visitor(Struct, frozen=True):
    """Who is at the other end of a request: its address, and the SHA-256 (hex) of its client certificate, if it proved one.

    `is_stopping`: this process takes no new work. `remember` adds facts to the log line of the request. `offer` gives the
    edge a standing answer to it, which the edge may use or not.
    """

    address: str
    certificate_sha256: str | None
    is_stopping: bool
    remember: Callable[..., None]
    offer: Callable[[Standing], None]
