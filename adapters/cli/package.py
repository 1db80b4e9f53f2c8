"""`axis package`: contents that must be kept whatever the policy says, in the store directly."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import App, Parameter

from adapters.cli.configured import Config, open_store
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.trouble import CommandFailed

app = App(name="package", help="Contents that must be kept.", result_action="return_value")

PackageArgument = Annotated[str, Parameter(name="PACKAGE")]


@app.command(name="list")
async def list_(*, config: Config = None, as_json: AsJson = False) -> int:
    """List packages that are held, oldest hold first."""
    async with open_store(config) as storage:
        held = await storage.purger.holds()
    if as_json:
        print_json(held)
    elif held:
        print_table(("PACKAGE", "SINCE", "REASON"), ((each.package_id, each.at, each.reason) for each in held))
    else:
        print_line(say("queue-empty"))
    return 0


@app.command
async def hold(package: PackageArgument, *, reason: str, config: Config = None) -> int:
    """Keep the content of a package until it is released: an inspection, a complaint, a lawsuit.

    Parameters
    ----------
    package
        Id of a package.
    reason
        Why; shown by `axis package list`.
    """
    from hub.ids import PackageId

    async with open_store(config) as storage:
        found = await storage.store.package(PackageId(package))
        if found is None:
            raise CommandFailed("not-found", what=package)
        await storage.purger.hold(found.id, reason, datetime.now(UTC))
        content = await storage.store.content(found.sha256)
    if content is None or content.purged_at is not None:
        raise CommandFailed("purged-already", what=package)
    print_line(say("held", what=package))
    return 0


@app.command
async def release(package: PackageArgument, *, config: Config = None) -> int:
    """Let the policy (`retention.content_days`) decide about a package again.

    Parameters
    ----------
    package
        Id of a package.
    """
    from hub.ids import PackageId

    async with open_store(config) as storage:
        if not await storage.purger.release(PackageId(package), datetime.now(UTC)):
            raise CommandFailed("not-held", what=package)
    print_line(say("released", what=package))
    return 0
