"""What dead and slow systems cost the others: `python -m bench.isolation [--rabbitmq]`.

Two hubs, each with a PostgreSQL of its own, are given the same load: a system sends a small package every 50 ms to one that
asks its inbox, and others as many to further systems. At one hub these are well. At the other the webhook of one takes
every call and never answers, that of the next refuses connections, and with `--rabbitmq` the consumer of a third has taken some
messages from its queue, said nothing about them, and gone. The hubs take turns. Printed is the time from acceptance to
consignment of the first system's packages, by the hub's own clock: the median over the rounds, and its ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web
from msgspec import Struct
from sqlalchemy import Connection, create_engine, insert

from adapters.storage.register_tables import systems
from bench.absent import Absent, absent_of, take_and_vanish
from bench.clock import readable
from bench.compare import percentile
from bench.demo import Demo
from bench.enrolling import count_up, enrol_agency
from bench.neighbour import Neighbour
from bench.packages import Letter, write_packages
from bench.servers import Design, Server, serving
from bench.services import postgresql, rabbitmq
from routing.values import Binding
from tests.support.hub import free_port

_EVERY = 0.1  #: seconds between two packages to each of the systems in trouble
_WARM = 60  #: packages before anything is measured; as many as a consumer must have taken
_SLOW, _DEAD = "H99.03", "H99.98"
_WELL = "H99.05"


class Place(Struct, frozen=True):
    """A running hub, the systems that are sent to beside the watched one, and the one that consumes a queue, if any."""

    demo: Demo
    hub: Server
    slow_port: int
    others: tuple[str, ...]
    consumer: Absent | None


class Wait(Struct, frozen=True):
    """Seconds from acceptance to consignment."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Wait:
        """Return that of one round."""
        return cls(*(percentile(sorted(seconds), share) for share in (0.5, 0.95)))

    @classmethod
    def median(cls, rounds: Sequence[Wait]) -> Wait:
        """Return that of the middle round."""
        return cls(statistics.median(each.p50 for each in rounds), statistics.median(each.p95 for each in rounds))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.isolation", description=__doc__)
    parser.add_argument("--packages", type=int, default=100, metavar="N", help="of the watched system in each round")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--rabbitmq", action="store_true", help="with RabbitMQ instead of the table queue")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="axis-isolation-")))
        well, troubled = (
            stack.enter_context(_place(work / name, others, has_broker=arguments.rabbitmq))
            for name, others in (("well", (_WELL, _WELL)), ("troubled", (_SLOW, _DEAD)))
        )
        asyncio.run(_measure(well, troubled, work, arguments))


@contextmanager
def _place(work: Path, others: tuple[str, ...], *, has_broker: bool) -> Iterator[Place]:
    work.mkdir()
    with ExitStack() as stack:
        server = stack.enter_context(postgresql())
        database = server.url(server.new_database())
        slow, dead = free_port(), free_port()
        options = ["--database-url", database, "--webhook-port", str(slow)]
        node = stack.enter_context(rabbitmq()) if has_broker else None
        if node is not None:
            options += ["--broker-url", node.url]
        demo = Demo.create(work / "demo", *options)
        consumer = None if node is None else absent_of(Binding.AMQP, demo.folder, database, node)
        _enrol_dead(database, f"http://127.0.0.1:{dead}/axis")
        allowed = [f"127.0.0.1:{port}" for port in (slow, dead)]
        settings = {"AXIS_DELIVERY__WEBHOOK_ALLOW": msgspec.json.encode(allowed).decode()}
        hub = stack.enter_context(serving(Design.HUB, demo, work / "server", settings))
        everybody = others if consumer is None else (*others, consumer.party.code)
        yield Place(demo, hub, slow, everybody, consumer)


def _enrol_dead(database: str, address: str) -> None:
    """Add a system whose webhook nobody serves."""
    engine = create_engine(database)
    with engine.begin() as connection:
        row = {"id": _DEAD, "name": _DEAD, "binding": "webhook", "policy": "required", "is_active": True}
        secret = _some_secret(connection)
        connection.execute(insert(systems), {**row, "webhook_url": address, "webhook_secret": secret})
        enrol_agency(connection, _DEAD, _DEAD)
        count_up(connection)
    engine.dispose()


def _some_secret(connection: Connection) -> object:
    return connection.execute(systems.select().where(systems.c.webhook_secret.is_not(None))).one().webhook_secret


async def _measure(well: Place, troubled: Place, work: Path, arguments: argparse.Namespace) -> None:
    waits: dict[str, list[Wait]] = {"well": [], "troubled": []}
    places = {"well": well, "troubled": troubled}
    watched = {name: Neighbour(place.demo, place.hub.url, work / f"from-{name}") for name, place in places.items()}
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_hanging(troubled.slow_port))
        if well.consumer is not None:
            await stack.enter_async_context(well.consumer.back(well.hub.url, lambda _: None))
        for name, place in places.items():
            await _round(watched[name], place, work / f"warm-{name}", _WARM)
        if troubled.consumer is not None:
            await take_and_vanish(troubled.demo.folder, _WARM // 2)
        for number in range(arguments.rounds):
            for name in sorted(places, reverse=bool(number % 2)):
                folder = work / f"{number}-{name}"
                waits[name].append(Wait.of(await _round(watched[name], places[name], folder, arguments.packages)))
    _print(waits["well"], waits["troubled"])


async def _round(watched: Neighbour, place: Place, folder: Path, count: int) -> list[float]:
    """Send to all; return the seconds that the watched packages took."""
    sender = place.demo.sender
    letters = [
        [Letter(sender.code, (code,), f"{folder.name}-{at}", each, 0) for each in range(count // 2)]
        for at, code in enumerate(place.others)
    ]
    files = [write_packages(folder / str(at), theirs, sender.seal) for at, theirs in enumerate(letters)]
    others = asyncio.gather(*(_send(place, theirs) for theirs in files))
    took = await watched.send(count)
    await others
    return took


async def _send(place: Place, files: Sequence[Path]) -> None:
    headers = {"Authorization": f"Bearer {place.demo.sender.api_key}", "Content-Type": "application/xml"}
    async with aiohttp.ClientSession(place.hub.url, headers=headers) as session:
        for file in files:
            began = time.monotonic()
            async with session.post("/v1/packages", data=file.read_bytes()) as answer:
                answer.raise_for_status()
            await asyncio.sleep(max(0.0, _EVERY - (time.monotonic() - began)))


@asynccontextmanager
async def _hanging(port: int) -> AsyncIterator[None]:
    """Take every call at the demo's webhook and never answer."""

    async def receive(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    app = web.Application()
    app.router.add_post("/axis", receive)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield
    await runner.cleanup()


def _print(well: Sequence[Wait], troubled: Sequence[Wait]) -> None:
    one, other = Wait.median(well), Wait.median(troubled)
    print("| acceptance to consignment | p50 | p95 | p95 of each round |\n|---|--:|--:|---|")
    for title, rounds, middle in (("all are well", well, one), ("some hang or are dead", troubled, other)):
        each = ", ".join(readable(one.p95) for one in rounds)
        print(f"| {title} | {readable(middle.p50)} | {readable(middle.p95)} | {each} |")
    pairs = [bad.p95 / good.p95 for good, bad in zip(well, troubled, strict=True)]
    print(f"\np95 ratio **{other.p95 / one.p95:.2f}**; median of the rounds' ratios {statistics.median(pairs):.2f}")


if __name__ == "__main__":
    main()
