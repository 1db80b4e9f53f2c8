"""What a package costs beside a long past: `python -m bench.older --packages 1000000`.

The same load is given to a hub on an empty PostgreSQL and to one on a PostgreSQL with so many older packages (`bench.fill`),
in turn, several times; printed are CPU per package of the hub and of the server, and their ratios.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships no types

from bench.clock import readable
from bench.compare import generate, job_of
from bench.demo import Demo
from bench.fill import fill, registered
from bench.moving import move
from bench.packages import ATTACHMENT_BYTES, Letter, write_packages
from bench.past import Plan, made_up, past
from bench.servers import Design, serving
from bench.services import postgresql

_SIZE = "8 KB"
_WARM_UP = 50


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.older", description=__doc__)
    parser.add_argument("--packages", type=int, default=1_000_000, metavar="N", help="older packages")
    parser.add_argument("--load", type=int, default=800, metavar="N", help="packages of each run")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    count = arguments.load + _WARM_UP
    with tempfile.TemporaryDirectory(prefix="axis-older-") as folder, postgresql() as server:
        work = Path(folder)
        demo = Demo.create(work / "demo")
        urls = [server.url(server.new_database()) for _ in range(2)]
        for url in urls:
            move(demo.folder, url)
        parties = (*registered(urls[1]), *made_up(300))
        span = timedelta(days=365)
        fill(urls[1], past(Plan(packages=arguments.packages, until=datetime.now(UTC), span=span, parties=parties)))
        costs: tuple[list[Cost], list[Cost]] = ([], [])
        for number in range(arguments.rounds):
            for url, found in zip(urls, costs, strict=True):
                letters = [
                    Letter(demo.sender.code, (demo.recipient.code,), f"older{number}", each, ATTACHMENT_BYTES[_SIZE])
                    for each in range(count)
                ]
                files = write_packages(work / f"load{number}", letters, demo.sender.seal)
                found.append(_cost(demo, url, files, work, psutil.Process(server.pid)))
        _print(arguments.packages, *costs)


Cost = tuple[float, float]  #: CPU seconds per package: of the hub, of PostgreSQL


def _cost(demo: Demo, url: str, files: Sequence[Path], work: Path, database: psutil.Process) -> Cost:
    with serving(Design.HUB, demo, work / "server", {"AXIS_STORAGE__URL": url}) as hub:
        generate(job_of(hub, demo, files[:_WARM_UP], clients=8), work)
        hub_before, database_before = hub.usage().cpu_seconds, _cpu(database)
        generate(job_of(hub, demo, files[_WARM_UP:], clients=8), work)
        count = len(files) - _WARM_UP
        return (hub.usage().cpu_seconds - hub_before) / count, (_cpu(database) - database_before) / count


def _cpu(process: psutil.Process) -> float:
    """CPU seconds of a server: sessions of this run live, those of earlier ones are counted by their parent."""
    own = process.cpu_times()
    living = [each.cpu_times() for each in process.children(recursive=True)]
    return float(
        sum((own.user, own.system, own.children_user, own.children_system))
        + sum(each.user + each.system for each in living)
    )


def _print(count: int, fresh: Sequence[Cost], old: Sequence[Cost]) -> None:
    print(f"| CPU per package | empty | beside {count:,} older packages | ratio |\n|---|--:|--:|--:|")
    for name, place in (("hub", 0), ("PostgreSQL", 1)):
        one, other = (statistics.median(each[place] for each in costs) for costs in (fresh, old))
        ratio = statistics.median(b[place] / a[place] for a, b in zip(fresh, old, strict=True))
        print(f"| {name} | {readable(one)} | {readable(other)} | **{ratio:.2f}** |")


if __name__ == "__main__":
    main()
