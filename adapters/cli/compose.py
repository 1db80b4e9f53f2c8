"""`axis compose`: write a package from fields and files."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from adapters.cli.files import write_new
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line
from adapters.cli.ranges import AgencyCode
from adapters.cli.trouble import UsageFault

_CODE = re.compile(r"[^/\s]{1,11}/\S{1,30}")


def compose(  # noqa: PLR0913 - one argument per option
    *,
    sender: Annotated[AgencyCode, Parameter(name="--from")],
    to: Annotated[tuple[AgencyCode, ...], Parameter(name="--to", consume_multiple=True)],
    subject: str,
    output: Annotated[Path, Parameter(name=("--output", "-o"))],
    attach: Annotated[tuple[Path, ...], Parameter(consume_multiple=True)] = (),
    code: str | None = None,
    urgency: Annotated[int, Parameter(validator=Number(gte=0, lte=3))] = 0,
    business: Literal["new", "recall", "update", "replace"] = "new",
    target: str | None = None,
    reason: str = "",
    as_json: AsJson = False,
) -> int:
    """Write an edXML document package; sign it with `axis sign` or while sending.

    Parameters
    ----------
    sender
        Code of the sending agency.
    to
        Codes of the recipients.
    subject
        What the document is about (trích yếu).
    output
        File to write; an existing one is not overwritten.
    attach
        Files to attach.
    code
        Number and notation, such as 125/BC-SM; by default made of the time.
    urgency
        0 normal, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc.
    business
        What the document means to an earlier one.
    target
        Id of that earlier document.
    reason
        Why it is recalled, updated or replaced.
    """
    from schemas.edxml import Business, read
    from schemas.edxml.compose import NewFile, new_document
    from schemas.edxml.parts import ResponseFor
    from schemas.parser import parse

    at = datetime.now(UTC)
    code = code or f"{at.astimezone():%H%M%S}/CV"
    if not _CODE.fullmatch(code):
        raise UsageFault("bad-code-form", value=code)
    if business != "new" and not target:
        raise UsageFault("target-needed", business=business)
    number, _, notation = code.partition("/")
    draft = new_document(
        sender=sender,
        recipients=to,
        subject=subject,
        number=number,
        notation=notation,
        sent_at=at,
        files=[NewFile(path.name, path.read_bytes()) for path in attach],
        urgency=urgency,
        business=Business(business),
        reason=reason,
        target_id=target,
        responses=[ResponseFor(agency_code=sender, document_id=target)] if target else (),
    )
    try:
        data = draft.encode()
    except ValueError as error:
        raise UsageFault("bad-text") from error
    read(parse(data), received_at=at)  # what every hub would refuse is not written at all
    write_new(output, data)
    facts = {"path": str(output), "size": len(data), "document_id": draft.envelope.document_id}
    if as_json:
        print_json(facts)
    else:
        print_line(say("composed", **facts))
    return 0
