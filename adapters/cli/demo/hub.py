"""A throw-away hub: founded in a temporary folder, run as a process, stopped as a service manager would."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from adapters.cli.credentials import Credentials, read_credentials
from adapters.cli.founding import Plan, found
from adapters.client import ClientError, RetryPolicy, open_client

_START_LIMIT, _STOP_LIMIT = 60.0, 35.0  #: seconds; a busy machine needs half a minute
_ONCE = RetryPolicy(attempts=1, answer_within=2.0)


class HubFailed(Exception):
    """The hub's process did not start or did not stop; the message ends with its last words."""


class ThrowAwayHub(Struct, frozen=True):
    """A founded hub."""

    folder: Path
    url: str
    credentials: Credentials
    webhook_port: int
    workers: int

    @property
    def log(self) -> Path:
        """Where the process writes."""
        return self.folder / "hub.log"


class Engines(Struct, frozen=True):
    """What the hub stands on: the embedded default, or servers that are there already."""

    database_url: str | None = None
    broker_url: str = ""

    @property
    def workers(self) -> int:
        """How many processes the hub gets."""
        return 2 if self.database_url else 1


async def found_hub(folder: Path, engines: Engines) -> ThrowAwayHub:
    """Found a demo hub on two free ports."""
    port, webhook_port = _free_port(), _free_port()
    plan = Plan(
        folder=folder,
        hub_code="H99",
        port=port,
        webhook_port=webhook_port,
        is_demo=True,
        database_url=engines.database_url,
        broker_url=engines.broker_url,
    )
    await found(plan)
    credentials = read_credentials(folder / "credentials.json")
    return ThrowAwayHub(folder, credentials.base_url, credentials, webhook_port, engines.workers)


async def start(hub: ThrowAwayHub) -> asyncio.subprocess.Process:
    """Start `axis serve` and wait until it is ready; raise `HubFailed` when it does not become so."""
    with hub.log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "adapters.cli", "serve", "--config", str(hub.folder / "axis.toml")),
            *("--workers", str(hub.workers)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
        )
    try:
        await _until_ready(hub, process)
    except BaseException:
        if process.returncode is None:
            process.kill()
        raise
    return process


@asynccontextmanager
async def stopping(hub: ThrowAwayHub, process: asyncio.subprocess.Process) -> AsyncIterator[None]:
    """Stop the hub when the block ends (SIGTERM); raise `HubFailed` when it does not stop well."""
    try:
        yield
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
    await _stopped(hub, process)


def _environment() -> dict[str, str]:
    """The environment of this process without settings meant for another hub, and with the way to these very packages."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AXIS_")}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), *filter(None, sys.path)])}


async def _until_ready(hub: ThrowAwayHub, process: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(_START_LIMIT), open_client(hub.url, None, retry=_ONCE) as client:
            while process.returncode is None:
                try:
                    if (await client.ready())[0]:
                        return
                except ClientError:
                    pass
                await asyncio.sleep(0.05)
    except TimeoutError:
        pass
    raise _failure(hub, "The hub did not become ready")


async def _stopped(hub: ThrowAwayHub, process: asyncio.subprocess.Process) -> None:
    try:
        async with asyncio.timeout(_STOP_LIMIT):
            code = await process.wait()
    except TimeoutError:
        process.kill()
        raise _failure(hub, "The hub did not stop") from None
    if code != 0:
        raise _failure(hub, f"The hub ended with exit code {code}")


def _failure(hub: ThrowAwayHub, what: str) -> HubFailed:
    return HubFailed(f"{what}:\n{hub.log.read_text(errors='replace')[-4000:]}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
