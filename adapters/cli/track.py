"""`axis track`: the whole story of one document, both layers apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from adapters.cli.credentials import HubOptions
from adapters.cli.due import Due, due
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table, shown
from adapters.cli.statuses import state_name, status_name
from adapters.cli.trouble import CommandFailed

if TYPE_CHECKING:
    from adapters.client import AxisClient
    from adapters.client.values import PackageView, TimelineEvent

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Story(Struct, frozen=True):
    """A package and everything that happened to it."""

    package: PackageView
    events: tuple[TimelineEvent, ...]


async def track(document: str, *, hub: HubOptions | None = None, as_json: AsJson = False) -> int:
    """Show the whole story of a document: what the hub did for each recipient, and what each recipient says.

    Parameters
    ----------
    document
        Id of a package, id of a document, or number and notation such as 125/BC-SM.
    """
    stories = await _stories(hub or HubOptions(), document)
    if not stories:
        raise CommandFailed("not-found", what=document)
    if as_json:
        print_json(stories)
        return 0
    for story in stories:
        _show(story)
    return 0


async def _stories(hub: HubOptions, document: str) -> tuple[Story, ...]:
    """Ask as each system that the credentials offer until one sent the document; a status about it is for want of that."""
    from adapters.client import ProblemError

    refused: ProblemError | None = None
    found: tuple[Story, ...] = ()
    for connection in hub.connect_each():
        async with connection as client:
            try:
                packages = await _packages(client, document)
            except ProblemError as error:
                refused = error
                continue
            is_document = any(each.kind == "document" for each in packages)
            if is_document or not found:
                found = tuple([Story(each, await client.events(each.id)) for each in packages])
            if is_document:
                return found
    if refused is not None and refused.code != "not-found" and not found:
        raise refused
    return found


async def _packages(client: AxisClient, document: str) -> tuple[PackageView, ...]:
    if _UUID.fullmatch(document.lower()) and (package := await _package(client, document.lower())):
        return (package,)
    # A document's own id may be a UUID as well: the national SDK makes such ones.
    found = (await client.packages(document_id=document)).items or (await client.packages(notation=document)).items
    return tuple(reversed(found))


async def _package(client: AxisClient, package_id: str) -> PackageView | None:
    from adapters.client import ProblemError

    try:
        return await client.package(package_id)
    except ProblemError as error:
        if error.code != "not-found":
            raise
        return None


def _show(story: Story) -> None:
    package = story.package
    print_line(f"{package.notation}  {package.subject}")
    print_line(f"  {package.sender} · {package.kind}/{package.business} · {package.document_id}")
    print_line(f"  {package.id} · {package.size} byte · SHA-256 {package.sha256}")
    print_line(f"  signature: {package.signature.result} ({package.signature.policy})")
    print_table(
        ("RECIPIENT", "SYSTEM", "STATE", "CONSIGNED", "HANDED OVER", "ATTEMPTS", "LAST ERROR"),
        (
            (d.recipient, d.system, state_name(d.state), d.consigned_at, d.handed_over_at, d.attempts, d.last_error)
            for d in package.deliveries
        ),
        title=say("track-transport"),
    )
    print_table(
        ("RECIPIENT", "STATUS", "SAYS", "DUE"),
        (
            (
                d.recipient,
                d.business_status,
                status_name(d.business_status) if d.business_status else say("track-none"),
                _owed(due(package, d)),
            )
            for d in package.deliveries
        ),
        title=say("track-business"),
    )
    print_table(("TIME", "EVENT", "RECIPIENT", "DETAIL", "RECEIPT"), _timeline(story), title=say("track-timeline"))


def _owed(owed: Due | None) -> str | None:
    if owed is None:
        return None
    key = "track-late" if owed.at < datetime.now(UTC) else "track-due"
    return say(key, status=owed.status, name=status_name(owed.status), at=shown(owed.at))


def _timeline(story: Story) -> Iterator[tuple[object, ...]]:
    for event in story.events:
        detail = f"{event.reason.code} {event.reason.text}".strip() if event.reason else event.state
        yield event.at, event.event, event.recipient, detail, event.receipt is not None
