"""What is hurt: hub processes that share one folder and one database, and the servers that they stand on."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import Enum
from itertools import repeat
from pathlib import Path

from msgspec import Struct
from sqlalchemy import create_engine, insert, select

from adapters.cli.founding import Plan, found
from adapters.storage import register_tables  # noqa: F401 - completes `metadata`
from adapters.storage.migrate import migrate
from adapters.storage.tables import metadata
from tests.services.postgresql import Postgresql
from tests.services.rabbitmq import RabbitNode
from tests.support.hub import HubProcess, axis, free_port

from .clocks import can_be_faked, faked, step
from .disk import SmallDisk

_START_LIMIT = 60.0

#: What a run cannot wait for: a demo's webhooks are called again soon, and what the broker lost is sought soon.
_IMPATIENT = {"AXIS_DELIVERY__RETRY_DELAYS": "[" + ",".join(repeat("1", 60)) + "]", "AXIS_BROKER__LOST_AFTER": "20"}


class Profile(Enum):
    """On what a hub stands, and how many processes it has."""

    EMBEDDED = 1  #: SQLite and the table queue
    PRODUCTION = 3  #: PostgreSQL and RabbitMQ


class Site(Struct, eq=False):
    """One hub: its folder, its processes, its servers; and what of it can be hurt on this machine.

    `disk` holds the content, the spool and an embedded database, `database_disk` PostgreSQL; both need root. `clock` is the
    file that the last process takes its time from; it needs libfaketime.
    """

    folder: Path
    hubs: tuple[HubProcess, ...]
    webhook_port: int
    environment: dict[str, str]
    postgresql: Postgresql | None = None
    rabbitmq: RabbitNode | None = None
    disk: SmallDisk | None = None
    database_disk: SmallDisk | None = None
    clock: Path | None = None

    @property
    def urls(self) -> tuple[str, ...]:
        """Where the processes listen."""
        return tuple(hub.url for hub in self.hubs)

    def rebuild_queues(self) -> None:
        """Make the broker's queues again from the database, as an operator would; again when that cannot be reached."""
        for _ in range(30):
            done = axis("queue", "rebuild", "--config", str(self.hubs[0].config), check=False, environment=self._mine())
            if done.returncode == 0:
                return
            time.sleep(1.0)
        raise AssertionError(f"the queues were not rebuilt:\n{done.stdout}{done.stderr}")

    async def launch(self, hub: HubProcess, environment: Mapping[str, str] | None = None) -> None:
        """Start a process and wait until it answers at all: what it stands on may be away."""
        hub.launch(environment)
        await self.answers(hub, "/livez")

    async def answers(self, hub: HubProcess, path: str) -> None:
        """Wait until a process says 200; raise `AssertionError` when it ended, or does not within a minute."""
        deadline = time.monotonic() + _START_LIMIT
        while not await asyncio.to_thread(_is_ok, hub.url + path):
            if not hub.is_running or time.monotonic() > deadline:
                raise AssertionError(f"no 200 from {path}:\n{hub.end_of_log()}")
            await asyncio.sleep(0.05)

    def _mine(self) -> dict[str, str]:
        """The environment of a command beside the processes: with the true time."""
        fake = faked(self.clock) if self.clock else {}
        return {name: value for name, value in self.hubs[0].environment.items() if name not in fake}


@asynccontextmanager
async def open_site(
    folder: Path, profile: Profile, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Site]:
    """Found a demo hub below `folder`, start all it needs and all its processes; end them on the way out."""
    with contextlib.ExitStack() as stack:
        site = await _founded(folder, profile, {**_IMPATIENT, **(environment or {})}, stack)
        stack.callback(_stop, site)
        await asyncio.to_thread(_start_servers, site)
        for hub in site.hubs:
            await site.launch(hub)
        for hub in site.hubs:
            await site.answers(hub, "/readyz")
        yield site


async def _founded(folder: Path, profile: Profile, environment: dict[str, str], stack: contextlib.ExitStack) -> Site:
    place = folder / "hub"
    ports = [free_port() for _ in range(profile.value)]
    webhook_port = free_port()
    await found(Plan(folder=place, hub_code="H99", port=ports[0], webhook_port=webhook_port, is_demo=True))
    disk = _mounted(folder / "disk", stack)
    environment |= {
        "AXIS_STORAGE__CONTENT_DIR": str(folder / "disk/content"),
        "AXIS_STORAGE__SPOOL_DIR": str(folder / "disk/spool"),
    }
    clock = None
    if can_be_faked():
        clock = folder / "clock"
        step(clock, 0)
    site = Site(place, (), webhook_port, environment, disk=disk, clock=clock)
    if profile is Profile.EMBEDDED:
        shutil.copy(place / "data/axis.db", folder / "disk/axis.db")
        environment["AXIS_STORAGE__URL"] = f"sqlite:///{folder / 'disk/axis.db'}"
    else:
        # PostgreSQL runs as another user where this one is root, who may not see what lies in a private folder.
        servers = Path(tempfile.mkdtemp(prefix="axis-faults-pg-"))
        stack.callback(shutil.rmtree, servers, ignore_errors=True)
        site.database_disk = _mounted(servers, stack)
        site.postgresql = Postgresql(servers).create()
        site.rabbitmq = RabbitNode(folder / "rabbitmq")
        environment["AXIS_BROKER__URL"] = site.rabbitmq.url
        environment["AXIS_STORAGE__URL"] = site.postgresql.url("axis_1")
    *others, last = ports
    site.hubs = (
        *(HubProcess(place, port, environment) for port in others),
        HubProcess(place, last, environment | (faked(clock) if clock else {})),
    )
    return site


def _mounted(folder: Path, stack: contextlib.ExitStack) -> SmallDisk | None:
    disk = SmallDisk.mount(folder)
    if disk is not None:
        stack.callback(disk.unmount)
    return disk


def _start_servers(site: Site) -> None:
    if site.rabbitmq is not None:
        site.rabbitmq.start()
    if site.postgresql is not None:
        url = site.postgresql.start().url(site.postgresql.new_database())
        migrate(url)
        copy_database(f"sqlite:///{site.folder / 'data/axis.db'}", url)


def copy_database(source: str, target: str) -> None:
    """Bring what was founded in one database into another."""
    origin, destination = create_engine(source), create_engine(target)
    with origin.connect() as reading, destination.begin() as writing:
        for table in metadata.sorted_tables:
            rows = [dict(row._mapping) for row in reading.execute(select(table))]
            if rows:
                writing.execute(table.delete())
                writing.execute(insert(table), rows)
    origin.dispose()
    destination.dispose()


def _stop(site: Site) -> None:
    for hub in site.hubs:
        if hub.is_running:
            hub.kill()
    if site.rabbitmq is not None:
        site.rabbitmq.stop()
    if site.postgresql is not None:
        site.postgresql.crash()


def _is_ok(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False
