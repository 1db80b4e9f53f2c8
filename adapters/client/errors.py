"""What can come back instead of an answer."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct


class Violation(Struct, frozen=True, kw_only=True):
    """One thing wrong with a message: element path, line, rule, and a sentence."""

    path: str = ""
    line: int | None = None
    rule: str = ""
    message: str = ""


class Problem(Struct, frozen=True, kw_only=True):
    """A problem document (RFC 9457) with the hub's additions; `type` ends in the code of the catalogue."""

    type: str = "about:blank"
    title: str = ""
    status: int = 0
    detail: str = ""
    instance: str | None = None
    trace_id: str | None = None
    fix: str = ""
    errors: tuple[Violation, ...] = ()
    refusal_id: str | None = None
    receipt: str | None = None

    @property
    def code(self) -> str:
        """The last segment of the type, such as `recipient-unknown`."""
        return self.type.rpartition(":")[2]


class ClientError(Exception):
    """The root of everything that the client raises."""


class ProblemError(ClientError):
    """The hub's answer is no; `problem` says why and what to do."""

    def __init__(self, problem: Problem, retry_after: timedelta | None = None) -> None:
        super().__init__(problem.detail or problem.title or problem.code)
        self.problem = problem
        self.retry_after = retry_after

    @property
    def code(self) -> str:
        """The problem's code."""
        return self.problem.code


class HubUnreachable(ClientError):
    """No answer: nobody listens there, the connection broke, or the time limit passed; all repetitions included."""


class UnexpectedAnswer(ClientError):
    """Something answered that does not speak the contract (a proxy, another server, a newer hub)."""


class ContentDamaged(ClientError):
    """The bytes that arrived are not those whose digest was announced."""
