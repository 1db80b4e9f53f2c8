"""How long each list takes to answer on a hub with a long past: `python -m bench.lists --database URL --demo FOLDER`.

The hub's folder is one of `axis init --demo`, whose register stands in that database too (`bench.moving`), and the past is
that of `bench.fill`. Every list of the API is asked by the system that has sent and received most, by one that has hardly
anything, and by an auditor, with each filter, on the first page and on one far behind, over HTTP and one after the other.
Without `--database` all of it is made: a private PostgreSQL (or SQLite with `--sqlite`) with `--packages`.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import msgspec
from msgspec import Struct
from sqlalchemy import Connection, create_engine, func, select

from adapters.storage.tables import deliveries, packages
from bench.clock import readable
from bench.demo import Demo
from bench.enrolling import count_up, enrol_asking, new_key
from bench.fill import fill, registered
from bench.moving import database_of, move
from bench.past import Plan, made_up, past
from bench.questions import Asker, Question, Samples, questions
from bench.servers import Design, serving
from bench.services import postgresql

LIMIT = 0.050  #: seconds that a list may take
_REPEATS = 15
_PAGES = 20  #: pages that are turned before the page "far behind" is measured


class Answer(Struct, frozen=True):
    """How long it took, in seconds, and how many items came."""

    question: Question
    median: float
    worst: float
    items: int


def main() -> None:
    """Measure and print; exit code 1 when a list is too slow."""
    parser = argparse.ArgumentParser(prog="python -m bench.lists", description=__doc__)
    parser.add_argument("--database", metavar="URL", help="as `storage.url` has it")
    parser.add_argument("--demo", type=Path, metavar="FOLDER", help="made by `axis init FOLDER --demo`")
    parser.add_argument(
        "--packages", type=int, default=20_000, metavar="N", help="packages of the past, where it is made"
    )
    parser.add_argument("--sqlite", action="store_true", help="make it in SQLite")
    parser.add_argument("--all", action="store_true", help="print quick lists too, not only the slowest twenty")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="axis-lists-")))
        demo = Demo.of(arguments.demo) if arguments.demo else Demo.create(work / "demo")
        url = arguments.database or stack.enter_context(
            _filled(demo, arguments.packages, is_server=not arguments.sqlite)
        )
        askers = _askers(url)
        with serving(Design.HUB, demo, work / "server", {"AXIS_STORAGE__URL": url}) as server:
            answers = asyncio.run(_measure(server.url, askers, url))
        answers.sort(key=lambda answer: answer.median, reverse=True)
        _print(answers if arguments.all else answers[:20], url)
    sys.exit(any(answer.median > LIMIT for answer in answers))


@contextmanager
def _filled(demo: Demo, count: int, *, is_server: bool) -> Iterator[str]:
    with ExitStack() as stack:
        if is_server:
            server = stack.enter_context(postgresql())
            url = server.url(server.new_database())
            move(demo.folder, url)
        else:
            url = database_of(demo.folder)
        parties = (*registered(url), *made_up(300))
        plan = Plan(packages=count, until=datetime.now(UTC), span=timedelta(days=365), parties=parties)
        fill(url, past(plan))
        yield url


def _askers(url: str) -> tuple[Asker, ...]:
    """Return the system with most packages, one with many, one with hardly any, and an auditor, with keys made for them."""
    counts = select(packages.c.system_id, func.max(packages.c.sender)).group_by(packages.c.system_id)
    engine = create_engine(url)
    with engine.begin() as connection:
        found = connection.execute(counts.order_by(func.count().desc())).all()
        chosen = {"busiest": found[0], "busy": found[min(4, len(found) - 1)], "rare": found[-1]}
        askers = [Asker(name, _key(connection, system_id), code) for name, (system_id, code) in chosen.items()]
        auditor = Asker("auditor", new_key(connection, user_name="auditor"), askers[0].agency, is_system=False)
        count_up(connection)
    engine.dispose()
    return (*askers, auditor)


def _key(connection: Connection, system_id: str) -> str:
    """Return a key of a system that the register may not know yet."""
    enrol_asking(connection, system_id)
    return new_key(connection, system_id=system_id)


async def _measure(url: str, askers: Sequence[Asker], database: str) -> list[Answer]:
    answers: list[Answer] = []
    timeout = aiohttp.ClientTimeout(total=120)
    samples = Samples.of(database)
    async with aiohttp.ClientSession(url, timeout=timeout) as session:
        for asker in askers:
            for question in questions(asker, samples):
                answers.append(await _ask(session, question))
                if "/inbox" not in question.path and (behind := await _far_behind(session, question)) is not None:
                    answers.append(await _ask(session, behind))
    return answers


async def _ask(session: aiohttp.ClientSession, question: Question) -> Answer:
    took: list[float] = []
    items = 0
    for number in range(_REPEATS):
        began = time.monotonic()
        items, _ = await _get(session, question)
        took.append(time.monotonic() - began)
        if number >= 2 and took[-1] > 1.0:
            break
    return Answer(question, statistics.median(took[2:] or took), max(took[2:] or took), items)


async def _far_behind(session: aiohttp.ClientSession, question: Question) -> Question | None:
    """Return the page that follows after turning many; None where the list ends before."""
    page = question
    for _ in range(_PAGES):
        _, following = await _get(session, page)
        if following is None:
            return None
        page = Question(question.asker, following)
    return page


async def _get(session: aiohttp.ClientSession, question: Question) -> tuple[int, str | None]:
    headers = {"Authorization": f"Bearer {question.asker.key}"}
    async with session.get(question.path, headers=headers) as response:
        body = await response.read()
        if response.status != 200:
            raise RuntimeError(f"{question.path} was answered {response.status}: {body[:300]!r}")
        link = re.search(r"<[^>]*?(/v1/[^>]*)>; rel=\"next\"", response.headers.get("Link", ""))
        return len(msgspec.json.decode(body)["items"]), None if link is None else link[1]


def _print(answers: Sequence[Answer], url: str) -> None:
    engine = create_engine(url)
    with engine.connect() as connection:
        count = connection.execute(select(func.count()).select_from(deliveries)).scalar_one()
    engine.dispose()
    print(
        f"{count} deliveries, {url.partition(':')[0]}\n\n| who | list | items | median | slowest |\n|---|---|--:|--:|--:|"
    )
    for each in answers:
        path = re.sub(r"cursor=[^&]*", "cursor=…", each.question.path)
        print(
            f"| {each.question.asker.name} | `{path}` | {each.items} | {readable(each.median)} | {readable(each.worst)} |"
        )


if __name__ == "__main__":
    main()
