"""`axis agency requests`: what systems ask for through the national SDK, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from cyclopts import App

from adapters.cli.configured import Config, open_store
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.trouble import CommandFailed

app = App(name="requests", help="Agencies that systems ask to register or delete.", result_action="return_value")

StandingName = Literal["pending", "approved", "rejected", "all"]


@app.command(name="list")
async def list_(*, standing: StandingName = "pending", config: Config = None, as_json: AsJson = False) -> int:
    """List requests, oldest first.

    Parameters
    ----------
    standing
        Only those that stand so.
    """
    from hub.agency_requests import Standing

    async with open_store(config) as storage:
        found = await storage.registers.requests(None if standing == "all" else Standing(standing))
    if as_json:
        print_json(found)
    else:
        headings = ("ID", "AT", "SYSTEM", "ACTION", "CODE", "NAME", "PARENT", "STANDING")
        rows = ((r.id, r.at, r.system_id, r.action, r.code, r.name, r.parent, r.standing) for r in found)
        print_table(headings, rows)
    return 0


@app.command
async def approve(id: str, *, config: Config = None, as_json: AsJson = False) -> int:
    """Change the directory as asked: the agency is registered, renamed or closed from today on.

    Parameters
    ----------
    id
        The request, as the list prints it.
    """
    from adapters.storage.agency_requests import AlreadyDecided
    from schemas.edxml.times import VIETNAM

    at = datetime.now(UTC)
    try:
        async with open_store(config) as storage:
            await storage.registers.approve_request(id, at, at.astimezone(VIETNAM).date())
    except AlreadyDecided:
        raise CommandFailed("request-decided", what=id) from None
    _print_decided(id, "approved", as_json=as_json)
    return 0


@app.command
async def reject(id: str, *, reason: str = "", config: Config = None, as_json: AsJson = False) -> int:
    """Say no; the directory stays as it is.

    Parameters
    ----------
    id
        The request, as the list prints it.
    reason
        Why; kept with the request.
    """
    from adapters.storage.agency_requests import AlreadyDecided

    try:
        async with open_store(config) as storage:
            await storage.registers.reject_request(id, datetime.now(UTC), reason)
    except AlreadyDecided:
        raise CommandFailed("request-decided", what=id) from None
    _print_decided(id, "rejected", as_json=as_json)
    return 0


def _print_decided(id: str, standing: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": id, "standing": standing})
    else:
        print_line(say("request-done", what=id, standing=standing))
