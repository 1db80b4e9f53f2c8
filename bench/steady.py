"""Whether memory stays flat under a steady load: `python -m bench.steady [--minutes 10] [--production]`.

Packages of 8 KB and, one in ten, of 100 KB are posted at an even rate, collected, acknowledged and receipted, and everything
is checked. Meanwhile the resident memory of all processes of the hub is read four times a second; printed is the peak of
every minute. Flat means: the last fifth of the minutes peaks no higher than the second fifth (the first warms up), but for
a few percent.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, structs

from bench.compare import end_generator, generate, job_of, start_generator
from bench.demo import Demo
from bench.load import Result
from bench.packages import ATTACHMENT_BYTES, Letter, write_packages
from bench.profiles import embedded, production
from bench.servers import Design, Server, serving

_CLIENTS = 8
_WARM_UP = 24
_LARGE_EVERY = 10  #: one package in so many is of 100 KB
_LOOK_EVERY = 0.25  #: seconds
_PATIENCE = 600.0  #: seconds after the last post until everything has its receipts
_MEBIBYTE = 1024 * 1024


class Minute(Struct, frozen=True):
    """Packages accepted in one minute, and the peak of resident memory in it, in bytes."""

    accepted: int
    peak_bytes: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.steady", description=__doc__)
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--rate", type=float, default=40.0, metavar="N", help="packages per second")
    parser.add_argument("--production", action="store_true", help="two processes on PostgreSQL and RabbitMQ")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="axis-steady-") as folder:
        work = Path(folder)
        with (production if arguments.production else embedded)(work) as profile, profile.place(Design.HUB) as place:
            demo = profile.demo
            files = _files(demo, work, int(arguments.rate * arguments.minutes * 60) + _WARM_UP)
            with serving(Design.HUB, demo, work / "server", place.settings, place.arguments) as hub:
                generate(job_of(hub, demo, files[:_WARM_UP], clients=4), work)
                minutes = _measure(hub, demo, files[_WARM_UP:], work, arguments)
    _print(minutes)


def _files(demo: Demo, work: Path, count: int) -> list[Path]:
    sizes = ("8 KB",) * (_LARGE_EVERY - 1) + ("100 KB",)
    letters = [
        Letter(demo.sender.code, (demo.recipient.code,), "steady", each, ATTACHMENT_BYTES[sizes[each % _LARGE_EVERY]])
        for each in range(count)
    ]
    return write_packages(work / "steady", letters, demo.sender.seal)


def _measure(
    hub: Server, demo: Demo, files: Sequence[Path], work: Path, arguments: argparse.Namespace
) -> tuple[Minute, ...]:
    job = structs.replace(
        job_of(hub, demo, files, clients=_CLIENTS),
        seconds=arguments.minutes * 60.0,
        per_second=arguments.rate,
        give_up_after=arguments.minutes * 60 + _PATIENCE,
    )
    began_at = time.monotonic()
    load = start_generator(job, work / "load")
    seen = _watch(hub, load)
    result = end_generator(load, work / "load")
    return tuple(_minute(began_at + number * 60, seen, result) for number in range(arguments.minutes))


def _watch(hub: Server, load: subprocess.Popen[bytes]) -> list[tuple[float, int]]:
    """Return (monotonic time, resident bytes) as long as the load runs."""
    seen: list[tuple[float, int]] = []
    while load.poll() is None:
        seen.append((time.monotonic(), hub.resident_bytes()))
        time.sleep(_LOOK_EVERY)
    return seen


def _minute(start: float, seen: Sequence[tuple[float, int]], result: Result) -> Minute:
    end = start + 60
    accepted = sum(1 for post in result.posts if start <= post.answered_at < end)
    return Minute(accepted, max(each for at, each in seen if start <= at < end))


def _print(minutes: Sequence[Minute]) -> None:
    numbers = [str(each) for each in range(1, len(minutes) + 1)]
    print(f"| minute | {' | '.join(numbers)} |\n|---|{'--:|' * len(minutes)}")
    print(f"| packages accepted | {' | '.join(str(each.accepted) for each in minutes)} |")
    print(f"| peak memory, MiB | {' | '.join(f'{each.peak_bytes / _MEBIBYTE:.0f}' for each in minutes)} |")
    fifth = max(1, len(minutes) // 5)
    early = max(each.peak_bytes for each in minutes[fifth : 2 * fifth] or minutes[:1])
    late = max(each.peak_bytes for each in minutes[-fifth:])
    print(f"\nlast fifth : second fifth **{late / early:.2f}**")


if __name__ == "__main__":
    main()
