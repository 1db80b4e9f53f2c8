"""`axis status`: the recipient's own word about its work, sent to who sent the document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from cyclopts import Parameter

from adapters.cli.credentials import HubOptions
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line
from adapters.cli.statuses import STATUS_NAMES, status_name
from adapters.cli.trouble import UsageFault

# `note` explains itself beside its name: in a docstring it would be read as a section of that name.
Note = Annotated[str, Parameter(help="A sentence for the sender: the reason for 02 and 16.")]


async def status(
    delivery: str, code: str, *, note: Note = "", hub: HubOptions | None = None, as_json: AsJson = False
) -> int:
    """Report a business status to the sender of a delivery: compose the status edXML and hand it in.

    Parameters
    ----------
    delivery
        Id of the delivery.
    code
        01 arrived, 02 refused, 03 accepted, 04 assigned, 05 in progress, 06 finished, 15 agreed, 16 disagreed.
    """
    from schemas.edxml import StatusCode, encode
    from schemas.edxml.compose import new_status
    from schemas.edxml.parts import ResponseFor

    if code not in STATUS_NAMES:
        raise UsageFault("bad-status", code=code, known=", ".join(STATUS_NAMES))
    async with (hub or HubOptions()).connect() as client:
        about = await client.delivery(delivery)
        if about.package_id is None:
            raise UsageFault("status-needs-recipient", delivery=delivery)
        package = await client.package(about.package_id)
        envelope = new_status(
            sender=about.recipient,
            response=ResponseFor(package.sender, package.notation, package.document_id),
            code=StatusCode(code),
            at=datetime.now(UTC),
            description=note,
        )
        submitted = await client.submit(encode(envelope))
    if as_json:
        print_json(submitted.package)
    else:
        facts = {"code": code, "name": status_name(code), "recipient": package.sender}
        print_line(say("status-sent", **facts, package=submitted.package.id))
    return 0
