"""What one flooding system costs another: `python -m bench.flood`.

A quiet system hands in a small package every 50 ms or so and looks into its inbox, where something always waits; alone, and while
another system posts packages as fast as it is answered, from many clients at once; and, to tell the hub from the machine that
all share, while a flood of as many packages in a second goes to a server that does nothing. The three take turns, because
the machine's speed changes. Printed is the quiet one's p95 over all rounds (six give some 360 posts and looks of each kind: with
half as many it moves by a tenth from run to run), alone and beside the other flood, and beside this one with its ratio to
alone; with the usual limits, without the pace that a flood is held to, and with a rate that an operator might set. The flood
runs in a process of its own, the server that does nothing in another.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from msgspec import Struct

from bench.compare import percentile
from bench.demo import Demo, Party
from bench.packages import ATTACHMENT_BYTES, Letter, write_packages
from bench.servers import Design, serving
from bench.sink import sink
from bench.wire import wired

_EVERY = 0.05  #: seconds between two packages of the quiet system, on average
_WAITING = 60  #: packages in its inbox from the start; those of one second are leased at once
_RATE = "AXIS_LIMITS__REQUESTS_PER_SECOND"
_BURST = "AXIS_LIMITS__BURST"
_SHARE = "AXIS_LIMITS__BUSY_SHARE"
_SETTLE = 1.5  #: seconds from the flood's start to the measurement


class Quiet(Struct, frozen=True):
    """What the quiet system saw: seconds per accepted package and per look into the inbox."""

    posts: tuple[float, ...] = ()
    looks: tuple[float, ...] = ()

    def __add__(self, other: Quiet) -> Quiet:
        return Quiet(self.posts + other.posts, self.looks + other.looks)


class Seen(Struct, frozen=True):
    """What the quiet system saw alone, beside a flood that goes elsewhere, and beside one here."""

    alone: Quiet = Quiet()
    elsewhere: Quiet = Quiet()
    beside: Quiet = Quiet()

    def __add__(self, other: Seen) -> Seen:
        return Seen(self.alone + other.alone, self.elsewhere + other.elsewhere, self.beside + other.beside)


class Case(Struct, frozen=True):
    """One flood: its limits as environment, the size of its packages, its clients."""

    name: str
    environment: dict[str, str]
    size: str
    clients: int


def main() -> None:
    """Measure and print; with `--flood` be the flood, with `--sink` the server that does nothing."""
    parser = argparse.ArgumentParser(prog="python -m bench.flood", description=__doc__)
    parser.add_argument("--flood", nargs=5, metavar=("URL", "KEY", "FOLDER", "CLIENTS", "SECONDS"), help="internal")
    parser.add_argument("--sink", type=float, metavar="RATE", help="internal")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of each part")
    parser.add_argument("--rounds", type=int, default=6, help="how often the three parts take turns")
    parser.add_argument("--clients", type=int, default=64, help="of the flood")
    parser.add_argument("--only", default="", metavar="WORD", help="floods with this word in their name")
    arguments = parser.parse_args()
    if arguments.flood:
        url, key, folder, clients, seconds = arguments.flood
        bodies = [file.read_bytes() for file in sorted(Path(folder).glob("*.edxml"))]
        print(asyncio.run(_flood(url, key, bodies, int(clients), float(seconds))))
    elif arguments.sink:
        asyncio.run(_be_sink(arguments.sink))
    else:
        _compare(arguments)


def _compare(arguments: argparse.Namespace) -> None:
    cases = (
        Case("usual limits, 8 KB", {}, "8 KB", arguments.clients),
        Case("usual limits, 100 KB", {}, "100 KB", 32),
        Case("usual limits, 1 MB", {}, "1 MB", 16),
        Case("no pace, 8 KB", {_SHARE: "0"}, "8 KB", arguments.clients),
        Case("100 requests/s, 8 KB", {_RATE: "100", _BURST: "200"}, "8 KB", arguments.clients),
    )
    with tempfile.TemporaryDirectory(prefix="axis-flood-") as folder:
        work = Path(folder)
        demo = Demo.create(work / "demo")
        print(
            "| flood | posts alone | elsewhere | beside it | ratio | inbox alone | elsewhere | beside it | ratio | got |"
        )
        print("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|")
        for case in (each for each in cases if arguments.only in each.name):
            print(_measured(case, demo, work, arguments), flush=True)


def _measured(case: Case, demo: Demo, work: Path, arguments: argparse.Namespace) -> str:
    seconds, rounds = arguments.seconds, arguments.rounds
    each = int(seconds / _EVERY) + 1
    files = iter(_packages(demo.recipient, demo.sender, work / "quiet", "8 KB", (3 * rounds + 1) * each))
    waiting = _packages(demo.sender, demo.recipient, work / "waiting", "8 KB", _WAITING)
    flood = work / f"flood-{case.size}"
    _packages(demo.sender, demo.recipient, flood, case.size, {"1 MB": 100, "100 KB": 500}.get(case.size, 1500))
    pause = random.Random(1)
    seen, answers = Seen(), Counter[str]()

    def be_quiet(url: str) -> Quiet:
        return asyncio.run(_be_quiet(url, demo.recipient.api_key, list(islice(files, each)), pause))

    with serving(Design.HUB, demo, work / "server", case.environment) as server:
        asyncio.run(_hand_in(server.url, demo.sender.api_key, waiting))
        be_quiet(server.url)  # warm
        for _ in range(rounds):
            alone = be_quiet(server.url)
            with _flooding(server.url, demo, flood, case.clients, seconds) as got:
                beside = be_quiet(server.url)
            answers.update(got)
            with (
                _sinking(sum(got.values()) / (_SETTLE + seconds)) as url,
                _flooding(url, demo, flood, case.clients, seconds),
            ):
                elsewhere = be_quiet(server.url)
            seen += Seen(alone, elsewhere, beside)
    return _line(case, seen, ", ".join(f"{count} × {status}" for status, count in sorted(answers.items())))


def _line(case: Case, seen: Seen, answers: str) -> str:
    parts = (seen.alone, seen.elsewhere, seen.beside)
    shown = [f"{case.name}, {case.clients} clients"]
    for series in ([part.posts for part in parts], [part.looks for part in parts]):
        alone, elsewhere, beside = (percentile(sorted(each), 0.95) * 1000 for each in series)
        shown += [f"{alone:.1f} ms", f"{elsewhere:.1f} ms", f"{beside:.1f} ms", f"{beside / alone:.2f}"]
    return f"| {' | '.join(shown)} | {answers} |"


def _packages(sender: Party, recipient: Party, folder: Path, size: str, count: int) -> Sequence[Path]:
    there = sorted(folder.glob("*.edxml"))
    if len(there) >= count:
        return there[:count]
    letters = [Letter(sender.code, (recipient.code,), folder.name, n, ATTACHMENT_BYTES[size]) for n in range(count)]
    return write_packages(folder, letters, sender.seal)


@contextmanager
def _flooding(url: str, demo: Demo, folder: Path, clients: int, seconds: float) -> Iterator[Counter[str]]:
    """Flood `url` for so long, from a while before the block; the counter is filled at its end, with what was answered."""
    got: Counter[str] = Counter()
    with _started("--flood", url, demo.sender.api_key, str(folder), str(clients), str(_SETTLE + seconds)) as flood:
        time.sleep(_SETTLE)
        yield got
        got.update(json.loads(flood.communicate(timeout=60)[0]))


@contextmanager
def _sinking(rate: float) -> Iterator[str]:
    with _started("--sink", str(rate)) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()


@contextmanager
def _started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "bench.flood", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


async def _be_sink(rate: float) -> None:
    async with sink(rate) as url:
        print(url, flush=True)
        await asyncio.Event().wait()


async def _flood(url: str, key: str, bodies: Sequence[bytes], clients: int, seconds: float) -> str:
    """Post every package once, then all again (a repeat costs the hub nearly as much); return the count of each answer."""
    until = time.monotonic() + seconds
    got: Counter[int] = Counter()
    async with wired(url) as wire:

        async def client(first: int) -> None:
            place = first
            while time.monotonic() < until:
                answer = await wire.ask("POST", "/v1/packages", _headers(key), bodies[place % len(bodies)])
                got[answer.status] += 1
                place += clients

        await asyncio.gather(*(client(first) for first in range(clients)))
    return json.dumps(got)


async def _hand_in(url: str, key: str, files: Iterable[Path]) -> None:
    async with wired(url) as wire:
        for file in files:
            await wire.ask("POST", "/v1/packages", _headers(key), file.read_bytes())


async def _be_quiet(url: str, key: str, files: Sequence[Path], pause: random.Random) -> Quiet:
    """Hand these in, about as far apart as `_EVERY`: in step with the hub's own turns all would meet the same moment of them."""
    posts: list[float] = []
    looks: list[float] = []
    async with wired(url) as wire:
        for file in files:
            body = file.read_bytes()
            began = time.monotonic()
            answer = await wire.ask("POST", "/v1/packages", _headers(key), body)
            posts.append(time.monotonic() - began)
            if answer.status != 201:
                raise RuntimeError(f"the quiet system was answered {answer.status}")
            began_look = time.monotonic()
            found = await wire.ask("GET", "/v1/inbox?limit=1&lease=1", _headers(key))
            looks.append(time.monotonic() - began_look)
            if b'"lease_until"' not in found.body:
                raise RuntimeError("the quiet system's inbox was empty")
            await asyncio.sleep(max(0.0, pause.uniform(0.5, 1.5) * _EVERY - (time.monotonic() - began)))
    return Quiet(tuple(posts), tuple(looks))


def _headers(key: str) -> bytes:
    return f"Authorization: Bearer {key}\r\nContent-Type: application/xml\r\n".encode()


if __name__ == "__main__":
    main()
