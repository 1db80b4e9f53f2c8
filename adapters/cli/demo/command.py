"""`axis demo`."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json
from adapters.cli.trouble import CommandFailed

if TYPE_CHECKING:
    from adapters.cli.demo.hub import Engines
    from adapters.cli.demo.report import Report

_LIMIT = 55.0  #: seconds for everything


async def demo(
    *, keep: Path | None = None, database_url: str | None = None, broker_url: str = "", as_json: AsJson = False
) -> int:
    """Exchange real signed packages on a throw-away hub, check everything, and show what happened. Under a minute.

    Parameters
    ----------
    keep
        Put the hub into this new folder and leave it there.
    database_url
        Use this empty PostgreSQL database, and two processes; default: SQLite and one.
    broker_url
        Use this RabbitMQ; default: a table of the database is the queue.
    """
    from adapters.cli.demo.hub import Engines, HubFailed
    from adapters.cli.demo.play import CheckFailed
    from adapters.cli.demo.report import Report

    report = Report(is_quiet=as_json)
    try:
        with _folder(keep) as folder:
            async with asyncio.timeout(_LIMIT):
                receipts = await _perform(folder, Engines(database_url, broker_url), report)
    except (CheckFailed, HubFailed) as error:
        raise CommandFailed("demo-failed", error=error) from error
    except TimeoutError as error:
        raise CommandFailed("demo-failed", error=f"> {_LIMIT:g} s") from error
    if as_json:
        print_json({"seconds": report.seconds, "receipts": receipts, "lines": report.lines})
    report.foot(say("demo-foot", receipts=receipts, seconds=f"{report.seconds:.1f}"))
    return 0


async def _perform(folder: Path, engines: Engines, report: Report) -> int:
    from adapters.cli.demo.cast import CALLED, gathered
    from adapters.cli.demo.hub import found_hub, start, stopping
    from adapters.cli.demo.play import Play
    from adapters.cli.demo.receiver import Receiver, receiving

    report.head(say(_where(engines)))
    with report.line("axis init", "demo-founds") as note:
        hub = await found_hub(folder, engines)
        note.facts.update(agencies=len(hub.credentials.agencies), systems=len(hub.credentials.systems))
        note.proof = "pki/, axis.toml"
    async with gathered(hub) as cast:
        system = next(each for each in hub.credentials.systems if each.id == cast.agency(CALLED).system)
        receiver = Receiver(system, cast.client(CALLED), folder)
        async with receiving(receiver, hub.webhook_port):
            with report.line("axis serve", "demo-starts") as note:
                process = await start(hub)
                note.proof = "/readyz"
            async with stopping(hub, process):
                play = Play(cast, receiver, report)
                await play.perform()
    return play.receipts


def _where(engines: Engines) -> str:
    if engines.database_url is None:
        return "demo-on-sqlite"
    return "demo-on-rabbitmq" if engines.broker_url else "demo-on-postgresql"


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep
        return
    place = Path(tempfile.mkdtemp(prefix="axis-demo-"))
    try:
        yield place / "hub"
    finally:
        shutil.rmtree(place, ignore_errors=True)
