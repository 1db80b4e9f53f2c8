"""What the outside saw of a hub: entries in the order in which they happened, one JSON line each.

A call that got no decisive answer (connection lost, time-out, 5xx) is `unknown`: it may or may not have had its effect.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct


class Operation(StrEnum):
    """What was done."""

    SUBMIT = "submit"  #: a sender posts a package
    COLLECT = "collect"  #: a recipient's system is offered deliveries
    FETCH = "fetch"  #: it reads the content of one
    TAKE = "take"  #: it files the package: the effect that must happen once
    ACKNOWLEDGE = "acknowledge"  #: it says so
    RECEIPT = "receipt"  #: a receipt as the feed shows it, in the audit at the end
    FAULT = "fault"  #: something was done to the hub


class Phase(StrEnum):
    """How far it got."""

    INVOKE = "invoke"
    OK = "ok"
    FAIL = "fail"  #: a definite no (4xx): nothing happened
    UNKNOWN = "unknown"


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. Which fields are set depends on the operation; `sha256` is always that of package bytes, in hexadecimal."""

    at: float
    actor: str
    operation: Operation
    phase: Phase
    sha256: str = ""
    document_id: str = ""
    recipients: tuple[str, ...] = ()
    package_id: str = ""
    delivery_id: str = ""
    event: str = ""
    receipt: str = ""
    position: int = 0
    is_verified: bool = False
    stated_at: float = 0.0  #: the time that a receipt states, in seconds since 1970
    note: str = ""


class History:
    """Writes entries to a file as they happen, and keeps them."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._began_at = time.monotonic()
        self.entries: list[Entry] = []

    @classmethod
    @contextmanager
    def writing(cls, path: Path) -> Iterator[History]:
        """Open a history for writing."""
        with path.open("wb") as file:
            yield cls(file)

    def write(self, actor: str, operation: Operation, phase: Phase, **fields: object) -> Entry:
        """Append an entry with the time since the history began, in seconds."""
        at = round(time.monotonic() - self._began_at, 6)
        entry = Entry(at=at, actor=actor, operation=operation, phase=phase, **fields)
        self._file.write(msgspec.json.encode(entry) + b"\n")
        self.entries.append(entry)
        return entry


def read(path: Path) -> tuple[Entry, ...]:
    """Read a history back."""
    return tuple(msgspec.json.decode(line, type=Entry) for line in path.read_bytes().splitlines())
