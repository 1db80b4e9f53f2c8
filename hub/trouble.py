"""The three roots of trouble.

`Refusal`: the sender must change something (4xx). `Deferral`: nobody's fault yet, the same request may succeed later
(503 with Retry-After, or a scheduled retry). `Defect`: ours (500 and an alarm). Errors of the leaf libraries are mapped to
these once, in `hub.examine`; adapters translate foreign errors to them at their border. `code` is a row of `hub.problems`.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct


class Fault(Struct, frozen=True):
    """One thing wrong with a message: where (element path, line), which rule, and a sentence that says what to do."""

    path: str
    line: int | None
    rule: str
    vi: str
    en: str


class Trouble(Exception):
    """Something stands in the way; `code` names the row of the problem catalogue."""

    def __init__(self, code: str, *, detail: str = "", detail_vi: str = "", faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail
        self.detail_vi = detail_vi or detail
        self.faults = faults


class Refusal(Trouble):
    """The sender must change something before trying again."""


class Deferral(Trouble):
    """Nobody's fault yet: try again after `retry_after`."""

    def __init__(
        self, code: str, *, retry_after: timedelta = timedelta(seconds=5), detail: str = "", detail_vi: str = ""
    ) -> None:
        super().__init__(code, detail=detail, detail_vi=detail_vi)
        self.retry_after = retry_after


class Defect(Trouble):
    """Ours: an alarm is due."""
