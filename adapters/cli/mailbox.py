"""`axis inbox`, `fetch`, `ack`, `reject`: the recipient's side."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from adapters.cli.credentials import HubOptions
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.ranges import Lease, Limit, Wait
from adapters.cli.trouble import UsageFault, explain

if TYPE_CHECKING:
    from adapters.client.values import Concluded


async def inbox(
    *,
    hub: HubOptions | None = None,
    wait: Wait = 0,
    limit: Limit = 50,
    lane: Literal["urgent", "normal"] | None = None,
    lease: Lease | None = None,
    as_json: AsJson = False,
) -> int:
    """Show what waits for a system: urgent first, then oldest.

    What is shown is leased to you: nobody else is offered it before the lease ends. Acknowledge it in that time.

    Parameters
    ----------
    wait
        Seconds to wait for something to arrive.
    limit
        How many at most.
    lane
        Only this lane.
    lease
        Seconds to keep it for; default: the hub's (5 minutes).
    """
    async with (hub or HubOptions()).connect() as client:
        items = await client.inbox(wait=wait, limit=limit, lane=lane, lease=lease)
    if as_json:
        print_json(items)
    elif not items:
        print_line(say("inbox-empty"))
    else:
        headings = ("DELIVERY", "FROM", "TO", "LANE", "KIND", "DOCUMENT", "SUBJECT", "BYTES", "SINCE")
        print_table(
            headings,
            (
                (i.id, i.sender, i.recipient, i.lane, i.kind, i.document_id, i.subject, i.size, i.consigned_at)
                for i in items
            ),
        )
    return 0


async def fetch(
    delivery: str,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"))],
    hub: HubOptions | None = None,
    as_json: AsJson = False,
) -> int:
    """Write the package of a delivery into a file; its digest is checked against the one that the hub announces.

    Parameters
    ----------
    delivery
        Id of the delivery, from the inbox.
    output
        File to write; an existing one is not overwritten.
    """
    if output.exists():
        raise UsageFault("exists", path=output)
    async with (hub or HubOptions()).connect() as client:
        content = await client.delivery_content(delivery, output)
    if as_json:
        print_json({"path": str(output), "size": content.size, "sha256": content.sha256})
    else:
        print_line(say("fetched", path=output, size=content.size, sha256=content.sha256))
    return 0


async def ack(delivery: str, /, *deliveries: str, hub: HubOptions | None = None, as_json: AsJson = False) -> int:
    """Say that packages arrived durably. The hub answers with the receipt of the handover; repeats give the same one.

    When one is refused the others are acknowledged all the same.

    Parameters
    ----------
    delivery
        Id of a delivery.
    deliveries
        Ids of more.
    """
    from adapters.client import ClientError, ProblemError

    concluded: list[Concluded] = []
    exit_code = 0
    async with (hub or HubOptions()).connect() as client:
        for each in (delivery, *deliveries):
            try:
                concluded.append(await client.acknowledge(each))
            except ClientError as error:
                print(say("not-acked", delivery=each), file=sys.stderr)
                exit_code = max(exit_code, explain(error))
                if not isinstance(error, ProblemError):
                    break  # nobody answers; a refusal of one delivery says nothing of the next
    if as_json:
        print_json(concluded)
    else:
        for done in concluded:
            print_line(say("acked", delivery=done.delivery.id))
    return exit_code


async def reject(
    delivery: str, *, reason: str, code: str = "unusable", hub: HubOptions | None = None, as_json: AsJson = False
) -> int:
    """Say that the system cannot take a package. A clerk who returns a document reports status 02 instead.

    Parameters
    ----------
    delivery
        Id of the delivery.
    reason
        One sentence for the sender.
    code
        A short code for programs.
    """
    async with (hub or HubOptions()).connect() as client:
        concluded = await client.reject(delivery, reason, reason_code=code)
    if as_json:
        print_json(concluded)
    else:
        print_line(say("rejected", delivery=concluded.delivery.id))
    return 0
