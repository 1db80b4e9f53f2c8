"""Named points at which a hub can be made to fail, for tests of faults: `HUB_FAILPOINT=K9:kill[:nth]`, a no-op otherwise.

The code says `reached("K9")` where a crash would hurt most; what that does is bound once, when this module is imported.
Without the variable it does nothing, and costs a call (docs/reliability.md has the measured figure). With it the n-th
time (default 1) that the point is reached in this process

* `kill` ends the process as a power cut would (SIGKILL),
* `hang` blocks the calling thread for ever: the event loop or the writer,
* `raise` raises `FailpointReached`, which nobody expects.

Whoever can set the variable can end the process anyway; nothing in it weakens a check. K14 and K15 (log leaf, checkpoint)
come with the transparency log.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from threading import Lock
from types import MappingProxyType

import structlog
from msgspec import Struct

VARIABLE = "HUB_FAILPOINT"

_log = structlog.get_logger()

#: By name, where in the work each lies (docs/reliability.md says what is proved with them).
POINTS: Mapping[str, str] = MappingProxyType(
    {
        "K1": "headers read, the body begun",
        "K2": "the body whole, nothing parsed",
        "K3": "verified, nothing written",
        "K4": "inside the transaction of a unit of work",
        "K5": "the content file written, its row not",
        "K6": "committed, the answer not sent",
        "K7": "the answer half sent",
        "K8": "orders claimed, not published",
        "K9": "published, not confirmed (table queue: its row written, not committed)",
        "K10": "confirmed, the order not marked",
        "K11": "a courier has taken orders, nothing is carried",
        "K12": "the conclusion is committed, the broker not told",
        "K13": "the recipient's system was called, its answer is not recorded",
        "K16": "a step of the migration is done, nothing committed",
        "K17": "a rotated key: the new one is written, the old one untouched",
        "K18": "told to stop, requests under way",
    }
)


class FailpointReached(Exception):
    """A failpoint was told to raise."""


class Action(StrEnum):
    """What happens at the point."""

    KILL = "kill"
    HANG = "hang"
    RAISE = "raise"


class Failpoint(Struct, frozen=True):
    """The point that fails, how, and at which time of reaching it."""

    name: str
    action: Action
    nth: int = 1

    @classmethod
    def parse(cls, text: str) -> Failpoint:
        """Read `K9:kill` or `K9:kill:3`; raise `ValueError` for anything else."""
        name, _, rest = text.partition(":")
        action, _, nth = rest.partition(":")
        if name not in POINTS:
            raise ValueError(f"{VARIABLE}={text}: there is no point {name!r}")
        if nth and not (nth.isascii() and nth.isdigit() and int(nth)):
            raise ValueError(f"{VARIABLE}={text}: {nth!r} is no number from 1")
        return cls(name, Action(action), int(nth or 1))


class _Armed:
    """Counts and fails. Points are reached in the event loop and in the writer's thread."""

    def __init__(self, failpoint: Failpoint) -> None:
        self._failpoint = failpoint
        self._times = 0
        self._lock = Lock()

    def __call__(self, name: str) -> None:
        if name != self._failpoint.name:
            return
        with self._lock:
            self._times += 1
            is_it = self._times == self._failpoint.nth
        if is_it:
            _fail(self._failpoint)


def _fail(failpoint: Failpoint) -> None:
    match failpoint.action:
        case Action.KILL:
            os.kill(os.getpid(), signal.SIGKILL)
        case Action.HANG:
            while True:
                time.sleep(60)
        case Action.RAISE:
            raise FailpointReached(failpoint.name)


def _nothing(_name: str) -> None:
    """The failpoint of production."""


def bound(environment: Mapping[str, str]) -> Callable[[str], None]:
    """Return what `reached` does in this environment; raise `ValueError` when the variable makes no sense."""
    text = environment.get(VARIABLE)
    return _Armed(Failpoint.parse(text)) if text else _nothing


def is_armed(name: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether this point may fail in this process: for what has to be prepared when the hub starts."""
    text = environment.get(VARIABLE)
    return bool(text) and Failpoint.parse(str(text)).name == name


def confess(environment: Mapping[str, str] = os.environ) -> None:
    """Say aloud in the log that this process is made to fail: nobody should find that out later."""
    if text := environment.get(VARIABLE):
        _log.warning("failpoint-armed", failpoint=text)


reached = bound(os.environ)
