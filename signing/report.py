"""What a check did, step by step: kept beside the decision, shown to people and printed by `axis verify`."""

from enum import StrEnum

from msgspec import Struct


class Result(StrEnum):
    """How one step of a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"  #: the answer could not be had now; the same input may pass later
    NOT_CONFIGURED = "not configured"  #: this hub has no source for the step; nothing was checked
    NOT_REACHED = "not reached"  #: an earlier step ended the check


class Step(Struct, frozen=True, gc=False):
    """One numbered step of a check and how it ended; `detail` is an English sentence or a value worth keeping."""

    step: int
    name: str
    result: str
    detail: str = ""


class Procedure:
    """The running record of one check: the steps passed so far, and the one being worked on."""

    __slots__ = ("_done", "_names")

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._done: list[Step] = []

    @property
    def current(self) -> int:
        """The number of the step being worked on, counted from 1."""
        return len(self._done) + 1

    def passed(self, detail: str = "") -> None:
        """End the current step well and begin the next."""
        self._end(Result.PASSED, detail)

    def not_configured(self, detail: str) -> None:
        """Say that the current step has nothing to check against, and begin the next."""
        self._end(Result.NOT_CONFIGURED, detail)

    def report(self) -> tuple[Step, ...]:
        """Return every step ended so far."""
        return tuple(self._done)

    def report_ended_by(self, result: Result, detail: str) -> tuple[Step, ...]:
        """Return the whole report of a check that ended in its current step."""
        ended = self.current
        rest = tuple(
            Step(number, name, Result.NOT_REACHED) for number, name in enumerate(self._names, 1) if number > ended
        )
        return (*self._done, Step(ended, self._names[ended - 1], result, detail), *rest)

    def _end(self, result: Result, detail: str) -> None:
        number = len(self._done)
        self._done.append(Step(number + 1, self._names[number], result, detail))
