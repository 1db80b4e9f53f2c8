"""What dead and slow systems cost the others: `python -m bench.isolation [--rabbitmq]`.

Two hubs on the embedded default, or each on a PostgreSQL and a RabbitMQ of its own, have the same systems and are handed the
same packages: ten a second for each of two that are watched, one that asks its inbox and one whose webhook answers, and as
many for each of those that may be in trouble, two webhooks and with `--rabbitmq` a consumer of its queue. At one hub these
are well: they answer, and take what comes. At the other the first webhook takes every call and never answers, the second
refuses connections, and the consumer has taken some messages, said nothing about them, and gone. So both hubs have the same
work but for what trouble makes of it; nobody acknowledges anything, for handovers that come at one hub only would be work
that the other is spared.

The hubs take turns. Printed is the time from acceptance to consignment of what the watched systems get, by the hub's own clock:
the median over the rounds, and its ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, create_engine, insert

from adapters.storage.register_tables import systems
from bench.absent import absent_of, take_and_vanish, taking
from bench.clock import readable
from bench.compare import percentile
from bench.demo import Demo
from bench.enrolling import count_up, enrol_agency
from bench.moving import database_of
from bench.neighbour import Neighbour, sign_for
from bench.receiver import PATH, answering, hanging
from bench.servers import Design, Server, serving
from bench.services import postgresql, rabbitmq
from routing.values import Binding
from tests.support.hub import free_port

_EVERY = 0.1  #: seconds between two packages to one system
_WARM = 60  #: packages to each before anything is measured
_TAKEN = 30  #: messages that the consumer has when it goes
_CALLED = "H99.03"  #: the demo's agency whose system is called
_SLOW, _DEAD = "H99.95", "H99.96"


class Ports(Struct, frozen=True):
    """Where the webhooks of one hub's systems are, or nobody is."""

    called: int
    slow: int
    dead: int


class Place(Struct, frozen=True):
    """A running hub, where its systems are called, and the packages for each agency, signed beforehand."""

    demo: Demo
    hub: Server
    ports: Ports
    watched: dict[str, str]  #: what is watched, and its agency
    packages: dict[str, Iterator[Path]]
    has_consumer: bool


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
    parser.add_argument("--packages", type=int, default=100, metavar="N", help="for each system in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rabbitmq", action="store_true", help="on PostgreSQL and RabbitMQ, not the embedded default")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="axis-isolation-")))
        count = _WARM + arguments.rounds * arguments.packages
        well, troubled = (
            stack.enter_context(_place(work / name, count, has_broker=arguments.rabbitmq))
            for name in ("well", "troubled")
        )
        _print(*asyncio.run(_measure(well, troubled, arguments)))


@contextmanager
def _place(work: Path, count: int, *, has_broker: bool) -> Iterator[Place]:
    work.mkdir()
    with ExitStack() as stack:
        ports = Ports(free_port(), free_port(), free_port())
        options, others = ["--webhook-port", str(ports.called)], [_SLOW, _DEAD]
        database = database_of(work / "demo")
        node = stack.enter_context(rabbitmq()) if has_broker else None
        if node is not None:
            server = stack.enter_context(postgresql())
            database = server.url(server.new_database())
            options += ["--database-url", database, "--broker-url", node.url]
        demo = Demo.create(work / "demo", *options)
        if node is not None:
            others.append(absent_of(Binding.AMQP, demo.folder, database, node).party.code)
        _enrol_called(database, {_SLOW: ports.slow, _DEAD: ports.dead})
        allowed = msgspec.json.encode([f"127.0.0.1:{port}" for port in msgspec.structs.astuple(ports)]).decode()
        settings = {"AXIS_DELIVERY__WEBHOOK_ALLOW": allowed}
        watched = {"one that asks": demo.recipient.code, "one that is called": _CALLED}
        packages = sign_for((*watched.values(), *others), count, demo, work / "packages")
        hub = stack.enter_context(serving(Design.HUB, demo, work / "server", settings))
        yield Place(demo, hub, ports, watched, packages, node is not None)


def _enrol_called(database: str, called: dict[str, int]) -> None:
    """Add systems whose webhooks are at these ports."""
    engine = create_engine(database)
    with engine.begin() as connection:
        secret = _some_secret(connection)
        for code, port in called.items():
            row = {"id": code, "name": code, "binding": "webhook", "policy": "required", "is_active": True}
            address = f"http://127.0.0.1:{port}{PATH}"
            connection.execute(insert(systems), {**row, "webhook_url": address, "webhook_secret": secret})
            enrol_agency(connection, code, code)
        count_up(connection)
    engine.dispose()


def _some_secret(connection: Connection) -> object:
    return connection.execute(systems.select().where(systems.c.webhook_secret.is_not(None))).one().webhook_secret


Waits = dict[str, list[Wait]]  #: of every round, by what is watched


async def _measure(well: Place, troubled: Place, arguments: argparse.Namespace) -> tuple[Waits, Waits]:
    waits: tuple[Waits, Waits] = ({}, {})
    async with AsyncExitStack() as stack:
        for place in (well, troubled):
            await stack.enter_async_context(answering(place.ports.called))
        await stack.enter_async_context(answering(well.ports.slow))
        await stack.enter_async_context(answering(well.ports.dead))
        await stack.enter_async_context(hanging(troubled.ports.slow))
        if well.has_consumer:
            await stack.enter_async_context(taking(well.demo.folder))
        for place in (well, troubled):
            await _round(place, _WARM)
        if troubled.has_consumer:
            await take_and_vanish(troubled.demo.folder, _TAKEN)
        turns = list(zip((well, troubled), waits, strict=True))
        for number in range(arguments.rounds):
            for place, theirs in turns if number % 2 else reversed(turns):
                for what, seconds in (await _round(place, arguments.packages)).items():
                    theirs.setdefault(what, []).append(Wait.of(seconds))
    return waits


async def _round(place: Place, count: int) -> dict[str, list[float]]:
    """Send to all; return the seconds that the packages of each watched system took."""
    sender = Neighbour(place.demo, place.hub.url)

    sendings = [sender.post(islice(files, count), every=_EVERY) for files in place.packages.values()]
    posted = await asyncio.gather(*sendings)
    ids = dict(zip(place.packages, posted, strict=True))
    return {what: await sender.took(ids[code]) for what, code in place.watched.items()}


def _print(well: Waits, troubled: Waits) -> None:
    print(
        "| acceptance to consignment | the others | p50 | p95 | p95 of each round | p95 ratio |\n|---|---|--:|--:|---|--:|"
    )
    for what, good in well.items():
        bad = troubled[what]
        ratio = Wait.median(bad).p95 / Wait.median(good).p95
        for title, rounds, shown in (("are well", good, ""), ("hang or are dead", bad, f"**{ratio:.2f}**")):
            middle, each = Wait.median(rounds), ", ".join(readable(one.p95) for one in rounds)
            print(f"| {what} | {title} | {readable(middle.p50)} | {readable(middle.p95)} | {each} | {shown} |")


if __name__ == "__main__":
    main()
