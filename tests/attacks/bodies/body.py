"""One hostile body, and which answers are right."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from tests.vectors.signatures.forge import QCVN

MEGABYTE = 1_000_000
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
ROOT = HEAD + b'<edXML xmlns="' + QCVN.encode() + b'">'


class Body(Struct, frozen=True):
    """A body under a name, made when it is sent.

    `codes` are the problems that may be answered; none: it may also be accepted. `is_unsigned` bodies are handed in by a
    system that need not sign, so that they come further than to the missing signature.
    """

    name: str
    make: Callable[[], bytes]
    codes: tuple[str, ...]
    status: tuple[int, ...] = (400, 422)
    headers: tuple[tuple[str, str], ...] = ()
    is_unsigned: bool = False


def inside(piece: bytes, count: int = 1, end: bytes = b"") -> bytes:
    """Put something as often as wanted into an otherwise empty package."""
    return ROOT + piece * count + end * count + b"</edXML>"
