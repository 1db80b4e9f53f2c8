"""What a long queue of one absent system costs: `python -m bench.waiting --binding webhook|amqp|pull [--waiting 200000]`.

Two hubs of two processes each, each with a PostgreSQL and a RabbitMQ of its own, are given the same: a neighbour sends 20
packages of 8 KB a second to another system. At one of them so many packages wait for a system that is away: its orders (for
`amqp` the packages themselves) are real messages in quorum queues, brought there by the hub. Printed are the time from
acceptance to consignment of the neighbour's packages at both, which take turns, and while the system that has come back takes
what waited; the memory of hub and broker; and after how many seconds it got the first and the thousandth.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import create_engine, func, select, text

from adapters.storage.tables import deliveries
from bench.absent import Absent, absent_of
from bench.clock import readable
from bench.compare import percentile
from bench.demo import Demo
from bench.fill import fill, registered
from bench.memory import Memory, Watch
from bench.neighbour import Neighbour, sign_for
from bench.packages import Letter, sign_letter
from bench.past import Party, waiting_for
from bench.servers import Design, Server, serving
from bench.services import postgresql, rabbitmq
from hub.lifecycle import State
from routing.values import Binding
from tests.services.rabbitmq import RabbitNode
from tests.support.hub import free_port

_WORKERS = ("--workers", "2")
_ENOUGH = 1_000
_WARM = 40  #: packages before anything is measured
_EVERY = 0.05  #: seconds between two packages of the neighbour
#: What the broker's memory is for, the largest first, in MiB.
_BREAKDOWN = (
    "lists:sublist(lists:reverse(lists:keysort(2, [{Name, Size div 1048576} || "
    "{Name, Size} <- rabbit_vm:memory(), is_integer(Size), Name =/= strategy])), 8)."
)
_PATIENCE = 3_600.0  #: seconds until all is where it waits
_RETURN_LIMIT = 300.0


class Place(Struct, frozen=True):
    """A running hub with what it stands on, and the system that is away from it."""

    demo: Demo
    database: str
    node: RabbitNode
    hub: Server
    absent: Absent
    watch: Watch


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.waiting", description=__doc__)
    parser.add_argument("--binding", type=Binding, choices=(Binding.WEBHOOK, Binding.AMQP, Binding.PULL), required=True)
    parser.add_argument("--waiting", type=int, default=200_000, metavar="N", help="packages for the absent system")
    parser.add_argument("--packages", type=int, default=150, metavar="N", help="of the neighbour in each round")
    parser.add_argument("--rounds", type=int, default=4)
    arguments = parser.parse_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="axis-waiting-")))
        counts = {"empty": 0, "waiting": arguments.waiting}
        empty, laden = (
            stack.enter_context(_place(work / name, arguments.binding, count)) for name, count in counts.items()
        )
        asyncio.run(_measure(empty, laden, work, arguments))


@contextmanager
def _place(work: Path, binding: Binding, count: int) -> Iterator[Place]:
    work.mkdir()
    with ExitStack() as stack:
        server = stack.enter_context(postgresql())
        node = stack.enter_context(rabbitmq())
        database = server.url(server.new_database())
        port = str(free_port())
        options = ("--database-url", database, "--broker-url", node.url, "--webhook-port", port)
        demo = Demo.create(work / "demo", *options)
        absent = absent_of(binding, demo.folder, database, node)
        _fill(database, absent.party, demo, count)
        allowed = msgspec.json.encode([f"127.0.0.1:{port}"]).decode()
        settings = {"AXIS_DELIVERY__WEBHOOK_ALLOW": allowed}
        hub = stack.enter_context(serving(Design.HUB, demo, work / "server", settings, _WORKERS))
        watch = stack.enter_context(Watch.over(hub, node))
        yield Place(demo, database, node, hub, absent, watch)


def _fill(database: str, absent: Party, demo: Demo, count: int) -> None:
    if count:
        sender = next(party for party in registered(database) if party.code == demo.sender.code)
        body = sign_letter(Letter(demo.sender.code, (absent.code,), "waiting", 0), demo.sender.seal)
        _tell(f"filling {count} packages of {len(body)} bytes")
        fill(database, waiting_for(absent, sender, count=count, until=datetime.now(UTC), body=body))


async def _measure(empty: Place, laden: Place, work: Path, arguments: argparse.Namespace) -> None:
    count = _WARM + (arguments.rounds + 1) * arguments.packages
    packages = {
        "empty": _packages(empty, count, work / "from-empty"),
        "laden": _packages(laden, count, work / "from-laden"),
    }
    took = await _settle(laden, arguments.waiting)
    _tell(f"all wait; it took {took:.0f} s\n{_queued(laden)}\nbroker: {laden.node.ctl('eval', _BREAKDOWN)}")
    memory = {"while they were brought there": laden.watch.peak()}
    empty.watch.peak()
    waits: dict[str, list[float]] = {"empty": [], "laden": [], "taken": []}
    senders = {"empty": Neighbour(empty.demo, empty.hub.url), "laden": Neighbour(laden.demo, laden.hub.url)}
    for name, sender in senders.items():
        await sender.send(islice(packages[name], _WARM), every=_EVERY)
    for number in range(arguments.rounds):
        for name in sorted(senders, reverse=bool(number % 2)):
            waits[name] += await senders[name].send(islice(packages[name], arguments.packages), every=_EVERY)
    memory["while they wait"], beside = laden.watch.peak(), empty.watch.peak()

    async def send_meanwhile() -> None:
        waits["taken"] += await senders["laden"].send(islice(packages["laden"], arguments.packages), every=_EVERY)

    returned = await _come_back(laden, send_meanwhile)
    memory["while they are taken"] = laden.watch.peak()
    _print(arguments, waits, memory, beside, returned)


def _packages(place: Place, count: int, folder: Path) -> Iterator[Path]:
    """Sign so many packages of the neighbour's."""
    code = place.demo.recipient.code
    return sign_for((code,), count, place.demo, folder)[code]


async def _settle(place: Place, count: int) -> float:
    """Wait until everything is where it waits for the absent system; return the seconds."""
    began = time.monotonic()
    is_called = place.absent.party.binding is Binding.WEBHOOK
    least = int(count * 0.9999)  # a few are just being tried
    await _until(place, State.QUEUED if is_called else State.CONSIGNED, least, _PATIENCE)
    took = time.monotonic() - began
    await asyncio.to_thread(_vacuum, place.database)
    return took


def _vacuum(database: str) -> None:
    """Clear away what so many changes within a minute left behind, as the server would soon do beside the measurement."""
    engine = create_engine(database)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


async def _until(place: Place, state: State, count: int, limit: float) -> None:
    """Wait until so many of the absent system's deliveries are in that state."""
    began = time.monotonic()
    while (there := await asyncio.to_thread(_count, place, state)) < count:
        if time.monotonic() - began > limit:
            raise TimeoutError(f"{there} of {count} are {state}")
        await asyncio.sleep(1)


def _queued(place: Place) -> str:
    """Say what the broker has for the absent system."""
    lines = place.node.ctl("list_queues", "name", "messages").splitlines()
    return "\n".join(line for line in lines if f".{place.absent.party.system_id}." in line)


def _count(place: Place, state: State) -> int:
    engine = create_engine(place.database)
    theirs = select(func.count()).where(
        deliveries.c.system_id == place.absent.party.system_id, deliveries.c.state == state.value
    )
    with engine.connect() as connection:
        found = int(connection.execute(theirs).scalar_one())
    engine.dispose()
    return found


async def _come_back(place: Place, meanwhile: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Let the absent system come back; return after how many seconds it had got the first, and the thousandth.

    Then, while it goes on taking, do something else.
    """
    got: dict[str, float] = {}
    has_enough = asyncio.Event()
    began = time.monotonic()

    def came(delivery: str) -> None:
        got.setdefault(delivery, time.monotonic() - began)
        if len(got) >= _ENOUGH:
            has_enough.set()

    async with asyncio.timeout(_RETURN_LIMIT), place.absent.back(place.hub.url, came):
        await has_enough.wait()
        await _until(place, place.absent.taken, _ENOUGH, _RETURN_LIMIT)  # the hub must know of them, too
        await meanwhile()
    times = sorted(got.values())
    return times[0], times[_ENOUGH - 1]


def _print(
    arguments: argparse.Namespace,
    waits: dict[str, list[float]],
    memory: dict[str, Memory],
    beside: Memory,
    returned: tuple[float, float],
) -> None:
    count = f"{arguments.waiting:,}"
    titles = {
        "empty": "nobody is away",
        "laden": f"{count} wait for one that is away",
        "taken": "it is back and takes them",
    }
    print(
        f"binding {arguments.binding.value}\n\n| others: acceptance to consignment | p50 | p95 | ratio |\n|---|--:|--:|--:|"
    )
    for name, title in titles.items():
        p50, p95 = (_p(waits[name], share) for share in (0.5, 0.95))
        print(f"| {title} | {readable(p50)} | {readable(p95)} | {p95 / _p(waits['empty'], 0.95):.2f} |")
    print("\n| peak memory, MiB | hub | broker |\n|---|--:|--:|")
    for title, peak in {"where nobody is away": beside, **memory}.items():
        print(f"| {title} | {peak.hub / 2**20:.0f} | {peak.broker / 2**20:.0f} |")
    print(f"\nback: the first after {returned[0]:.1f} s, the thousandth after {returned[1]:.1f} s")


def _p(seconds: Sequence[float], share: float) -> float:
    return percentile(sorted(seconds), share)


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
