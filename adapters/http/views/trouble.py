"""What was refused, and why a request failed."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from adapters.http.views.terms import Id, Jws, Sha256, Size, Time


class ProblemError(Struct, frozen=True):
    """One thing that is wrong: where (element path and line, JSON pointer, or parameter), which rule, what to do."""

    path: str
    line: int | None
    rule: str
    message: str


class RefusedSubmission(Struct, frozen=True, kw_only=True):
    """A submission that was refused. `id` is also the id of its receipt."""

    id: Id
    at: Time
    system: str
    code: str
    detail: str
    sha256: Sha256
    size: Size
    sender: str | None
    document_id: str | None
    errors: tuple[ProblemError, ...]


class Refusals(Struct, frozen=True):
    """A page of refused submissions, newest first."""

    items: tuple[RefusedSubmission, ...]


class Problem(Struct, frozen=True, kw_only=True):
    """Why a request failed (RFC 9457). Decide by `type`; the texts are for people."""

    type: Annotated[str, Meta(pattern="^urn:axis:problem:[a-z0-9-]+$")]
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    fix: str
    instance: str
    trace_id: str
    errors: tuple[ProblemError, ...] | UnsetType = UNSET
    refusal_id: Id | UnsetType = UNSET
    receipt: Jws | UnsetType = UNSET
