"""Processes whose wall clock a test can step, by libfaketime: nothing in the hub is made for it."""

from __future__ import annotations

from pathlib import Path

from tests.services.programs import MissingProgram

_LIBRARY = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


def can_be_faked() -> bool:
    """Whether libfaketime is installed."""
    return bool(_LIBRARY)


def faked(clock: Path) -> dict[str, str]:
    """Return the environment of a process that takes its wall clock, and nothing else, from a file: it looks once a second."""
    if not _LIBRARY:
        raise MissingProgram("libfaketime is not installed; run: sudo apt-get install faketime")
    return {
        "LD_PRELOAD": str(_LIBRARY[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def step(clock: Path, seconds: float) -> None:
    """Set the clock of all processes that read this file so many seconds beside the true time."""
    fresh = clock.with_suffix(".new")
    fresh.write_text(f"{seconds:+.0f}s\n", encoding="ascii")
    fresh.replace(clock)
