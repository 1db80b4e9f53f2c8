"""What a package costs beside a long past: `python -m bench.older --packages 1000000 [--sqlite]`.

The same load is given to a hub on an empty database and to one on a database with so many older packages (`bench.fill`), in
turn, several times; printed are CPU per package of the hub and of PostgreSQL, and their ratios. `--databases EMPTY OLD` with
`--demo FOLDER` takes two that were filled before; each run leaves its packages in them.
"""

from __future__ import annotations

import argparse
import secrets
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it ships no types
from msgspec import structs
from sqlalchemy import create_engine, func, select, text

from adapters.storage.tables import events, packages
from bench.clock import readable
from bench.compare import generate, job_of
from bench.demo import Demo
from bench.fill import fill, registered
from bench.load import Job
from bench.moving import move
from bench.packages import ATTACHMENT_BYTES, Letter, write_packages
from bench.past import Plan, made_up, past
from bench.servers import Design, Server, serving
from bench.services import postgresql

_SIZE = "8 KB"
_WARM_UP = 50


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.older", description=__doc__)
    parser.add_argument("--packages", type=int, default=1_000_000, metavar="N", help="older packages")
    parser.add_argument("--sqlite", action="store_true", help="on SQLite")
    parser.add_argument("--databases", nargs=2, metavar=("EMPTY", "OLD"), help="as `storage.url` has it")
    parser.add_argument("--demo", type=Path, metavar="FOLDER", help="whose register stands in both")
    parser.add_argument("--load", type=int, default=800, metavar="N", help="packages of each run")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="axis-older-")))
        demo = Demo.of(arguments.demo) if arguments.demo else Demo.create(work / "demo")
        urls = arguments.databases or stack.enter_context(_made(demo, work, arguments))
        files = _files(demo, work, (arguments.load + _WARM_UP) * arguments.rounds)
        share = len(files) // arguments.rounds
        costs: tuple[list[Cost], list[Cost]] = ([], [])
        for number in range(arguments.rounds):
            own = files[number * share : (number + 1) * share]
            order = (0, 1) if number % 2 else (1, 0)  # whoever comes first may find the machine otherwise
            for place in order:
                costs[place].append(_cost(demo, urls[place], own, work))
        _print(*costs, older=_count(urls[1]) - _count(urls[0]))


@contextmanager
def _made(demo: Demo, work: Path, arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    with ExitStack() as stack:
        if arguments.sqlite:
            urls = (f"sqlite:///{work / 'empty.db'}", f"sqlite:///{work / 'old.db'}")
        else:
            server = stack.enter_context(postgresql())
            urls = (server.url(server.new_database()), server.url(server.new_database()))
        for url in urls:
            move(demo.folder, url)
        parties = (*registered(urls[1]), *made_up(300))
        span = timedelta(days=365)
        plan = Plan(
            packages=arguments.packages, until=datetime.now(UTC), span=span, parties=parties, young_share=0.0
        )  # what waited in inboxes would be collected, too
        fill(urls[1], past(plan))
        yield urls


def _files(demo: Demo, work: Path, count: int) -> list[Path]:
    mark = f"older{secrets.token_hex(3)}"  # databases may have the packages of earlier runs
    letters = [
        Letter(demo.sender.code, (demo.recipient.code,), mark, each, ATTACHMENT_BYTES[_SIZE]) for each in range(count)
    ]
    return write_packages(work / "load", letters, demo.sender.seal)


Cost = tuple[float, float]  #: CPU seconds per package: of the hub, of PostgreSQL


def _cost(demo: Demo, url: str, files: Sequence[Path], work: Path) -> Cost:
    with serving(Design.HUB, demo, work / "server", {"AXIS_STORAGE__URL": url}) as hub:
        generate(_job(hub, demo, url, files[:_WARM_UP]), work)
        hub_before, database_before = hub.usage().cpu_seconds, _server_cpu(url)
        generate(_job(hub, demo, url, files[_WARM_UP:]), work)
        count = len(files) - _WARM_UP
        return (hub.usage().cpu_seconds - hub_before) / count, (_server_cpu(url) - database_before) / count


def _job(hub: Server, demo: Demo, url: str, files: Sequence[Path]) -> Job:
    """Return the job of posting `files`; its feed begins behind the past."""
    engine = create_engine(url)
    with engine.connect() as connection:
        newest = int(connection.execute(select(func.coalesce(func.max(events.c.seq), 0))).scalar_one())
    engine.dispose()
    return structs.replace(job_of(hub, demo, files, clients=8), after=newest)


def _server_cpu(url: str) -> float:
    """CPU seconds of PostgreSQL, which runs on this machine and tells its number; SQLite's are the hub's."""
    engine = create_engine(url)
    if engine.dialect.name != "postgresql":
        return 0.0
    with engine.connect() as connection:
        said: str = connection.execute(text("SELECT pg_read_file('postmaster.pid')")).scalar_one()
    engine.dispose()
    return _cpu(psutil.Process(int(said.split(maxsplit=1)[0])))


def _count(url: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        count = int(connection.execute(select(func.count()).select_from(packages)).scalar_one())
    engine.dispose()
    return count


def _cpu(process: psutil.Process) -> float:
    """CPU seconds of a server: sessions of this run live, those of earlier ones are counted by their parent."""
    own = process.cpu_times()
    living = [each.cpu_times() for each in process.children(recursive=True)]
    return float(
        sum((own.user, own.system, own.children_user, own.children_system))
        + sum(each.user + each.system for each in living)
    )


def _print(fresh: Sequence[Cost], old: Sequence[Cost], *, older: int) -> None:
    print(f"| CPU per package | empty | beside {older:,} older packages | ratio | rounds |\n|---|--:|--:|--:|---|")
    for name, place in (("hub", 0), ("PostgreSQL", 1)):
        one, other = (statistics.median(each[place] for each in costs) for costs in (fresh, old))
        if one:
            ratios = [b[place] / a[place] for a, b in zip(fresh, old, strict=True)]
            each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
            print(f"| {name} | {readable(one)} | {readable(other)} | **{statistics.median(ratios):.2f}** | {each} |")


if __name__ == "__main__":
    main()
