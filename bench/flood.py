"""What one flooding system costs another: `python -m bench.flood`.

A quiet system hands in one small package every 50 ms and looks into its inbox; alone, and while another system posts
packages as fast as it is answered, from many clients at once; in turns, because the machine's speed changes. Printed are the
quiet one's p50 and p95 over all rounds and their ratios, with the usual limits, without the pace that a flood is held to,
and with a rate that an operator might set. The flood runs in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import aiohttp
from msgspec import Struct

from bench.compare import percentile
from bench.demo import Demo, Party
from bench.packages import ATTACHMENT_BYTES, Letter, write_packages
from bench.servers import Design, serving

_EVERY = 0.05  #: seconds between two packages of the quiet system
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


class Case(Struct, frozen=True):
    """One flood: its limits as environment, the size of its packages, its clients."""

    name: str
    environment: dict[str, str]
    size: str
    clients: int


def main() -> None:
    """Measure and print; with `--flood` be the flood."""
    parser = argparse.ArgumentParser(prog="python -m bench.flood", description=__doc__)
    parser.add_argument("--flood", nargs=5, metavar=("URL", "KEY", "FOLDER", "CLIENTS", "SECONDS"), help="internal")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of each part")
    parser.add_argument("--rounds", type=int, default=3, help="how often alone and beside the flood take turns")
    parser.add_argument("--clients", type=int, default=64, help="of the flood")
    parser.add_argument("--only", default="", metavar="WORD", help="floods with this word in their name")
    arguments = parser.parse_args()
    if arguments.flood:
        url, key, folder, clients, seconds = arguments.flood
        bodies = [file.read_bytes() for file in sorted(Path(folder).glob("*.edxml"))]
        print(asyncio.run(_flood(url, key, bodies, int(clients), float(seconds))))
        return
    cases = (
        Case("usual limits, 8 KB", {}, "8 KB", arguments.clients),
        Case("usual limits, 1 MB", {}, "1 MB", 16),
        Case("no pace, 8 KB", {_SHARE: "0"}, "8 KB", arguments.clients),
        Case("100 requests/s, 8 KB", {_RATE: "100", _BURST: "200"}, "8 KB", arguments.clients),
    )
    with tempfile.TemporaryDirectory(prefix="axis-flood-") as folder:
        work = Path(folder)
        demo = Demo.create(work / "demo")
        print("| flood | p50 alone | p50 beside it | p95 alone | p95 beside it | ratio | inbox p95 ratio | flood got |")
        print("|---|--:|--:|--:|--:|--:|--:|---|")
        for case in (each for each in cases if arguments.only in each.name):
            print(_measured(case, demo, work, arguments), flush=True)


def _measured(case: Case, demo: Demo, work: Path, arguments: argparse.Namespace) -> str:
    seconds, rounds = arguments.seconds, arguments.rounds
    each = int(seconds / _EVERY) + 1
    files = iter(_packages(demo.recipient, demo.sender, work / "quiet", "8 KB", (2 * rounds + 1) * each))
    flood = work / f"flood-{case.size}"
    _packages(demo.sender, demo.recipient, flood, case.size, 100 if "MB" in case.size else 1500)
    alone = beside = Quiet()
    answers: Counter[str] = Counter()

    def be_quiet(url: str) -> Quiet:
        return asyncio.run(_be_quiet(url, demo.recipient.api_key, list(islice(files, each)), seconds))

    with serving(Design.HUB, demo, work / "server", case.environment) as server:
        be_quiet(server.url)  # warm
        for _ in range(rounds):
            alone += be_quiet(server.url)
            running = _start_flood(server.url, demo.sender.api_key, flood, case.clients, _SETTLE + seconds)
            time.sleep(_SETTLE)
            beside += be_quiet(server.url)
            answers.update(json.loads(running.communicate(timeout=60)[0]))
    return _line(case, alone, beside, ", ".join(f"{count} × {status}" for status, count in sorted(answers.items())))


def _line(case: Case, alone: Quiet, beside: Quiet, answers: str) -> str:
    figures = [percentile(sorted(each.posts), share) * 1000 for share in (0.5, 0.95) for each in (alone, beside)]
    ratio = figures[3] / figures[2]
    looks = percentile(sorted(beside.looks), 0.95) / percentile(sorted(alone.looks), 0.95)
    shown = " | ".join(f"{figure:.1f} ms" for figure in figures)
    return f"| {case.name}, {case.clients} clients | {shown} | {ratio:.2f} | {looks:.2f} | {answers} |"


def _packages(sender: Party, recipient: Party, folder: Path, size: str, count: int) -> Sequence[Path]:
    there = sorted(folder.glob("*.edxml"))
    if len(there) >= count:
        return there[:count]
    letters = [Letter(sender.code, (recipient.code,), folder.name, n, ATTACHMENT_BYTES[size]) for n in range(count)]
    return write_packages(folder, letters, sender.seal)


def _start_flood(url: str, key: str, folder: Path, clients: int, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.flood", "--flood", url, key, str(folder), str(clients), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def _flood(url: str, key: str, bodies: Sequence[bytes], clients: int, seconds: float) -> str:
    """Post every package once, then all again (a repeat costs the hub nearly as much); return the count of each answer."""
    until = time.monotonic() + seconds
    got: Counter[int] = Counter()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/xml"}
    async with aiohttp.ClientSession(url, headers=headers, connector=aiohttp.TCPConnector(limit=0)) as session:

        async def client(first: int) -> None:
            place = first
            while time.monotonic() < until:
                async with session.post("/v1/packages", data=bodies[place % len(bodies)]) as answer:
                    await answer.read()
                    got[answer.status] += 1
                place += clients

        await asyncio.gather(*(client(first) for first in range(clients)))
    return json.dumps(got)


async def _be_quiet(url: str, key: str, files: Sequence[Path], seconds: float) -> Quiet:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/xml"}
    posts: list[float] = []
    looks: list[float] = []
    until = time.monotonic() + seconds
    async with aiohttp.ClientSession(url, headers=headers) as session:
        for file in files:
            began = time.monotonic()
            if began > until:
                break
            async with session.post("/v1/packages", data=file.read_bytes()) as answer:
                await answer.read()
                if answer.status != 201:
                    raise RuntimeError(f"the quiet system was answered {answer.status}")
            posts.append(time.monotonic() - began)
            began_look = time.monotonic()
            async with session.get("/v1/inbox?limit=1&lease=1") as answer:
                await answer.read()
            looks.append(time.monotonic() - began_look)
            await asyncio.sleep(max(0.0, _EVERY - (time.monotonic() - began)))
    return Quiet(tuple(posts), tuple(looks))


if __name__ == "__main__":
    main()
