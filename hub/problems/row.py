"""One row of the problem catalogue."""

from __future__ import annotations

from msgspec import Struct

NAMESPACE = "urn:axis:problem:"


class Words(Struct, frozen=True):
    """One sentence or two, in both languages."""

    vi: str
    en: str


class Problem(Struct, frozen=True, kw_only=True):
    """What one problem code means, and what to do about it.

    `is_retryable`: the very same request may succeed later, so it answers with `Retry-After`. `example` is a request or
    a detail of a message that meets it.
    """

    code: str
    status: int
    title: Words
    cause: Words
    fix: Words
    example: str
    is_retryable: bool = False

    @property
    def type(self) -> str:
        """The `type` member of the answer (RFC 9457 clause 3.1.1)."""
        return NAMESPACE + self.code
