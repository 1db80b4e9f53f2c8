"""`axis queue`: what waits and what is stuck, in the store directly."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cyclopts import App

from adapters.cli.configured import Config, open_store, read_config
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.ranges import Count, Days
from adapters.cli.trouble import CommandFailed, UsageFault

if TYPE_CHECKING:
    from adapters.storage.opening import Storage

app = App(name="queue", help="What waits and what is stuck.", result_action="return_value")


@app.command(name="list")
async def list_(*, system: str | None = None, config: Config = None, as_json: AsJson = False) -> int:
    """Count by system and state what is not finished.

    Parameters
    ----------
    system
        Only this system.
    """
    async with open_store(config) as storage:
        await _require_known(system, storage)
        counts = await storage.store.unfinished()
    rows = [(*key, count) for key, count in sorted(counts.items()) if system in {None, key[0]}]
    headings = ("SYSTEM", "LANE", "STATE", "DELIVERIES")
    if as_json:
        print_json([dict(zip(("system", "lane", "state", "deliveries"), row, strict=True)) for row in rows])
    elif rows:
        print_table(headings, rows)
    else:
        print_line(say("queue-empty"))
    return 0


@app.command
async def dead(
    *, system: str | None = None, most: Count = 10_000, config: Config = None, as_json: AsJson = False
) -> int:
    """List deliveries whose attempts are exhausted, with the last error.

    Parameters
    ----------
    system
        Only this system.
    most
        Show so many at most.
    """
    from hub.lifecycle import State

    async with open_store(config) as storage:
        await _require_known(system, storage)
        listed = await storage.store.in_state(State.DEAD, system, most + 1)
    found = listed[:most]
    if as_json:
        print_json([{"package": package, "delivery": delivery} for package, delivery in found])
    elif not found:
        print_line(say("queue-empty"))
    else:
        headings = ("DELIVERY", "SYSTEM", "RECIPIENT", "DOCUMENT", "ATTEMPTS", "LAST ERROR")
        print_table(
            headings, ((d.id, d.system_id, d.recipient, p.document_id, d.attempts, d.last_error) for p, d in found)
        )
    if len(listed) > most:
        print(say("queue-more", count=most), file=sys.stderr)
    return 0


@app.command
async def redrive(*, system: str | None = None, config: Config = None, as_json: AsJson = False) -> int:
    """Put dead deliveries back on their way, from the start of the retry schedule. Fix the cause first.

    Parameters
    ----------
    system
        Only this system's.
    """
    from hub.redrive import Redrive
    from hub.register import CurrentRegister

    async with open_store(config) as storage:
        await _require_known(system, storage)
        register = CurrentRegister(storage.registers)
        await register.refresh()
        redriving = Redrive(store=storage.store, register=register, clock=lambda: datetime.now(UTC))
        count = await redriving.redrive_all(system)
    if as_json:
        print_json({"redriven": count})
    else:
        print_line(say("redriven", count=count))
    return 0


@app.command
async def rebuild(
    *, system: str | None = None, receipts: Days | None = None, config: Config = None, as_json: AsJson = False
) -> int:
    """Fill the broker again from the database, after it was wiped. A running hub does the publishing; twice is harmless.

    Systems that consume their own queue get everything again that they have not acknowledged.

    Parameters
    ----------
    system
        Only this system's.
    receipts
        Also put the receipts of the last so many days into queues that systems consume themselves. What a system has
        already it knows by its `message_id`.
    """
    async with open_store(config) as storage:
        await _require_known(system, storage)
        now = datetime.now(UTC)
        count = await storage.store.unpublish(system, now) + await storage.store.remind(system, now)
        told = 0 if receipts is None else await _tell_again(storage, system, now - timedelta(days=receipts), now)
    if as_json:
        print_json({"rebuilt": count, "receipts": told})
    else:
        print_line(say("rebuilt", count=count + told))
    return 0


async def _tell_again(storage: Storage, system: str | None, since: datetime, until: datetime) -> int:
    from hub.register import CurrentRegister
    from hub.told_again import tell_again
    from routing.values import Binding

    register = CurrentRegister(storage.registers)
    await register.refresh()
    directory = register.snapshot.directory
    fed = [each.id for each in directory.systems() if each.binding is Binding.AMQP and system in {None, each.id}]
    return sum([await tell_again(storage.store, directory, each, since, until) for each in fed])


@app.command
async def letters(*, most: Count = 100, purge: bool = False, config: Config = None, as_json: AsJson = False) -> int:
    """Show RabbitMQ's dead letters: orders that came back too often, acknowledgements that could not be taken, and why.

    What an order stands for is in the database; an acknowledgement must be said again by its system.

    Parameters
    ----------
    most
        Show so many at most.
    purge
        Remove them all instead.
    """
    from adapters.amqp.dead import dead_letters, purge_dead_letters

    url = read_config(config)[0].broker.url
    if not url:
        raise UsageFault("no-broker")
    if purge:
        count = await purge_dead_letters(url)
        if as_json:
            print_json({"purged": count})
        else:
            print_line(say("letters-purged", count=count))
        return 0
    found = await dead_letters(url, most)
    if as_json:
        print_json(found)
    elif not found:
        print_line(say("queue-empty"))
    else:
        print_table(
            ("QUEUE", "REASON", "TYPE", "ID", "SYSTEM", "TEXT"),
            ((each.queue, each.reason, each.type, each.message_id, each.user, each.text) for each in found),
        )
    return 0


async def _require_known(system: str | None, storage: Storage) -> None:
    """Raise `CommandFailed` for a system that is not there: of a mistyped one nothing would seem to wait."""
    if system is not None and system not in {each.id for each in (await storage.registers.load_register()).systems}:
        raise CommandFailed("unknown", what=system)
