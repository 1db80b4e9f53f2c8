"""What the demo prints: one line for each thing that happened, with the time it took and what proves it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from adapters.cli.messages import say
from adapters.cli.output import printable


class Line(Struct, frozen=True):
    """Something that happened: milliseconds, who did it, what, and what proves it."""

    milliseconds: int
    who: str
    what: str
    proof: str


class Note:
    """The line being written while its action runs; `proof` is filled in by the action."""

    def __init__(self) -> None:
        self.proof = ""
        self.facts: dict[str, Any] = {}


class Report:
    """Collects lines; prints each as soon as it is known unless it is `is_quiet`."""

    def __init__(self, *, is_quiet: bool) -> None:
        self.lines: list[Line] = []
        self._is_quiet = is_quiet
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._started

    def head(self, where: str) -> None:
        """Print what this is."""
        self._print(say("demo-head", where=where))
        self._print(f"{'ms':>6}  {say('demo-who'):<22}  {say('demo-what'):<74}  {say('demo-proof')}")

    @contextmanager
    def line(self, who: str, key: str) -> Iterator[Note]:
        """Time an action and write its line: the message `key` with the facts that the action has noted."""
        note = Note()
        begun = time.monotonic()
        yield note
        line = Line(round((time.monotonic() - begun) * 1000), who, say(key, **note.facts), note.proof)
        self.lines.append(line)
        self._print(f"{line.milliseconds:>6}  {line.who:<22}  {line.what:<74}  {line.proof}".rstrip())

    def quote(self, text: str) -> None:
        """Print what somebody said, below the line it belongs to."""
        self._print(f"{'':>32}» {text}")

    def foot(self, text: str) -> None:
        """Print the end."""
        self._print(text)

    def _print(self, text: str) -> None:
        if not self._is_quiet:
            sys.stdout.write(printable(text) + "\n")
            sys.stdout.flush()
