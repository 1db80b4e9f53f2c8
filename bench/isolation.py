"""What dead and slow systems cost the others: `python -m bench.isolation [--waiting N] [--rabbitmq]`.

One system sends a small package every 50 ms to one that asks its inbox, and as many to two others. In the first part these
are well; in the second a webhook of one hangs and that of the other refuses connections. Printed is the time from
acceptance to consignment of the first system's packages, by the hub's own clock, and the ratio of both parts, which take
turns. With `--waiting N` so many older packages wait for the hanging webhook from the start; then the hub's memory is
printed too, and how soon the webhook gets its first package after it has come back.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import msgspec
from aiohttp import web
from msgspec import Struct
from sqlalchemy import create_engine, insert, update

from adapters.storage.register_tables import agencies, systems
from bench.clock import readable
from bench.compare import percentile
from bench.demo import Demo
from bench.fill import fill, registered
from bench.moving import move
from bench.packages import Letter, write_packages
from bench.past import waiting_for
from bench.servers import Design, Server, serving
from bench.services import postgresql, rabbitmq

_EVERY = 0.05  #: seconds between two packages of each kind
_SLOW, _DEAD = "H99.03", "H99.98"
_HEALTHY = "H99.05"
_SLOW_PORT, _DEAD_PORT = 9099, 9098
_MEBIBYTE = 1024 * 1024


class Wait(Struct, frozen=True):
    """Seconds from acceptance to consignment."""

    p50: float
    p95: float


class Receiver:
    """A webhook receiver that takes connections and never answers, until it is well."""

    def __init__(self) -> None:
        self.is_well = asyncio.Event()
        self.was_called = asyncio.Event()

    async def receive(self, _request: web.Request) -> web.Response:
        """Answer, or leave the caller waiting."""
        await self.is_well.wait()
        self.was_called.set()
        return web.Response()

    async def serve(self) -> web.AppRunner:
        """Listen where the demo's webhook is expected."""
        app = web.Application()
        app.router.add_post("/axis", self.receive)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", _SLOW_PORT).start()
        return runner


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.isolation", description=__doc__)
    parser.add_argument("--packages", type=int, default=200, metavar="N", help="of each kind in each part")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--waiting", type=int, default=0, metavar="N", help="older packages for the hanging webhook")
    parser.add_argument("--rabbitmq", action="store_true", help="with RabbitMQ instead of the table queue")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="axis-isolation-")))
        demo = Demo.create(work / "demo")
        database = stack.enter_context(postgresql())
        url = database.url(database.new_database())
        move(demo.folder, url)
        _enrol_dead(url)
        allowed = [f"127.0.0.1:{port}" for port in (_SLOW_PORT, _DEAD_PORT)]
        settings = {"AXIS_STORAGE__URL": url, "AXIS_DELIVERY__WEBHOOK_ALLOW": msgspec.json.encode(allowed).decode()}
        if arguments.rabbitmq:
            settings["AXIS_BROKER__URL"] = stack.enter_context(rabbitmq()).url
        if arguments.waiting:
            parties = {party.code: party for party in registered(url)}
            waiting = waiting_for(
                parties[_SLOW], parties[demo.sender.code], count=arguments.waiting, until=datetime.now(UTC)
            )
            fill(url, waiting)
        hub = stack.enter_context(serving(Design.HUB, demo, work / "server", settings))
        asyncio.run(_measure(hub, demo, work, arguments))


def _enrol_dead(url: str) -> None:
    """Add a system whose webhook nobody serves."""
    engine = create_engine(url)
    row = {"id": _DEAD, "name": _DEAD, "binding": "webhook", "policy": "required", "is_active": True}
    address = f"http://127.0.0.1:{_DEAD_PORT}/axis"
    with engine.begin() as connection:
        secret = connection.execute(systems.select().where(systems.c.webhook_secret.is_not(None))).first()
        made = {**row, "webhook_url": address, "webhook_secret": None if secret is None else secret.webhook_secret}
        connection.execute(insert(systems), made)
        connection.execute(insert(agencies), {"code": _DEAD, "name": _DEAD, "system_id": _DEAD, "is_suspended": False})
        connection.execute(update(systems).where(systems.c.id == _DEAD).values(is_active=True))
    engine.dispose()


async def _measure(hub: Server, demo: Demo, work: Path, arguments: argparse.Namespace) -> None:
    receiver = Receiver()
    runner = await receiver.serve()
    began = hub.usage().peak_bytes
    alone: list[float] = []
    beside: list[float] = []
    numbers = iter(range(1_000_000))
    await _part(hub, demo, work, (_HEALTHY, _HEALTHY), 40, numbers)  # warm
    if arguments.waiting:
        await _settle(hub)
    for _ in range(arguments.rounds):
        alone += await _part(hub, demo, work, (_HEALTHY, _HEALTHY), arguments.packages, numbers)
        beside += await _part(hub, demo, work, (_SLOW, _DEAD), arguments.packages, numbers)
    one, other = _wait(alone), _wait(beside)
    print("| acceptance to consignment | p50 | p95 |\n|---|--:|--:|")
    print(f"| others well | {readable(one.p50)} | {readable(one.p95)} |")
    print(f"| one hangs, one is dead | {readable(other.p50)} | {readable(other.p95)} |")
    print(
        f"\np95 ratio **{other.p95 / one.p95:.2f}**; peak memory {began / _MEBIBYTE:.0f} MiB at the start, "
        f"{hub.usage().peak_bytes / _MEBIBYTE:.0f} MiB at the end"
    )
    if arguments.waiting:
        back_at = time.monotonic()
        receiver.is_well.set()
        async with asyncio.timeout(120):
            await receiver.was_called.wait()
        print(
            f"{arguments.waiting} packages waited; draining began {time.monotonic() - back_at:.1f} s after the return"
        )
    await runner.cleanup()


async def _settle(hub: Server) -> None:
    """Wait until what waits has gone from the outbox to the queue: the metrics say how many orders are due."""
    async with aiohttp.ClientSession(hub.url) as session:
        while True:
            async with session.get("/metrics") as answer:
                lines = (await answer.text()).splitlines()
            due = next((float(line.split()[1]) for line in lines if line.startswith("axis_outbox_due ")), 0.0)
            if due < 100:
                return
            await asyncio.sleep(2)


async def _part(
    hub: Server, demo: Demo, work: Path, others: tuple[str, str], count: int, numbers: Iterable[int]
) -> list[float]:
    """Send; return the seconds from acceptance to consignment of the packages that go to the well system."""
    number = next(iter(numbers))
    batches = [
        write_packages(
            work / f"{number}-{place}",
            [Letter(demo.sender.code, (code,), f"i{number}-{place}", each, 0) for each in range(count)],
            demo.sender.seal,
        )
        for place, code in enumerate((demo.recipient.code, *others))
    ]
    headers = {"Authorization": f"Bearer {demo.sender.api_key}", "Content-Type": "application/xml"}
    async with aiohttp.ClientSession(hub.url, headers=headers) as session:
        watched, *_ = await asyncio.gather(*(_send(session, files) for files in batches))
        await asyncio.sleep(2)
        return [await _took(session, package_id) for package_id in watched]


async def _send(session: aiohttp.ClientSession, files: Sequence[Path]) -> list[str]:
    sent: list[str] = []
    for file in files:
        began = time.monotonic()
        async with session.post("/v1/packages", data=file.read_bytes()) as answer:
            body = await answer.read()
            if answer.status != 201:
                raise RuntimeError(f"a package was answered {answer.status}: {body[:300]!r}")
        sent.append(msgspec.json.decode(body)["id"])
        await asyncio.sleep(max(0.0, _EVERY - (time.monotonic() - began)))
    return sent


async def _took(session: aiohttp.ClientSession, package_id: str) -> float:
    while True:
        async with session.get(f"/v1/packages/{package_id}") as answer:
            package = msgspec.json.decode(await answer.read())
        consigned_at = package["deliveries"][0]["consigned_at"]
        if consigned_at is not None:
            accepted_at = datetime.fromisoformat(package["accepted_at"])
            return (datetime.fromisoformat(consigned_at) - accepted_at).total_seconds()
        await asyncio.sleep(0.5)


def _wait(seconds: Sequence[float]) -> Wait:
    ordered = sorted(seconds)
    return Wait(percentile(ordered, 0.5), percentile(ordered, 0.95))


if __name__ == "__main__":
    main()
